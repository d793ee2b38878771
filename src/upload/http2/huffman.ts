/** The Huffman code of HTTP/2's headers (RFC 7541, appendix B), which is canonical: lengths say it all. */
import { ProtocolError } from './frames.ts'

/** Bits of the code of each byte, 0 to 255. */
// biome-ignore format: sixteen in a row
const BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
]
const LONGEST_BITS = 30

/** For each length: the first code of that length, and the bytes of that length in order. */
function byLength() {
  const rows: { first: number; bytes: number[] }[] = []
  let code = 0
  for (let bits = 0; bits <= LONGEST_BITS; bits++) {
    const bytes = BITS.flatMap((length, byte) => (length === bits ? [byte] : []))
    rows.push({ first: code, bytes })
    code = (code + bytes.length) * 2
  }
  return rows
}

let table: ReturnType<typeof byLength> | undefined

/** Fails with `ProtocolError` on a code that is none, and on wrong padding. */
export function decodeHuffman(coded: Uint8Array): Uint8Array {
  table ??= byLength()
  const out: number[] = []
  let code = 0
  let bits = 0
  for (const byte of coded) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1)
      bits += 1
      const row = table[bits]
      if (row === undefined) throw new ProtocolError('a header is coded wrongly')
      const found = row.bytes[code - row.first]
      if (found === undefined) continue
      out.push(found)
      code = 0
      bits = 0
    }
  }
  // What fills the last byte is the beginning of the longest code, all ones.
  if (bits > 7 || code !== 2 ** bits - 1) throw new ProtocolError('a header ends wrongly')
  return Uint8Array.from(out)
}
