/** Which due uploads start now: bounded by bytes and channels, and large ones by a count. */
import type { Upload } from '../model.ts'

export interface SlotLimits {
  /** Uploads at once. */
  readonly uploads: number
  /** Of what the uploads in flight hold at once, in bytes. */
  readonly bytes: number
  /** Large files at once. */
  readonly largeFiles: number
}

/** From this size on, a file counts as large. */
export const LARGE_FILE_BYTES = 1 << 20

/** What one upload can have in flight, whatever its size. */
const LARGEST_SHARE_BYTES = 8 << 20

export interface InFlight {
  readonly uploads: number
  readonly bytes: number
  readonly largeFiles: number
}

export const shareOf = (sizeBytes: number) => Math.min(sizeBytes, LARGEST_SHARE_BYTES)
export const isLarge = (sizeBytes: number) => sizeBytes >= LARGE_FILE_BYTES

/** In order; one that does not fit is passed over for smaller ones behind it. One always fits. */
export function choose(
  due: readonly Upload[],
  inFlight: InFlight,
  limits: SlotLimits,
): readonly Upload[] {
  let { uploads, bytes, largeFiles } = inFlight
  const chosen: Upload[] = []
  for (const upload of due) {
    if (uploads >= limits.uploads) break
    const { sizeBytes } = upload.file
    if (isLarge(sizeBytes) && largeFiles >= limits.largeFiles) continue
    if (uploads > 0 && bytes + shareOf(sizeBytes) > limits.bytes) continue
    chosen.push(upload)
    uploads += 1
    bytes += shareOf(sizeBytes)
    if (isLarge(sizeBytes)) largeFiles += 1
  }
  return chosen
}
