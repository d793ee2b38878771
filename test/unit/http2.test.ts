/** HTTP/2 of the agent's own: frames, windows, endings. */
import { describe, expect, test } from 'bun:test'
import {
  createFrameReader,
  encodeFrame,
  FLAG,
  FRAME,
  type Frame,
  ProtocolError,
} from '../../src/upload/http2/frames.ts'
import { encodeHeaders } from '../../src/upload/http2/hpack.ts'
import { createSender } from '../../src/upload/http2/sender.ts'
import { openStream } from '../../src/upload/http2/stream.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/** Takes as much at once as `room` says; keeps what it took. */
function connection(room: () => number) {
  const taken: Buffer[] = []
  const frames: Frame[] = []
  const read = createFrameReader(2 ** 24, (frame) =>
    frames.push({ ...frame, payload: frame.payload.slice() }),
  )
  return {
    frames,
    read,
    bytes: () => Buffer.concat(taken),
    write(bytes: Uint8Array, at: number, length: number) {
      const count = Math.min(room(), length)
      const part = Buffer.from(bytes.slice(at, at + count))
      taken.push(part)
      return count
    },
  }
}

const ROOM = 9
function message(bytes: number, seed: number) {
  const buffer = new Uint8Array(ROOM + bytes)
  for (let i = 0; i < bytes; i++) buffer[ROOM + i] = (i * 7 + seed) % 251
  return buffer
}
const dataOf = (frames: Frame[]) =>
  Buffer.concat(frames.filter(({ type }) => type === FRAME.data).map(({ payload }) => payload))

describe('what goes out', () => {
  test('a message is cut by frame size and window, a few bytes at a time, with pings between', () => {
    let turn = 0
    const net = connection(() => (turn++ % 3 === 0 ? 0 : 1 + ((turn * 37) % 5000)))
    const sender = createSender(1, net.write)
    let sent = 0
    const wanted = Buffer.concat(
      [message(100_000, 1), message(50_000, 2)].map((m) => m.slice(ROOM)),
    )
    sender.message(message(100_000, 1), ROOM, () => sent++)
    sender.message(message(50_000, 2), ROOM, () => sent++)
    for (let round = 0; round < 2000; round++) {
      if (round % 40 === 0) {
        sender.control(
          encodeFrame({ type: FRAME.ping, flags: 0, stream: 0, payload: new Uint8Array(8) }),
        )
      }
      if (round % 100 === 50) for (const isStream of [true, false]) sender.widen(isStream, 9_000)
      if (round === 100) expect(sent).toBe(0)
      sender.flush()
    }
    net.read(net.bytes())
    expect(Buffer.compare(dataOf(net.frames), wanted)).toBe(0)
    expect(sent).toBe(2)
    expect(net.frames.filter(({ type }) => type === FRAME.ping)).toHaveLength(50)
    const longest = Math.max(...net.frames.map(({ payload }) => payload.length))
    expect(longest).toBeLessThanOrEqual(16_384)
  })

  test('a window that shrinks after the fact stops the stream until it is wide again', () => {
    const net = connection(() => 1 << 20)
    const sender = createSender(1, net.write)
    sender.settings({ windowBytes: 1000 })
    sender.message(message(5000, 3), ROOM, () => {})
    sender.settings({ windowBytes: 500 })
    sender.widen(true, 400)
    expect(net.bytes().length).toBe(ROOM + 1000)
    sender.widen(true, 200)
    expect(net.bytes().length).toBe(2 * ROOM + 1100)
  })

  test('windows beyond what the protocol allows, and endless questions, are refused', () => {
    const sender = createSender(1, () => 0)
    expect(() => sender.widen(true, 2 ** 31 - 1)).toThrow(ProtocolError)
    expect(() => sender.settings({ windowBytes: 2 ** 31 })).toThrow(ProtocolError)
    const ask = () => {
      for (let i = 0; i < 2000; i++) sender.control(new Uint8Array(17))
    }
    expect(ask).toThrow(ProtocolError)
  })
})

const settings = (payload = '') =>
  encodeFrame({ type: FRAME.settings, flags: 0, stream: 0, payload: hex(payload) })
const answer = (type: number, payload: Uint8Array, flags = 0, stream = 1) =>
  encodeFrame({ type, flags, stream, payload })
const headers = (list: readonly (readonly [string, string])[], flags = 0) =>
  answer(FRAME.headers, encodeHeaders(list), FLAG.endHeaders | flags)

/** What a client makes of these bytes, given whole and byte by byte. */
function outcome(...frames: Uint8Array[]) {
  const seen = [frames.map((one) => [one]), [[Buffer.concat(frames)]]].concat([
    [...Buffer.concat(frames)].map((byte) => [Uint8Array.of(byte)]),
  ])
  const outcomes = seen.map((chunks) => {
    const messages: string[] = []
    const ended: string[] = []
    const stream = openStream((_bytes, _at, length) => length, [], {
      message: (bytes) => messages.push(Buffer.from(bytes).toString()),
      ended: ({ code, details }) => ended.push(`${code} ${details}`),
    })
    for (const chunk of chunks.flat()) stream.received(chunk)
    return { messages, ended }
  })
  const [first] = outcomes
  for (const other of outcomes) expect(other).toEqual(first as (typeof outcomes)[0])
  return first as (typeof outcomes)[0]
}

describe('what comes back', () => {
  const begun = [settings(), headers([[':status', '200']])] as const

  test('messages over the borders of frames, with padding, and the status in the trailers', () => {
    const bytes = hex('0000000003616263 0000000002 6465')
    const padded = Buffer.concat([hex('03'), bytes.subarray(4), hex('000000')])
    expect(
      outcome(
        ...begun,
        answer(FRAME.data, bytes.subarray(0, 4)),
        answer(FRAME.data, padded, FLAG.padded),
        headers([['grpc-status', '0']], FLAG.endStream),
      ),
    ).toEqual({ messages: ['abc', 'de'], ended: ['0 '] })
  })

  test('headers in several frames', () => {
    const block = encodeHeaders([
      [':status', '200'],
      ['grpc-status', '16'],
      ['grpc-message', 'no%20such key'],
    ])
    expect(
      outcome(
        settings(),
        answer(FRAME.headers, block.slice(0, 5), FLAG.endStream),
        answer(FRAME.continuation, block.slice(5, 9)),
        answer(FRAME.continuation, block.slice(9), FLAG.endHeaders),
      ).ended,
    ).toEqual(['16 no such key'])
  })

  for (const [what, frames, ended] of [
    ['a proxy that says 502', [headers([[':status', '502']], FLAG.endStream)], '14 HTTP 502'],
    ['a server that knows no gRPC', [headers([[':status', '404']])], '12 HTTP 404'],
    [
      'a stream refused',
      [answer(FRAME.rstStream, hex('00000007'))],
      '14 RST_STREAM: REFUSED_STREAM',
    ],
    [
      'a server that goes and will not serve us',
      [answer(FRAME.goAway, hex('00000000 00000000'), 0, 0)],
      '14 GOAWAY: reason 0',
    ],
    [
      'a server that calls us too many',
      [answer(FRAME.goAway, Buffer.concat([hex('00000001 0000000b'), Buffer.from('calm')]), 0, 0)],
      '14 GOAWAY: reason 11 calm',
    ],
    [
      'something pushed',
      [answer(FRAME.pushPromise, hex('00000002'))],
      '13 HTTP/2: nothing may be pushed',
    ],
    [
      'a compressed answer',
      [answer(FRAME.data, hex('0100000000'))],
      '13 HTTP/2: an answer is compressed',
    ],
    [
      'an answer of 4 GiB',
      [answer(FRAME.data, hex('00ffffffff'))],
      '13 HTTP/2: an answer is too long',
    ],
    [
      'data that ends the stream',
      [answer(FRAME.data, hex(''), FLAG.endStream)],
      '2 the stream ended without a status',
    ],
    [
      'a frame between two parts of headers',
      [answer(FRAME.headers, hex('88')), settings()],
      '13 HTTP/2: headers out of order',
    ],
    [
      'more padding than frame',
      [answer(FRAME.data, hex('0500'), FLAG.padded)],
      '13 HTTP/2: the padding is longer than its frame',
    ],
  ] as const) {
    test(`${what} ends the stream: ${ended}`, () => {
      expect(outcome(settings(), ...frames).ended).toEqual([ended])
    })
  }

  test('what speaks no HTTP/2 is called that', () => {
    const said = outcome(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))
    expect(said.ended).toEqual(['13 what answers speaks no HTTP/2'])
    expect(outcome(headers([[':status', '200']])).ended).toEqual(said.ended)
  })

  test('a server that goes, but finishes our stream first, is heard to the end', () => {
    const gone = answer(FRAME.goAway, hex('00000001 00000000'), 0, 0)
    const end = headers([['grpc-status', '0']], FLAG.endStream)
    expect(outcome(...begun, gone, answer(FRAME.data, hex('0000000000')), end)).toEqual({
      messages: [''],
      ended: ['0 '],
    })
  })

  test('settings and pings are answered, and what was taken is given back', () => {
    const net = connection(() => 1 << 20)
    const stream = openStream(net.write, [], { message: () => {}, ended: () => {} })
    const greeting = net.bytes().length
    stream.received(settings('0004 00010000 0005 00100000'))
    stream.received(answer(FRAME.ping, hex('0102030405060708'), 0, 0))
    stream.received(headers([[':status', '200']]))
    for (let i = 0; i < 3; i++) stream.received(answer(FRAME.data, zeros(16_000)))
    net.read(net.bytes().subarray(greeting))
    const [ack, pong, ...windows] = net.frames
    expect(ack).toMatchObject({ type: FRAME.settings, flags: FLAG.ack })
    expect(pong).toMatchObject({ type: FRAME.ping, flags: FLAG.ack })
    expect(Buffer.from(pong?.payload ?? '').toString('hex')).toBe('0102030405060708')
    expect(windows.map(({ type, stream: of }) => [type, of])).toEqual([
      [FRAME.windowUpdate, 0],
      [FRAME.windowUpdate, 1],
    ])
    expect(Buffer.from(windows[0]?.payload ?? '').readUInt32BE()).toBe(48_000)
  })
})

/** Empty messages of gRPC, 5 bytes each. */
const zeros = (bytes: number) => new Uint8Array(bytes)
