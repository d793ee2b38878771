/** HTTP/2 frames (RFC 9113): the header of nine bytes, and the bytes of a connection cut into them. */
import { FRAME_HEADER_BYTES } from '../../wire/link.ts'

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export const FLAG = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32 } as const

/** What came is not HTTP/2, or not the HTTP/2 that was agreed on. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

export interface FrameHead {
  /** Of the payload, below 2^24. */
  readonly lengthBytes: number
  readonly type: number
  readonly flags: number
  readonly stream: number
}

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Uint8Array
}

/** Lays the nine bytes at `at`. */
export function putFrameHead(into: Uint8Array, at: number, head: FrameHead): void {
  const { lengthBytes, type, flags, stream } = head
  into[at] = lengthBytes >>> 16
  into[at + 1] = lengthBytes >>> 8
  into[at + 2] = lengthBytes
  into[at + 3] = type
  into[at + 4] = flags
  putUint32(into, at + 5, stream)
}

export function putUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
}

/** Unsigned, big endian. Fails with `ProtocolError` where four bytes are not there. */
export function uint32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new ProtocolError('a frame is too short')
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4)
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}

export function encodeFrame({ type, flags, stream, payload }: Frame): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length)
  putFrameHead(bytes, 0, { lengthBytes: payload.length, type, flags, stream })
  bytes.set(payload, FRAME_HEADER_BYTES)
  return bytes
}

/** The payload of a frame without its padding. Fails with `ProtocolError`. */
export function unpadded({ flags, payload }: Frame): Uint8Array {
  if ((flags & FLAG.padded) === 0) return payload
  const end = payload.length - (payload[0] ?? 0)
  if (end < 1) throw new ProtocolError('the padding is longer than its frame')
  return payload.subarray(1, end)
}

export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

interface Cut {
  readonly headBytes: number
  /** Of the body, by the head that stands at `at`. Fails with `ProtocolError` where it may not come. */
  readonly bodyBytes: (bytes: Uint8Array, at: number) => number
  /** The head stands at `at`; the body is good until it returns. */
  readonly take: (body: Uint8Array, bytes: Uint8Array, at: number) => void
}

/** Takes bytes as they come, and cuts them into what has a head that tells its length. */
export function createCutter({ headBytes, bodyBytes, take }: Cut): (chunk: Uint8Array) => void {
  let rest = new Uint8Array(0)
  return (chunk) => {
    const bytes = joined(rest, chunk)
    let at = 0
    while (bytes.length - at >= headBytes) {
      const head = at
      const start = at + headBytes
      const end = start + bodyBytes(bytes, head)
      if (end > bytes.length) break
      at = end
      take(bytes.subarray(start, end), bytes, head)
    }
    rest = bytes.slice(at)
  }
}

/**
 * Takes the bytes of a connection as they come; whole frames go to `take`, whose payload is good
 * until it returns. Fails with `ProtocolError`, and with what `take` throws.
 */
export function createFrameReader(largestBytes: number, take: (frame: Frame) => void) {
  return createCutter({
    headBytes: FRAME_HEADER_BYTES,
    bodyBytes(bytes, at) {
      const lengthBytes = uint32(bytes, at) >>> 8
      if (lengthBytes > largestBytes) throw new ProtocolError('a frame is too long')
      return lengthBytes
    },
    take(payload, bytes, at) {
      const [type = 0, flags = 0] = bytes.subarray(at + 3, at + 5)
      take({ type, flags, stream: uint32(bytes, at + 5) & 0x7fffffff, payload })
    },
  })
}
