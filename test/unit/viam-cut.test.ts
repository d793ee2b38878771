/** Streams that were cancelled, cut, or went silent publish nothing. */
import { describe, expect, test } from 'bun:test'
import * as net from 'node:net'
import { createSystemClock } from '../../src/system/clock.ts'
import { eventually } from '../fakes/ferry.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, staged, stored, viamClient } from '../fakes/viam.ts'
import { fileMessages, PATHS, streamingMessages } from '../fakes/viam-messages.ts'

const TIMES = 200

/** Metadata and some pieces; the whole content never goes out. */
function partOfStream(path: string, index: number, random: ReturnType<typeof seededRandom>) {
  const pieces = Array.from({ length: 1 + Math.floor(random.fraction() * 6) }, () =>
    Buffer.alloc(1 + Math.floor(random.fraction() * 65_536), 'x'),
  )
  return path === PATHS.file
    ? fileMessages({ fileName: `/f${index}` }, pieces)
    : streamingMessages(pieces, 1_700_000_000 + index)
}

describe.each([PATHS.file, PATHS.streaming])('%s', (path) => {
  test(`cancelled in the middle, ${TIMES} times, publishes nothing`, async () => {
    const folder = temporaryFolder('cut')
    const { client, close } = await openViamAt(folder)
    const random = seededRandom(1)
    const statuses = new Set<string>()
    for (let index = 0; index < TIMES; index++) {
      statuses.add((await client.cancel(path, partOfStream(path, index, random))).status)
    }
    await eventually(
      () => staged(folder),
      (left) => left.length === 0,
    )
    expect([...statuses]).toEqual(['CANCELLED'])
    expect([...stored(folder).keys()]).toEqual([])
    await close()
  })

  test(`whose connection is cut, ${TIMES / 4} times, publishes nothing`, async () => {
    const folder = temporaryFolder('cut')
    const { server, close } = await openViamAt(folder)
    const random = seededRandom(2)
    const port = Number(server.address.split(':')[1])
    for (let index = 0; index < TIMES / 4; index++) {
      const how = index % 2 === 0 ? 'destroy' : 'resetAndDestroy'
      const { address, cut, stop } = await cuttable(port, how)
      const client = viamClient(address, '')
      const messages = partOfStream(path, index, random)
      const sending = client.hang(path, messages)
      await Bun.sleep(random.fraction() * 6)
      stop()
      cut()
      expect((await sending).status).not.toBe('OK')
      client.close()
    }
    await eventually(
      () => staged(folder),
      (left) => left.length === 0,
    )
    expect([...stored(folder).keys()]).toEqual([])
    await close()
  })

  test('that goes silent is given up, and what came of it is freed', async () => {
    const folder = temporaryFolder('cut')
    let aheadMs = 0
    const system = createSystemClock()
    const clock = { ...system, monotonicMs: () => system.monotonicMs() + aheadMs }
    const { client, server, close } = await openViamAt(folder, { clock })
    const [head = Buffer.alloc(0), piece = Buffer.alloc(0)] = partOfStream(path, 1, seededRandom(3))
    const answer = client.hang(path, [head, piece])
    await eventually(
      () => staged(folder).length,
      (count) => count === 1,
    )
    server.checkCalls()
    expect(staged(folder)).toHaveLength(1)
    aheadMs = 121_000
    server.checkCalls()
    expect((await answer).status).toBe('UNAVAILABLE')
    expect(staged(folder)).toEqual([])
    await close()
  })
})

test('one device may not have more calls at once than its bound', async () => {
  const folder = temporaryFolder('cut')
  const { client, close } = await openViamAt(folder)
  const messages = fileMessages({ fileName: '/a' }, [Buffer.from('x')])
  for (let index = 0; index < 32; index++) void client.hang(PATHS.file, messages.slice(0, 1))
  await eventually(
    () => staged(folder).length,
    (count) => count === 32,
    2000,
  )
  const other = viamClient(client.address, '')
  expect((await other.stream(PATHS.file, messages)).status).toBe('RESOURCE_EXHAUSTED')
  other.close()
  await close()
})

/** A way to the port that can be cut. */
async function cuttable(port: number, how: 'destroy' | 'resetAndDestroy') {
  const sockets: net.Socket[] = []
  const proxy = net.createServer((from) => {
    const to = net.connect(port, '127.0.0.1')
    sockets.push(from, to)
    for (const socket of [from, to]) socket.on('error', () => {})
    from.pipe(to)
    to.pipe(from)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(proxy.address() as net.AddressInfo).port}`,
    cut: () => {
      for (const socket of sockets) socket[how]()
    },
    stop: () => proxy.close(),
  }
}
