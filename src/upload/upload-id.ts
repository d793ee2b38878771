/** The name of an upload: the same for the same version, whatever was lost or restarted. */
import { toBytes } from '../byte-path.ts'
import type { Digest } from '../model.ts'
import { hashParts } from '../system/digest.ts'
import { toHex } from '../wire/codec.ts'
import type { UploadIdentity } from './destination.ts'

/** Lower-case hexadecimal, 64 characters. */
export function uploadId({ device, path, sizeBytes, mtimeNs }: UploadIdentity): string {
  const numbers = Buffer.alloc(16)
  numbers.writeBigUInt64BE(BigInt(sizeBytes), 0)
  numbers.writeBigInt64BE(BigInt.asIntN(64, mtimeNs), 8)
  return toHex(hashParts([Buffer.from(device, 'utf8'), toBytes(path), numbers]))
}

/** The name under which other bytes of the same path, size and time go. */
export function uploadIdWithDigest(id: string, digest: Digest): string {
  return toHex(hashParts([Buffer.from(id, 'hex'), digest]))
}
