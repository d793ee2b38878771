/** Made-up files for the suites. */
import type { BytePath } from '../../src/byte-path.ts'
import type { FileVersion, Receipt } from '../../src/model.ts'

export const RECEIPT: Receipt = {
  uploadId: 'ab'.repeat(32),
  sizeBytes: 4096,
  digest: new Uint8Array(32).fill(7),
  sha256: 'cd'.repeat(32),
  location: 'robot-7/files/data/logs/2026-11-24/run-17.mcap',
}

export const file = (number: number, sizeBytes = 4096): FileVersion => ({
  root: '/data' as BytePath,
  path: `/data/${Math.floor(number / 500)}/f${number}` as BytePath,
  dev: 1n,
  ino: BigInt(number + 1),
  sizeBytes,
  mtimeNs: 1_790_000_000_123_456_789n,
  ctimeNs: 1_790_000_000_123_456_789n,
})
