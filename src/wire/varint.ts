/** Numbers as protobuf writes them: seven bits a byte, the lowest first. */

export const LONGEST_VARINT_BYTES = 10

export interface Varint {
  /** Exact up to 2^53. */
  readonly value: number
  /** Where it ends. */
  readonly end: number
}

/** undefined: it is longer than `longest`, or the bytes end within it. */
export function readVarint(
  bytes: Uint8Array,
  at: number,
  longest = LONGEST_VARINT_BYTES,
): Varint | undefined {
  let value = 0
  let factor = 1
  for (let index = 0; index < longest; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) return undefined
    value += (byte & 127) * factor
    if (byte < 128) return { value, end: at + index + 1 }
    factor *= 128
  }
  return undefined
}

export function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}

/** Writes it; gives where it ends. */
export function putVarint(into: Uint8Array, at: number, value: number): number {
  let rest = value
  let position = at
  while (rest >= 128) {
    into[position++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  into[position++] = rest
  return position
}
