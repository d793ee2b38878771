/** What one device may have by `ferry.transfer`: streams, half a message, words about a file. */
import { afterEach, expect, test } from 'bun:test'
import * as http2 from 'node:http2'
import { startServer } from '../../src/receive/grpc-server.ts'
import { createKeyring, makeKey, writeKeys } from '../../src/receive/keys.ts'
import { DEFAULT_STREAM_LIMITS, serveTransfer } from '../../src/receive/transfer-service.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createSystemRandom } from '../../src/system/random.ts'
import { encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import { TRANSFER_PATH } from '../../src/wire/transfer-path.ts'
import { eventually } from '../fakes/ferry.ts'
import { openInboxAt, request } from '../fakes/inbox.ts'
import { quietLog } from '../fakes/quiet.ts'
import { grpcMessage } from '../fakes/raw-http2.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const closings: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close()
})

const random = createSystemRandom()
const robot = makeKey('robot', 0, random)
const again = makeKey('robot', 0, random)
const other = makeKey('other', 0, random)
/** gRPC's numbers. */
const INVALID_ARGUMENT = '3'
const RESOURCE_EXHAUSTED = '8'
const UNAVAILABLE = '14'
const PER_CONNECTION = 16

const hello = encodeAgentFrame({ channel: 0, type: 'hello', software: 'x', machineId: 'y' })

async function openReceiver() {
  const folder = temporaryFolder('streams')
  const keys = [robot, again, other].map(({ key }) => key)
  writeKeys(`${folder}/keys`, keys)
  const system = createSystemClock()
  const ahead = { ms: 0 }
  const clock = { ...system, monotonicMs: () => system.monotonicMs() + ahead.ms }
  const inbox = openInboxAt(folder)
  const limits = DEFAULT_STREAM_LIMITS
  const service = { inbox, log: quietLog, limits, smallFileBytes: 1024, software: '' }
  const server = await startServer({
    ...{ listen: '127.0.0.1:0', tls: undefined, clock, log: quietLog, methods: [] },
    keyring: createKeyring(`${folder}/keys`, () => {}),
    limits: { connections: 16, streamsPerConnection: PER_CONNECTION, messageBytes: 32 << 20 },
    serve: (device, link) => serveTransfer({ ...service, greet: () => '' }, device, link),
  })
  closings.push(
    () => inbox.close(),
    () => server.close(),
  )
  return { server, ahead, address: server.address }
}

/** One stream: '' while it is open, else gRPC's number of how it ended. */
interface Stream {
  readonly send: (bytes: Uint8Array) => void
  readonly answers: () => number
  readonly ended: () => string
  readonly close: () => void
}

function connection(address: string): http2.ClientHttp2Session {
  const session = http2.connect(`http://${address}`)
  session.on('error', () => {})
  closings.push(() => session.destroy())
  return session
}

function stream(session: http2.ClientHttp2Session, secret: string): Stream {
  const call = session.request({
    ':method': 'POST',
    ':path': TRANSFER_PATH,
    te: 'trailers',
    'content-type': 'application/grpc',
    authorization: `Bearer ${secret}`,
  })
  let ended = ''
  let answers = 0
  const look = (headers: http2.IncomingHttpHeaders) => {
    ended ||= String(headers['grpc-status'] ?? '')
  }
  call
    .on('response', look)
    .on('trailers', look)
    .on('error', () => {})
  call.on('data', () => {
    answers += 1
  })
  return {
    send: (bytes) => void call.write(bytes),
    answers: () => answers,
    ended: () => ended,
    close: () => call.close(http2.constants.NGHTTP2_CANCEL),
  }
}

const greeted = (session: http2.ClientHttp2Session, secret: string) => {
  const one = stream(session, secret)
  one.send(grpcMessage(hello))
  return one
}

const isServed = (one: Stream) =>
  eventually(
    () => `${one.answers()} ${one.ended()}`,
    (seen) => seen === '1 ',
  )

const endsWith = (one: Stream, code: string) => eventually(one.ended, (ended) => ended === code)

test('a device has 32 streams, over all of its keys and connections; another one still has its own', async () => {
  const { address } = await openReceiver()
  const sessions = Array.from({ length: 3 }, () => connection(address))
  const streams = sessions
    .slice(0, 2)
    .flatMap((session, index) =>
      Array.from({ length: PER_CONNECTION }, () =>
        greeted(session, [robot, again][index]?.secret ?? ''),
      ),
    )
  for (const one of streams) await isServed(one)
  const [, , third] = sessions as [unknown, unknown, http2.ClientHttp2Session]
  await endsWith(greeted(third, robot.secret), RESOURCE_EXHAUSTED)
  await endsWith(greeted(third, again.secret), RESOURCE_EXHAUSTED)
  await isServed(greeted(third, other.secret))
  expect(streams.map((one) => one.ended()).join('')).toBe('')
  streams[7]?.close()
  await eventually(
    async () => {
      const next = greeted(third, robot.secret)
      await eventually(
        () => next.answers() > 0 || next.ended() !== '',
        (isAnswered) => isAnswered,
      )
      return next.ended()
    },
    (ended) => ended === '',
  )
})

test('a message that stops half way ends its stream after 300 s, and none that stops between two', async () => {
  const { server, ahead, address } = await openReceiver()
  const session = connection(address)
  const [between, half, onlyPrefix] = [1, 2, 3].map(() => greeted(session, robot.secret)) as [
    Stream,
    Stream,
    Stream,
  ]
  for (const one of [between, half, onlyPrefix]) await isServed(one)
  const message = grpcMessage(Buffer.alloc(10_000))
  half.send(message.subarray(0, 5000))
  onlyPrefix.send(message.subarray(0, 5))
  await Bun.sleep(300)
  ahead.ms = 299_000
  server.checkCalls()
  await Bun.sleep(100)
  expect([between, half, onlyPrefix].map((one) => one.ended())).toEqual(['', '', ''])
  ahead.ms = 301_000
  server.checkCalls()
  await endsWith(half, UNAVAILABLE)
  await endsWith(onlyPrefix, UNAVAILABLE)
  expect(between.ended()).toBe('')
})

test('the words about a file are at most 16 KiB, however they are cut up', async () => {
  const inbox = openInboxAt(temporaryFolder('words'))
  closings.push(() => inbox.close())
  const open = async (id: number, words: { tags?: string[]; datasetIds?: string[] }) => {
    const plain = request(id, `/f${id}`, 10)
    return await inbox.open('robot', { ...plain, metadata: { ...plain.metadata, ...words } }).then(
      () => 'opened',
      (error: Error) => error.message,
    )
  }
  const refused = expect.stringContaining('more than 16 KiB')
  expect(await open(1, { tags: Array.from({ length: 300 }, () => 'fifteen letters') })).toBe(
    'opened',
  )
  expect(await open(2, { tags: ['x'.repeat(17_000)] })).toEqual(refused)
  expect(await open(3, { tags: Array.from({ length: 600 }, () => '') })).toEqual(refused)
  expect(await open(4, { datasetIds: Array.from({ length: 600 }, () => '') })).toEqual(refused)
  // Larger than such an Open is no frame without content: it is not even read.
  const { address } = await openReceiver()
  const one = greeted(connection(address), robot.secret)
  await isServed(one)
  const plain = request(5, '/f5', 10)
  const metadata = { ...plain.metadata, tags: ['x'.repeat(30_000)] }
  const huge = { channel: 1, type: 'open', request: { ...plain, metadata } } as const
  one.send(grpcMessage(encodeAgentFrame(huge)))
  await endsWith(one, INVALID_ARGUMENT)
})
