/** Sequences that once lost, doubled or blocked something. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { crc32 } from 'node:zlib'
import { fromText } from '../../src/byte-path.ts'
import { BLOCK_BYTES } from '../../src/model.ts'
import { createFolders } from '../../src/receive/directory/folders.ts'
import { openPart } from '../../src/receive/directory/parts.ts'
import { Refusal } from '../../src/receive/incoming.ts'
import { serveTransfer } from '../../src/receive/transfer-service.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import type { AgentFrame, ReceiverFrame } from '../../src/wire/frames.ts'
import { decodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { readTree } from '../fakes/ferry.ts'
import { data, digestOf, idOf, openHold, openInboxAt, request, send } from '../fakes/inbox.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const large = (seed: string) => Buffer.alloc(2 * BLOCK_BYTES + 999, seed)
const finishOf = (bytes: Uint8Array) => ({ sizeBytes: bytes.length, digest: digestOf(bytes) })

/** Real files whose syncs wait for the gate. */
function gated() {
  const posix = createPosixFiles()
  let gate = Promise.resolve()
  const sync = (fd: number) => gate.then(() => posix.sync(fd))
  return {
    files: { ...posix, sync },
    shut() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
  }
}

describe('a published file is never written to again', () => {
  test('when its stream is cut and it is opened anew while it is published', async () => {
    const folder = temporaryFolder('store')
    const { files, shut } = gated()
    const inbox = openInboxAt(folder, { files })
    const bytes = large('a')
    const hold = await openHold(inbox, 'd', request(1, '/a', bytes.length))
    inbox.write(hold, data(0, bytes))
    const openGate = shut()
    const finished = inbox.finish(hold, finishOf(bytes))
    await Bun.sleep(5)
    for (let id = 100; id < 150; id++) {
      const opening = inbox.open('d', request(id, `/${id}`, bytes.length))
      opening.then(({ hold: other }) => other && inbox.release(other)).catch(() => {})
    }
    inbox.release(hold)
    const again = inbox.open('d', request(1, '/a', bytes.length))
    openGate()
    await finished
    expect((await again).opened.receipt?.sizeBytes).toBe(bytes.length)
    expect(readTree(`${folder}/d/files`).get('a')?.equals(bytes)).toBe(true)
  })

  test('when writing its receipt fails', async () => {
    const folder = temporaryFolder('store')
    const posix = createPosixFiles()
    let failing = true
    const files = {
      ...posix,
      write(fd: number, bytes: Uint8Array, offset: number) {
        const path = fs.readlinkSync(`/proc/self/fd/${fd}`)
        if (failing && path.includes('/receipts/')) {
          throw Object.assign(new Error('full'), { code: 'ENOSPC' })
        }
        posix.write(fd, bytes, offset)
      },
    }
    const inbox = openInboxAt(folder, { files })
    const bytes = large('b')
    const first = await openHold(inbox, 'd', request(1, '/b', bytes.length))
    inbox.write(first, data(0, bytes))
    const refused = await inbox.finish(first, finishOf(bytes)).catch((error: Refusal) => error.code)
    expect(refused).toBe('no-space')
    const names = () => [...readTree(`${folder}/d/files`)]
    for (const [, content] of names()) expect(content.equals(bytes)).toBe(true)
    failing = false
    await send(inbox, 'd', request(1, '/b', bytes.length), bytes)
    expect(names()).toHaveLength(1)
    expect(names()[0]?.[1].equals(bytes)).toBe(true)
  })

  test('when the power went between its name and its receipt', async () => {
    const folder = temporaryFolder('store')
    const bytes = large('c')
    const inbox = openInboxAt(folder)
    const hold = await openHold(inbox, 'd', request(1, '/c', bytes.length))
    inbox.write(hold, data(0, bytes))
    await inbox.commit(hold)
    await inbox.close()
    fs.mkdirSync(`${folder}/d/files`)
    fs.linkSync(`${folder}/d/meta/parts/${idOf(1)}.1.part`, `${folder}/d/files/c`)
    await send(openInboxAt(folder), 'd', request(1, '/c', bytes.length), bytes)
    expect([...readTree(`${folder}/d/files`).keys()]).toEqual(['c'])
    expect(readTree(`${folder}/d/files`).get('c')?.equals(bytes)).toBe(true)
  })
})

test('a receipt that cannot be confirmed stays, and answers once it can', async () => {
  const folder = temporaryFolder('store')
  const posix = createPosixFiles()
  let failing = false
  const sync = async (fd: number) => {
    if (failing) throw Object.assign(new Error('no'), { code: 'EIO' })
    await posix.sync(fd)
  }
  const inbox = openInboxAt(folder, { files: { ...posix, sync } })
  const bytes = Buffer.from('small')
  await send(inbox, 'd', request(1, '/a', bytes.length), bytes)
  failing = true
  await expect(inbox.open('d', request(1, '/a', bytes.length))).rejects.toThrow('no')
  failing = false
  const { opened, hold } = await inbox.open('d', request(1, '/a', bytes.length))
  expect(hold).toBeUndefined()
  expect(opened.receipt?.sizeBytes).toBe(bytes.length)
})

test('a start over whose part cannot be made changes neither record nor bytes', () => {
  const posix = createPosixFiles()
  let failing = false
  const createFileAt: typeof posix.createFileAt = (directory, name) => {
    if (failing) throw Object.assign(new Error('no'), { code: 'EIO' })
    return posix.createFileAt(directory, name)
  }
  const files = { ...posix, createFileAt }
  const root = files.openRoot(fromText(temporaryFolder('store')))
  const key = { device: 'd', uploadId: idOf(1) }
  const part = openPart(files, root, createFolders(files, root), key)
  part.write(Buffer.from('bytes'), 0)
  failing = true
  expect(() => part.startOver()).toThrow('no')
  expect([part.record.generation, part.sizeBytes()]).toEqual([1, 5])
  part.close()
  failing = false
  const again = openPart(files, root, createFolders(files, root), key)
  expect([again.record.generation, again.sizeBytes()]).toEqual([1, 5])
  again.startOver()
  expect([again.record.generation, again.sizeBytes()]).toEqual([2, 0])
  again.close()
})

test('a failed sync of an older epoch is not forgotten', async () => {
  const posix = createPosixFiles()
  let fail: (() => void) | undefined
  let armed = false
  const sync = (fd: number) => {
    if (!armed) return posix.sync(fd)
    armed = false
    return new Promise<void>((_, reject) => {
      fail = () => reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
    })
  }
  const inbox = openInboxAt(temporaryFolder('store'), { files: { ...posix, sync } })
  const bytes = Buffer.alloc(6 * BLOCK_BYTES, 'x')
  const hold = await openHold(inbox, 'd', request(1, '/a', bytes.length))
  inbox.write(hold, data(0, bytes.subarray(0, 5 * BLOCK_BYTES)))
  armed = true
  const committing = inbox.commit(hold)?.catch((error: Refusal) => error.code)
  await Bun.sleep(1)
  const again = inbox
    .open('d', request(1, '/a', bytes.length))
    .catch((error: Refusal) => error.code)
  fail?.()
  expect(await committing).toBe('store-failed')
  expect(await again).toBe('stale-epoch')
  const { opened } = await inbox.open('d', request(1, '/a', bytes.length))
  expect(opened).toMatchObject({ generation: 2, prefix: { offsetBytes: 0 } })
})

/** A stream as a hostile agent may use it. */
function stream(folder: string) {
  const inbox = openInboxAt(folder)
  const answers: ReceiverFrame[] = []
  const handlers = serveTransfer(
    {
      inbox,
      log: quietLog,
      limits: { channels: 8, dataBytes: 262_144, windowBytes: 8 << 20 },
      smallFileBytes: 262_144,
      software: 'test',
      greet: () => '',
    },
    'd',
    {
      send: (message) => void answers.push(...decodeReceiverFrames(message)),
      ready: async () => {},
      close: () => {},
    },
  )
  const say = (...frames: AgentFrame[]) =>
    handlers.message(Buffer.concat(frames.map(encodeAgentFrame)))
  const hello = { channel: 0, type: 'hello', software: 'x', machineId: 'y' } as const
  return { inbox, answers, handlers, say, hello }
}

describe('a hostile stream', () => {
  test('cannot hold more than one upload on a channel', async () => {
    const folder = temporaryFolder('store')
    const { say, hello, answers, handlers, inbox } = stream(folder)
    say(hello)
    for (let id = 1; id <= 300; id++) {
      say({ channel: 1, type: 'open', request: request(id, `/${id}`, 262_144) })
      await Bun.sleep(0)
    }
    await Bun.sleep(20)
    expect(answers.some((one) => one.type === 'failed' && one.code === 'invalid')).toBe(true)
    handlers.closed(undefined as never)
    await Bun.sleep(20)
    const { hold } = await inbox.open('other', request(1, '/a', 262_144))
    expect(hold).toBeDefined()
  })

  test('cannot make the receiver keep data that it did not ask for', async () => {
    const { say, hello, answers } = stream(temporaryFolder('store'))
    say(hello)
    const bytes = Buffer.alloc(262_144)
    say({ channel: 1, type: 'open', request: request(1, '/a', 1 << 30) })
    for (let at = 0; at < 100; at++) {
      const crc = crc32(bytes)
      say({ channel: 1, type: 'data', offsetBytes: at * 262_144, crc32: crc, bytes })
    }
    await Bun.sleep(20)
    expect(answers.some((one) => one.type === 'failed' && one.code === 'invalid')).toBe(true)
  })

  test('greets once, first, and sends no message of countless frames', () => {
    const { say, hello } = stream(temporaryFolder('store'))
    expect(() => say({ channel: 1, type: 'cancel' })).toThrow(Refusal)
    say(hello)
    expect(() => say(...Array.from({ length: 5000 }, () => hello))).toThrow('too many frames')
  })
})
