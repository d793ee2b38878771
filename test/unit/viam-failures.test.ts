/** What becomes of a file when Viam's server, the network or the file itself fails. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { Rejected, Transient } from '../../src/errors.ts'
import type { VersionReader } from '../../src/upload/destination.ts'
import { carry } from '../../src/upload/worker.ts'
import {
  cameraMetadata,
  captureFile,
  readings,
  sensorMetadata,
  times,
} from '../fakes/capture-file.ts'
import { uploadOf } from '../fakes/one-upload.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { failureOf, start } from '../fakes/viam-agent.ts'
import { startViamServer } from '../fakes/viam-server.ts'

const tabular = captureFile(sensorMetadata(), readings(3))
const large = captureFile(cameraMetadata(), [
  { metadata: times(1), binary: Buffer.alloc(3 << 20, 1) },
])

const SCOPES = [
  [1, 'Canceled', 'file'],
  [2, 'Unknown', 'file'],
  [4, 'DeadlineExceeded', 'file'],
  [5, 'NotFound', 'file'],
  [6, 'AlreadyExists', 'file'],
  [7, 'PermissionDenied', 'destination'],
  [8, 'ResourceExhausted', 'both'],
  [9, 'FailedPrecondition', 'file'],
  [10, 'Aborted', 'file'],
  [11, 'OutOfRange', 'file'],
  [12, 'Unimplemented', 'file'],
  [13, 'Internal', 'file'],
  [14, 'Unavailable', 'destination'],
  [15, 'DataLoss', 'file'],
  [16, 'Unauthenticated', 'destination'],
] as const

describe('a status', () => {
  const everyCall = [
    ['a.capture', tabular],
    ['b.capture', large],
    ['c.log', Buffer.from('a line')],
  ] as const

  test.each(everyCall)(
    'D2 InvalidArgument for %p: refused, to the slow lane',
    async (name, bytes) => {
      const fault = { when: 'before', code: 3, details: 'not like this' } as const
      const { agent, server } = await start({ fault: () => fault })
      const error = await failureOf(agent.send(name, bytes))
      expect(error).toBeInstanceOf(Rejected)
      expect(error).toMatchObject({ message: 'the receiver: not like this' })
      expect(server.stored).toHaveLength(0)
      expect(fs.existsSync(`${agent.root}/${name}`)).toBe(true)
    },
  )

  test.each(SCOPES)('D3 %p %s: tried again, it concerns the %s', async (code, _, scope) => {
    const { agent } = await start({ fault: () => ({ when: 'before', code }) })
    for (const [name, bytes] of everyCall) {
      const error = await failureOf(agent.send(name, bytes))
      expect(error).toBeInstanceOf(Transient)
      expect(error).toMatchObject({ scope })
    }
  })

  test('D3 ResourceExhausted says when to come again, or a default holds', async () => {
    const fault = (index: number) =>
      ({ when: 'before', code: 8, ...(index === 0 && { retryAfterMs: 1234 }) }) as const
    const { agent } = await start({ fault })
    expect(await failureOf(agent.send('a', Buffer.from('x')))).toMatchObject({ retryAfterMs: 1234 })
    expect(await failureOf(agent.again('a'))).toMatchObject({ retryAfterMs: 10_000 })
  })

  test('Unavailable is explained, also where nothing listens', async () => {
    const { agent, server } = await start()
    server.stop()
    const error = await failureOf(agent.send('a', Buffer.from('x')))
    const hint = "is the receiver running, and is this board's network up?"
    expect(error).toMatchObject({ scope: 'destination', hint })
    expect(`${error}`).toContain('or this board has no route to it')
  })

  test('A18 A19 after failures of any kind, the next try succeeds, and stores each once', async () => {
    const codes = [2, 13, 14]
    const fault = (index: number) =>
      index < codes.length ? ({ when: 'before', code: codes[index] ?? 0 } as const) : undefined
    const { agent, server } = await start({ fault })
    await failureOf(agent.send('a.capture', tabular))
    await failureOf(agent.send('b.capture', large))
    await failureOf(agent.send('c.log', Buffer.from('a line')))
    for (const name of ['a.capture', 'b.capture', 'c.log']) await agent.again(name)
    expect(server.stored).toHaveLength(3)
  })
})

describe('a worker', () => {
  const carried = async (agent: Awaited<ReturnType<typeof start>>['agent'], fails: unknown) => {
    const never = new AbortController().signal
    const open = (): VersionReader & { close(): void } => ({
      read: () => Promise.reject(fails),
      prefixDigest: () => Promise.reject(fails),
      chainAt: () => undefined,
      complete: () => Promise.reject(fails),
      close() {},
    })
    fs.writeFileSync(`${agent.root}/a.capture`, tabular)
    const upload = uploadOf(agent.root, 'a.capture')
    const hooks = { onDurable() {}, onDelivered() {}, onStep() {} }
    const parts = { destination: agent.destination, random: seededRandom(1), open }
    return (await carry(parts, upload, hooks, never)).event
  }

  test.each([
    ['D4 a path error', Object.assign(new Error('EIO: bad disk'), { code: 'EIO' })],
    ['D6 an end of file', new Error('unexpected end of file')],
    ['D7 a permission error', Object.assign(new Error('EACCES: no'), { code: 'EACCES' })],
    ['D8 an error without a name', new Error('something')],
  ])('%s of the reader is tried again', async (_, error) => {
    const { agent, server } = await start()
    expect(await carried(agent, error)).toMatchObject({ type: 'postponed' })
    expect(server.calls).toHaveLength(0)
  })

  test('D5 an upload that is stopped ends quietly, and its stream is cancelled', async () => {
    const { agent, server } = await start()
    const stop = new AbortController()
    const wrap = (reader: VersionReader): VersionReader => ({
      ...reader,
      async read(offsetBytes, into) {
        if (offsetBytes > 10 << 20) {
          await Bun.sleep(50)
          stop.abort(new Error('stopped'))
        }
        return await reader.read(offsetBytes, into)
      },
    })
    const content = Buffer.alloc(20 << 20, 'x')
    const work = agent.send('big', content, { signal: stop.signal, wrap })
    expect(await failureOf(work)).toMatchObject({ message: 'stopped' })
    await Bun.sleep(50)
    expect(server.cancelled).toBe(1)
    expect(server.calls).toHaveLength(0)
  })
})

describe('an answer', () => {
  test('A32 that fails once all was sent leaves the file, and nothing counts as stored', async () => {
    const { agent, server } = await start({ fault: () => ({ when: 'before', code: 2 }) })
    await failureOf(agent.send('a.log', Buffer.alloc(33_000, 'x')))
    expect(server.calls).toHaveLength(1)
    expect(server.stored).toHaveLength(0)
    expect(fs.statSync(`${agent.root}/a.log`).size).toBe(33_000)
  })

  test('A37 an error right at the start of a stream leaves the file, and nothing is stored', async () => {
    const auth = { issue: () => 7, accepts: () => false }
    const { agent, server } = await start({ auth })
    const error = await failureOf(agent.send('b.capture', large))
    expect(error).toMatchObject({ scope: 'destination' })
    expect(server.calls).toHaveLength(0)
    expect(fs.readFileSync(`${agent.root}/b.capture`).equals(large)).toBe(true)
  })

  test('O11 that is lost after the server stored it: no loss; the same message comes twice', async () => {
    const fault = (index: number) =>
      index === 0 ? ({ when: 'after', code: 14 } as const) : undefined
    const { agent, server } = await start({ fault })
    const error = await failureOf(agent.send('a.capture', tabular))
    expect(error).toBeInstanceOf(Transient)
    await agent.again('a.capture')
    expect(server.stored).toHaveLength(2)
    expect(server.stored[0]?.messages).toEqual(server.stored[1]?.messages as Buffer[])
  })

  test('that never comes is given up, and concerns this file and the destination', async () => {
    const { agent, server } = await start({ fault: () => ({ when: 'stall' }) }, { silenceMs: 400 })
    for (const [name, bytes] of [
      ['a.capture', tabular],
      ['c.log', Buffer.from('x')],
    ] as const) {
      const error = await failureOf(agent.send(name, bytes))
      expect(error).toMatchObject({
        scope: 'both',
        message: expect.stringMatching(/^nothing moved for/),
      })
    }
    expect(server.calls).toHaveLength(2)
  })

  test('our own slow reading is no silence of the server', async () => {
    const { agent, server } = await start({}, { silenceMs: 200 })
    const wrap = (reader: VersionReader): VersionReader => ({
      ...reader,
      async complete() {
        await Bun.sleep(700)
        return await reader.complete()
      },
    })
    await agent.send('a.log', Buffer.from('x'), { wrap })
    await agent.send('b.capture', large, { wrap })
    expect(server.stored).toHaveLength(2)
  })

  test('a connection that never comes about is given up', async () => {
    const hole = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const { agent } = await start({}, { silenceMs: 400, port: hole.port })
    const error = await failureOf(agent.send('a.log', Buffer.from('x')))
    expect(error).toMatchObject({
      scope: 'destination',
      message: expect.stringMatching(/^nothing moved for/),
    })
    hole.stop(true)
  })

  test('that comes before all was sent is none', async () => {
    const { agent, server } = await start({ answersEarly: true })
    const error = await failureOf(agent.send('big', Buffer.alloc(64 << 20, 'x')))
    expect(error).toBeInstanceOf(Transient)
    expect(error).toMatchObject({ message: 'the receiver answered before it had everything' })
    expect(server.stored).toHaveLength(0)
  })

  test('a server that comes back is found again at once', async () => {
    const { agent, server } = await start()
    await agent.send('a', Buffer.from('x'))
    server.stop()
    await failureOf(agent.send('b', Buffer.from('x')))
    await failureOf(agent.again('b'))
    await failureOf(agent.again('b'))
    const second = await startViamServer({ port: server.port })
    const startMs = performance.now()
    await agent.again('b')
    expect(performance.now() - startMs).toBeLessThan(900)
    second.stop()
  })
})
