/**
 * The digest of a version: resumable at block boundaries, strong enough to compare by.
 * chain(0) = 32 zero bytes; chain(i+1) = BLAKE2b-256(chain(i), XXH3-64 of block i, big-endian);
 * the digest is BLAKE2b-256(chain(last), size as 8 bytes, big-endian). The last block may be short.
 */
import { BLOCK_BYTES, type Chain, type Digest } from '../model.ts'

const DIGEST_BYTES = 32

function blake2b(...parts: Uint8Array[]): Uint8Array {
  const hasher = new Bun.CryptoHasher('blake2b256')
  for (const part of parts) hasher.update(part)
  return new Uint8Array(hasher.digest().buffer)
}

function bigEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

export const emptyChain = (): Chain => ({ offsetBytes: 0, state: new Uint8Array(DIGEST_BYTES) })

/** One block further. */
export const chained = ({ offsetBytes, state }: Chain, block: Uint8Array): Chain => ({
  offsetBytes: offsetBytes + BLOCK_BYTES,
  state: blake2b(state, bigEndian(hashBlock(block))),
})

/** Of all bytes to the end of `tail`, which follows the chain and is less than a block. */
export function digestAfter({ offsetBytes, state }: Chain, tail: Uint8Array): Digest {
  const last = tail.length > 0 ? blake2b(state, bigEndian(hashBlock(tail))) : state
  return blake2b(last, bigEndian(BigInt(offsetBytes + tail.length)))
}

export interface DigestStream {
  /** Bytes taken so far. */
  readonly offsetBytes: number
  /** The chain at the last block boundary. */
  readonly boundary: Chain
  update(bytes: Uint8Array): void
  /** Of all bytes so far; the stream may go on afterwards. */
  digest(): Digest
}

/** Goes on from a chain, or from the start. Holds at most one block in memory. */
export function createDigestStream(from: Chain = emptyChain()): DigestStream {
  let boundary = from
  let filled = 0
  let block: Uint8Array | undefined
  const close = (bytes: Uint8Array) => {
    boundary = chained(boundary, bytes)
    filled = 0
  }
  return {
    get offsetBytes() {
      return boundary.offsetBytes + filled
    },
    get boundary() {
      return boundary
    },
    update(bytes) {
      let rest = bytes
      while (rest.length > 0) {
        if (filled === 0 && rest.length >= BLOCK_BYTES) {
          close(rest.subarray(0, BLOCK_BYTES))
          rest = rest.subarray(BLOCK_BYTES)
          continue
        }
        const taken = rest.subarray(0, BLOCK_BYTES - filled)
        block = roomFor(block, filled, filled + taken.length)
        block.set(taken, filled)
        filled += taken.length
        rest = rest.subarray(taken.length)
        if (filled === BLOCK_BYTES) close(block)
      }
    },
    digest: () => digestAfter(boundary, block?.subarray(0, filled) ?? new Uint8Array()),
  }
}

/** Of bytes that are all there; copies none of them. */
export function digestOf(bytes: Uint8Array): Digest {
  let state = emptyChain().state
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const hash = hashBlock(bytes.subarray(at, at + BLOCK_BYTES))
    state = blake2b(state, bigEndian(hash))
  }
  return blake2b(state, bigEndian(BigInt(bytes.length)))
}

const hashBlock = (bytes: Uint8Array) => Bun.hash.xxHash3(bytes) as bigint

/** A block buffer that grows with what it holds, so that small files stay small. */
function roomFor(block: Uint8Array | undefined, filled: number, needed: number): Uint8Array {
  if (block !== undefined && block.length >= needed) return block
  const grown = new Uint8Array(Math.min(Math.max(needed, filled * 2, 4096), BLOCK_BYTES))
  if (block !== undefined) grown.set(block.subarray(0, filled))
  return grown
}

/** Of a message so large that speed counts, and with it what has to be loaded for that. */
const LARGE_BYTES = 32 * 1024

let fast: ((bytes: Uint8Array) => number) | undefined

/** CRC-32 (IEEE). The one of zlib is three times as fast, and takes memory once it is loaded. */
export function crc32(bytes: Uint8Array): number {
  if (bytes.length < LARGE_BYTES && !fast) return Bun.hash.crc32(bytes)
  fast ??= process.getBuiltinModule('node:zlib').crc32
  return fast(bytes)
}

/** SHA-256 of a file, kept as it goes. */
export interface Sha256Stream {
  update(bytes: Uint8Array): void
  hex(): string
}

export function createSha256Stream(): Sha256Stream {
  const hasher = new Bun.CryptoHasher('sha256')
  return {
    update: (bytes) => void hasher.update(bytes),
    hex: () => hasher.copy().digest('hex'),
  }
}

export function sha256Hex(bytes: Uint8Array | string): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
}

/** BLAKE2b-256 of parts, each preceded by its length, so that no two lists of parts meet. */
export function hashParts(parts: readonly Uint8Array[]): Uint8Array {
  return blake2b(...parts.flatMap((part) => [bigEndian(BigInt(part.length)), part]))
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
