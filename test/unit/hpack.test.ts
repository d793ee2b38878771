/** HTTP/2's compressed headers, by the standard's own examples. */
import { describe, expect, test } from 'bun:test'
import { ProtocolError } from '../../src/upload/http2/frames.ts'
import { createHeaderDecoder, encodeHeaders } from '../../src/upload/http2/hpack.ts'
import { decodeHuffman } from '../../src/upload/http2/huffman.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

describe('headers', () => {
  test('the three answers of RFC 7541, C.6, with a table of 256 bytes and Huffman codes', () => {
    const decode = createHeaderDecoder()
    // The example's table is small: its size is told first.
    decode(hex('3fe101'))
    const first = decode(
      hex(`4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
        2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`),
    )
    expect(first).toEqual([
      [':status', '302'],
      ['cache-control', 'private'],
      ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
      ['location', 'https://www.example.com'],
    ])
    const second = decode(hex('4883 640e ffc1 c0bf'))
    expect(second[0]).toEqual([':status', '307'])
    expect(second.slice(1)).toEqual(first.slice(1))
    const third = decode(
      hex(`88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
        77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587
        3160 65c0 03ed 4ee5 b106 3d50 07`),
    )
    expect(third.at(-1)).toEqual([
      'set-cookie',
      'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ])
  })

  test('what is encoded comes back, long and of any byte', () => {
    const every = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte))
    const headers = [
      ['authorization', 'Bearer k.s'],
      ['x-long', every.repeat(80)],
      ['x-empty', ''],
    ] as const
    expect(createHeaderDecoder()(encodeHeaders(headers))).toEqual(headers.map((h) => [...h]))
    // A secret is marked as never to be kept by whatever passes it on.
    expect(encodeHeaders([['authorization', 'a']])[0]).toBe(0x10)
  })

  test('each byte has its code: Huffman of all of them, by the code lengths of the standard', () => {
    expect([...decodeHuffman(hex('f1e3c2e5f23a6ba0ab90f4ff'))]).toEqual([
      ...Buffer.from('www.example.com'),
    ])
    // The longest code, of 30 bits for a line feed, with two bits of padding.
    expect([...decodeHuffman(hex('fffffff3'))]).toEqual([10])
  })

  for (const [what, block] of [
    ['an index that was never told', 'ff00'],
    ['index nothing', '80'],
    ['a string longer than the block', '007f'],
    ['a number without end', '7fffffffffff'],
    ['a table larger than allowed', '3fe21f'],
    ['padding that is no padding', '4081 18 01 61'],
  ] as const) {
    test(`${what} is refused`, () => {
      expect(() => createHeaderDecoder()(hex(block))).toThrow(ProtocolError)
    })
  }
})
