/** What calls of Viam's services may hold in the receiver's memory, and whether there is room. */
import { afterEach, describe, expect, test } from 'bun:test'
import type { Refusal } from '../../src/receive/incoming.ts'
import { createHeld, createMemory } from '../../src/receive/viam/memory.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { openInboxAt, request } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, stored } from '../fakes/viam.ts'
import {
  binaryRequest,
  fileMessages,
  PATHS,
  sequenceRequest,
  tabularRequest,
} from '../fakes/viam-messages.ts'

type Port = Awaited<ReturnType<typeof openViamAt>>

const ports: Port[] = []

afterEach(async () => {
  for (const port of ports.splice(0)) await port.close()
})

async function open(options: Parameters<typeof openViamAt>[1] = {}) {
  const folder = temporaryFolder('memory')
  const port = await openViamAt(folder, options)
  ports.push(port)
  return { folder, ...port }
}

describe('a client without a key', () => {
  test('has messages of 16 KiB for its login, and larger ones are refused unfinished', async () => {
    const { client } = await open()
    const large = await client.hang(PATHS.login, [Buffer.alloc(17 << 10)])
    expect(large.status).toBe('RESOURCE_EXHAUSTED')
    const small = await client.unary(PATHS.login, Buffer.alloc(0))
    expect(small.status).toBe('OK')
  })

  test('finds at most 64 logins at once, and those that are silent end', async () => {
    const clock = createSystemClock()
    let aheadMs = 0
    const ahead = { ...clock, monotonicMs: () => clock.monotonicMs() + aheadMs }
    const { client, server } = await open({ clock: ahead })
    const held = Array.from({ length: 64 }, () => client.hang(PATHS.login, [Buffer.alloc(1)]))
    await Bun.sleep(300)
    expect((await client.unary(PATHS.login, Buffer.alloc(0))).status).toBe('RESOURCE_EXHAUSTED')
    aheadMs = 11_000
    server.checkCalls()
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(
      held.map(() => 'UNAVAILABLE'),
    )
    expect((await client.unary(PATHS.login, Buffer.alloc(0))).status).toBe('OK')
  })
})

describe('large messages', () => {
  const large = { sizeBytes: 30 << 20, isCompressed: false }
  const codeOf = (work: () => void) => {
    try {
      work()
      return 'ok'
    } catch (error) {
      return (error as Refusal).code
    }
  }

  test('of one device fill half of the memory, of all of them the whole, and free it', () => {
    const memory = createMemory()
    const call = (device: string) => createHeld(memory, device, 32 << 20)
    const calls = ['a', 'a', 'b', 'b'].map(call)
    for (const one of calls) one.admit(large)
    expect(codeOf(() => call('a').admit(large))).toBe('busy')
    expect(codeOf(() => call('c').admit(large))).toBe('busy')
    call('c').admit({ sizeBytes: 100_000, isCompressed: false })
    calls[0]?.release()
    call('c').admit(large)
    for (const one of calls) one.releaseAll()
    expect(memory.totalBytes).toBe(30 << 20)
    expect([...memory.devices.keys()]).toEqual(['c'])
  })

  test('that are compressed count as what they may become', () => {
    const memory = createMemory()
    const call = createHeld(memory, 'a', 32 << 20)
    call.admit({ sizeBytes: 10, isCompressed: true })
    call.admit({ sizeBytes: 10, isCompressed: true })
    expect(codeOf(() => call.admit({ sizeBytes: 10, isCompressed: true }))).toBe('busy')
  })

  test('beyond that are refused on the wire, and small ones are taken', async () => {
    const { client, folder } = await open()
    const message = binaryRequest([Buffer.alloc(30 << 20, 1)])
    const held = [1, 2].map(() => client.hang(PATHS.capture, [message]))
    await Bun.sleep(1500)
    expect((await client.unary(PATHS.capture, message)).status).toBe('RESOURCE_EXHAUSTED')
    expect((await client.unary(PATHS.capture, tabularRequest([1]))).status).toBe('OK')
    client.close()
    await Promise.race([Promise.all(held), Bun.sleep(500)])
    expect(stored(folder).size).toBe(1)
  })

  test('of streams free their memory one by one', async () => {
    const { client } = await open()
    const pieces = Array.from({ length: 5 }, (_, n) => Buffer.alloc(20 << 20, n))
    const answer = await client.stream(PATHS.file, fileMessages({ fileName: 'a' }, pieces))
    expect(answer.status).toBe('OK')
  })
})

describe('a store without room', () => {
  const full = () => {
    const folder = temporaryFolder('full')
    const files = createPosixFiles()
    const room = { bytes: 1 << 30 }
    const usage = (fd: number) => ({ ...files.usage(fd), availableBytes: room.bytes })
    return { folder, files: { ...files, usage }, room }
  }

  test.each([
    ['payloads', PATHS.capture, binaryRequest([Buffer.alloc(2 << 20)])],
    ['readings', PATHS.capture, tabularRequest(Array.from({ length: 5000 }, (_, n) => n))],
    ['sequences', PATHS.sequence, sequenceRequest()],
  ])('takes no %s in one message', async (_, path, message) => {
    const { files, room, folder } = full()
    const port = await openViamAt(folder, { files })
    ports.push(port)
    room.bytes = path === PATHS.sequence ? 10 : 1 << 20
    const answer = await port.client.unary(path, message)
    expect(answer.status).toBe('RESOURCE_EXHAUSTED')
    expect(stored(folder).size).toBe(0)
    room.bytes = 1 << 30
    await Bun.sleep(60)
    expect((await port.client.unary(path, message)).status).toBe('OK')
  })

  test('takes no capture file that it could not take apart', async () => {
    const { files, room, folder } = full()
    const inbox = openInboxAt(folder, { files })
    room.bytes = 15 << 20
    const wanted = request(1, '/a.capture', 10 << 20)
    const metadata = { ...wanted.metadata, content: 'capture' as const }
    const code = await inbox
      .open('d', { ...wanted, metadata })
      .catch((error: Refusal) => error.code)
    expect(code).toBe('no-space')
    room.bytes = 25 << 20
    await Bun.sleep(60)
    expect(await inbox.open('d', { ...wanted, metadata })).toBeDefined()
    await inbox.close()
  })
})
