/** Hostile agents: what they say in any order is answered or refused, and nothing of it stays. */
import { afterAll, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { crc32 } from 'node:zlib'
import * as fc from 'fast-check'
import type { BytePath } from '../../src/byte-path.ts'
import { Transient } from '../../src/errors.ts'
import { createInbox } from '../../src/receive/inbox.ts'
import { Refusal } from '../../src/receive/incoming.ts'
import { serveTransfer } from '../../src/receive/transfer-service.ts'
import { DEFAULT_INBOX_LIMITS } from '../../src/receive/uploads.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import type { AgentFrame, ReceiverFrame } from '../../src/wire/frames.ts'
import { decodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { readTree } from '../fakes/ferry.ts'
import { fuzz } from '../fakes/fuzz.ts'
import { digestOf, idOf, openStoreAt } from '../fakes/inbox.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const outside = temporaryFolder('fuzz')
const folder = `${outside}/store`
fs.mkdirSync(folder)
/** Syncs cost what the cases have no use for. */
const files = { ...createPosixFiles(), sync: async () => {} }
const store = openStoreAt(folder, files)
const clock = createSystemClock()
const limits = { ...DEFAULT_INBOX_LIMITS, smallFileBytes: 4096, commitEveryBytes: 8192 }
const inbox = createInbox({ store, clock, log: quietLog, limits })

afterAll(async () => await inbox.close())

const SIZES = [0, 1, 1000, 4096, 4097, 20_000]
/** Every upload that can be finished: the bytes are made from the size alone. */
const CONTENTS = new Map(SIZES.map((size) => [size, Buffer.alloc(size, `of ${size} `)]))
const DIGESTS = new Map([...CONTENTS].map(([size, bytes]) => [size, digestOf(bytes)]))
const none = Buffer.alloc(0)
const contentOf = (size: number) => CONTENTS.get(size) ?? none

const path = fc
  .constantFrom(
    ...['/b', '/c', '/d/e', '/d/f', '/g', '/h'],
    ...[
      '/a',
      '/a/b',
      '/..',
      '/../../x',
      '/a/../../x',
      'x',
      '',
      '/',
      '//',
      '/a\0b',
      '/\xff\n',
      '/.ferry',
    ],
    ...[
      `/${'y'.repeat(255)}`,
      `/${'y'.repeat(256)}`,
      `/${'d/'.repeat(2100)}`,
      `/${'\xff'.repeat(250)}`,
    ],
  )
  .map((text) => text as BytePath)
/** Some that are finished soon, and ever new ones. */
const id = fc.oneof(fc.nat(6), fc.nat(1e6))
const size = fc.constantFrom(...SIZES)
const oddSize = fc.oneof(
  { weight: 6, arbitrary: size },
  fc.constantFrom(2 ** 32, 2 ** 44 + 1, Number.MAX_SAFE_INTEGER),
)
const offset = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  fc.constantFrom(1, 999, 4096, 8192, 20_000, 2 ** 32, Number.MAX_SAFE_INTEGER),
)
const channel = fc.nat(2)
const digest = new Uint8Array(32)
const bytes32 = fc.constant(digest)

const open = fc
  .record({ id, path, sizeBytes: oddSize, offsetBytes: offset, reset: fc.boolean() })
  .chain(({ id: number, path: at, ...rest }) =>
    fc.constantFrom('file' as const, 'capture' as const, 'sequence' as const).map((content) => ({
      uploadId: number === 0 ? 'ab' : idOf(number),
      metadata: { path: at, mtimeNs: 0n, tags: ['t'], content, datasetIds: [], partId: '' },
      ...rest,
    })),
  )

/** Content as it should be, at any offset, and with any check. */
const piece = fc
  .record({ sizeBytes: size, offsetBytes: offset, length: size, isCorrupt: fc.boolean() })
  .map(({ sizeBytes, offsetBytes, length, isCorrupt }) => {
    const bytes = contentOf(sizeBytes).subarray(offsetBytes, offsetBytes + length)
    return { offsetBytes, bytes, crc32: crc32(bytes) ^ (isCorrupt ? 1 : 0) }
  })
const finish = fc.oneof(
  size.map((sizeBytes) => ({ sizeBytes, digest: DIGESTS.get(sizeBytes) ?? digest })),
  fc.record({ sizeBytes: oddSize, digest: bytes32 }),
)

const frame: fc.Arbitrary<AgentFrame> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(channel, open)
      .map(([on, request]) => ({ channel: on, type: 'open' as const, request })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(channel, piece)
      .map(([on, one]) => ({ channel: on, type: 'data' as const, ...one, crc32: one.crc32 >>> 0 })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(channel, finish)
      .map(([on, one]) => ({ channel: on, type: 'finish' as const, ...one })),
  },
  channel.map((on) => ({ channel: on, type: 'cancel' as const })),
  fc.constant({ channel: 0, type: 'hello' as const, software: 'x', machineId: 'y' }),
)

/** A whole upload, so that what is hostile meets what is under way and what is finished. */
const whole = fc.tuple(channel, id, size).map(([on, number, sizeBytes]): AgentFrame[] => {
  const metadata = {
    path: `/whole${number}` as BytePath,
    mtimeNs: 0n,
    tags: [],
    content: 'file' as const,
    datasetIds: [],
    partId: '',
  }
  const request = { uploadId: idOf(number), metadata, sizeBytes, offsetBytes: 0, reset: false }
  const bytes = contentOf(sizeBytes)
  return [
    { channel: on, type: 'open', request },
    { channel: on, type: 'data', offsetBytes: 0, bytes, crc32: crc32(bytes) },
    { channel: on, type: 'finish', sizeBytes, digest: DIGESTS.get(sizeBytes) ?? digest },
  ]
})

const hello: AgentFrame = { channel: 0, type: 'hello', software: 'x', machineId: 'y' }
/** A whole upload, or the beginning of one; then anything. */
const sequence = fc
  .tuple(
    fc.tuple(whole, fc.nat(3)).map(([frames, count]) => frames.slice(0, count)),
    fc.array(fc.oneof({ weight: 6, arbitrary: frame.map((one) => [one]) }, whole), {
      maxLength: 6,
      size: 'max',
    }),
  )
  .map(([first, lists]) =>
    [hello, ...first, ...lists.flat()].map((one) => Buffer.from(encodeAgentFrame(one))),
  )
const messages = fc.oneof(
  { weight: 8, arbitrary: sequence },
  fc.tuple(sequence, fc.nat(), fc.nat(255)).map(([list, at, value]) => {
    const bytes = Buffer.concat(list)
    bytes[at % bytes.length] = value
    return [list[0] ?? none, bytes]
  }),
  fc.array(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    { maxLength: 3 },
  ),
)

const service = {
  ...{ inbox, log: quietLog, smallFileBytes: limits.smallFileBytes, software: '', greet: () => '' },
  limits: { channels: 2, dataBytes: 20_000, windowBytes: 8 << 20 },
}

/** What is stored is whole, and nothing was made beside it. */
function checkStore(): void {
  const wrong = [...readTree(`${folder}/d/files`)].filter(
    ([, bytes]) => !contentOf(bytes.length).equals(bytes),
  )
  expect(wrong.map(([name]) => name)).toEqual([])
  expect(fs.readdirSync(outside)).toEqual(['store'])
  expect(fs.readdirSync(folder).filter((name) => !OWN.includes(name))).toEqual([])
}

const OWN = ['d', '.ferry', 'ferry-store.json']

/** Turns of the event loop, so that what is under way goes on. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const kindOf = (frame: ReceiverFrame) => (frame.type === 'failed' ? frame.code : frame.type)

test('whatever an agent says is answered or refused, and no wrong bytes are stored', async () => {
  const answers = new Set<string>()
  const send = (message: Uint8Array) => {
    for (const one of decodeReceiverFrames(message)) answers.add(kindOf(one))
  }
  await fuzz('streams of agents', {
    share: 0.15,
    one: messages,
    meant: [Refusal, Transient],
    async attempt(list) {
      const stream = serveTransfer(service, 'd', { send, ready: async () => {}, close: () => {} })
      try {
        for (const message of list) {
          stream.message(message)
          if (message.length % 3 === 0) await turns(1)
        }
        await turns(2)
      } finally {
        stream.closed(new Transient('the stream ended', { scope: 'destination' }))
      }
    },
    async settle() {
      await turns(20)
    },
  })
  checkStore()
  expect([...answers].sort()).toEqual(expect.arrayContaining(ANSWERS))
  expect(answers).not.toContain('store-failed')
})

const ANSWERS = ['busy', 'corrupt', 'invalid', 'opened', 'progress', 'stored', 'wrong-offset']
