/** The agent's HTTP/2 against a server of another make, and against hostile and damaged answers. */
import { expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import * as http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { encodeFrame, FLAG, FRAME, ProtocolError } from '../../src/upload/http2/frames.ts'
import { encodeHeaders, type Header } from '../../src/upload/http2/hpack.ts'
import { openConnection } from '../../src/upload/http2/socket.ts'
import { type GrpcStream, openStream } from '../../src/upload/http2/stream.ts'
import { FRAME_HEADER_BYTES, LINK_ROOM_BYTES } from '../../src/wire/link.ts'
import { forAllAsync } from '../fakes/for-all.ts'
import { damaged, fuzz } from '../fakes/fuzz.ts'

/** Reads everything slowly, and says at the end what it read. */
async function startServer(settings: http2.Settings, pauseMs: number) {
  const server = http2.createServer({ settings })
  server.on('stream', (stream: http2.ServerHttp2Stream) => {
    const hash = createHash('sha256')
    stream.respond({ ':status': 200, 'x-one': 'some value' }, { waitForTrailers: true })
    stream.on('data', async (chunk: Buffer) => {
      hash.update(chunk)
      if (pauseMs > 0) {
        stream.pause()
        await Bun.sleep(pauseMs)
        stream.resume()
      }
      if (chunk.at(-1) !== END) return
      stream.on('wantTrailers', () =>
        stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': hash.digest('hex') }),
      )
      stream.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, end: () => server.close() }
}

/** The last byte of everything; no other is like it. */
const END = 255
const HEADERS: Header[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/x'],
  [':authority', 'localhost'],
]

function messageOf(bytes: number, last: number) {
  const buffer = new Uint8Array(LINK_ROOM_BYTES + bytes)
  for (let i = 0; i < bytes; i++) buffer[LINK_ROOM_BYTES + i] = (i * 31) % 255
  buffer[buffer.length - 1] = last
  return buffer
}

async function send(port: number, sizes: readonly number[]) {
  const hash = createHash('sha256')
  const { promise, resolve } = Promise.withResolvers<string>()
  let stream: GrpcStream | undefined
  const at = LINK_ROOM_BYTES
  const close = openConnection(
    { host: '127.0.0.1', port, secure: false, ca: undefined },
    {
      open(connection) {
        stream = openStream(connection.write, HEADERS, {
          message: () => {},
          ended: ({ code, details }) => resolve(`${code} ${details}`),
        })
        for (const [i, size] of sizes.entries()) {
          const bytes = messageOf(size, i === sizes.length - 1 ? END : 0)
          hash.update(bytes.subarray(at))
          stream.send(bytes, at, () => {})
        }
      },
      data: (bytes) => stream?.received(bytes),
      drain: () => stream?.writable(),
      closed: resolve,
    },
  )
  const said = await promise
  close()
  return { said, wanted: `0 ${hash.digest('hex')}` }
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.nat(300_000)), {
  minLength: 1,
  maxLength: 12,
})
const settings = fc.record({
  initialWindowSize: fc.constantFrom(20_000, 65_535, 1 << 20),
  maxFrameSize: fc.constantFrom(16_384, 1 << 20),
})

test('whatever the sizes, windows and frames, a server of another make reads what was sent', async () => {
  await forAllAsync(
    fc.asyncProperty(sizes, settings, fc.constantFrom(0, 0, 1), async (all, told, pauseMs) => {
      const filled = all.map((size) => size + 1)
      const server = await startServer(told, pauseMs)
      try {
        const { said, wanted } = await send(server.port, filled)
        expect(said).toBe(wanted)
      } finally {
        server.end()
      }
    }),
    40,
  )
}, 60_000)

const frame = (type: number, payload: Uint8Array, flags = 0, stream = 1) =>
  encodeFrame({ type, flags, stream, payload })
const answers = Buffer.concat([
  frame(FRAME.settings, Buffer.from('000400010000', 'hex'), 0, 0),
  frame(FRAME.settings, Buffer.alloc(0), FLAG.ack, 0),
  frame(FRAME.headers, encodeHeaders([[':status', '200']]), FLAG.endHeaders),
  frame(FRAME.windowUpdate, Buffer.from('00010000', 'hex')),
  frame(FRAME.data, Buffer.from('0000000003616263', 'hex')),
  frame(FRAME.ping, Buffer.alloc(FRAME_HEADER_BYTES - 1), 0, 0),
  frame(
    FRAME.headers,
    encodeHeaders([
      ['grpc-status', '5'],
      ['grpc-message', 'gone%20'],
    ]),
    FLAG.endHeaders | FLAG.endStream,
  ),
])

test('damaged and random answers end the stream, or wait for more; nothing else', async () => {
  await fuzz('answers over HTTP/2', {
    share: 0.1,
    one: fc.tuple(
      fc.oneof({ weight: 4, arbitrary: damaged([answers]) }, fc.uint8Array({ maxLength: 300 })),
      fc.integer({ min: 1, max: 60 }),
    ),
    meant: [ProtocolError],
    attempt([bytes, step]) {
      const ends: string[] = []
      const stream = openStream((_bytes, _at, length) => length, HEADERS, {
        message: () => {},
        ended: ({ code, details }) => ends.push(`${code} ${details}`),
      })
      for (let at = 0; at < bytes.length; at += step) {
        stream.received(Uint8Array.from(bytes.subarray(at, at + step)))
      }
      expect(ends.length).toBeLessThanOrEqual(1)
      if (ends[0]?.startsWith('13 ')) throw new ProtocolError(ends[0])
    },
  })
}, 120_000)
