/** HTTP/2's compressed headers (RFC 7541): a decoder, and an encoder that compresses nothing. */
import { ProtocolError } from './frames.ts'
import { decodeHuffman } from './huffman.ts'
import { STATIC_HEADERS } from './static-headers.ts'

export type Header = readonly [name: string, value: string]

/** What a peer may make us keep, as long as we do not say otherwise. */
const TABLE_BYTES = 4096
/** Counted for each kept header beside its own bytes. */
const HEADER_OVERHEAD_BYTES = 32

const INDEXED = 0x80
const KEPT = 0x40
const TABLE_SIZE = 0x20
const NEVER_INDEXED = 0x10
const HUFFMAN = 0x80

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** An integer behind a prefix of `bits` bits; `flags` are the bits before it. */
function integer(flags: number, bits: number, value: number): number[] {
  const most = (1 << bits) - 1
  if (value < most) return [flags | value]
  const out = [flags | most]
  let rest = value - most
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128)
  return [...out, rest]
}

const text = (value: string) => [...integer(0, 7, value.length), ...Buffer.from(value, 'latin1')]

/** Names in small letters; values of Latin-1. Secrets go out marked as not to be kept on the way. */
export function encodeHeaders(headers: readonly Header[]): Uint8Array {
  const out = headers.flatMap(([name, value]) => [
    name === 'authorization' ? NEVER_INDEXED : 0,
    ...text(name),
    ...text(value),
  ])
  return Uint8Array.from(out)
}

function createCursor(block: Uint8Array) {
  let at = 0
  const next = (): number => {
    const byte = block[at]
    if (byte === undefined) throw new ProtocolError('a header is cut short')
    at += 1
    return byte
  }
  const number = (first: number, bits: number): number => {
    const most = (1 << bits) - 1
    let value = first & most
    if (value < most) return value
    for (let factor = 1; factor <= 128 ** 3; factor *= 128) {
      const byte = next()
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
    throw new ProtocolError('a number in a header is too large')
  }
  const string = (): string => {
    const first = next()
    const length = number(first, 7)
    if (length > block.length - at) throw new ProtocolError('a header is cut short')
    const bytes = block.subarray(at, at + length)
    at += length
    return latin1((first & HUFFMAN) === 0 ? bytes : decodeHuffman(bytes))
  }
  return { isAtEnd: () => at === block.length, next, number, string }
}

/** The headers that the peer may speak of by number; the newest is first. */
function createTable() {
  const kept: Header[] = []
  let limitBytes = TABLE_BYTES
  const sizeOf = ([name, value]: Header) => name.length + value.length + HEADER_OVERHEAD_BYTES
  let bytes = 0
  const shrink = () => {
    while (bytes > limitBytes) {
      const oldest = kept.pop()
      if (oldest) bytes -= sizeOf(oldest)
    }
  }
  return {
    keep(header: Header) {
      kept.unshift(header)
      bytes += sizeOf(header)
      shrink()
    },
    limit(most: number) {
      if (most > TABLE_BYTES) throw new ProtocolError('the header table is too large')
      limitBytes = most
      shrink()
    },
    at(index: number): Header {
      const known = STATIC_HEADERS[index - 1] ?? kept[index - 1 - STATIC_HEADERS.length]
      if (known === undefined) throw new ProtocolError('a header that was never told')
      return known
    },
  }
}

/** Of one connection: each block of headers, in order. Fails with `ProtocolError`. */
export function createHeaderDecoder(): (block: Uint8Array) => Header[] {
  const table = createTable()
  return (block) => {
    const cursor = createCursor(block)
    const headers: Header[] = []
    const literal = (first: number, bits: number): Header => {
      const index = cursor.number(first, bits)
      const name = index === 0 ? cursor.string() : table.at(index)[0]
      return [name, cursor.string()]
    }
    while (!cursor.isAtEnd()) {
      const first = cursor.next()
      if (first & INDEXED) headers.push(table.at(cursor.number(first, 7)))
      else if (first & KEPT) {
        const header = literal(first, 6)
        table.keep(header)
        headers.push(header)
      } else if (first & TABLE_SIZE) table.limit(cursor.number(first, 5))
      else headers.push(literal(first, 4))
    }
    return headers
  }
}
