/** What the receiver has made durable before it answers. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { BLOCK_BYTES } from '../../src/model.ts'
import { Refusal } from '../../src/receive/incoming.ts'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { readTree } from '../fakes/ferry.ts'
import { data, digestOf, idOf, openHold, openInboxAt, request, send } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const text = (content: string) => Buffer.from(content)
const large = (blocks: number, seed = 1) =>
  Buffer.alloc(blocks * BLOCK_BYTES + 1000, `block ${seed}`)
const stored = (folder: string, device = 'd') =>
  [...readTree(`${folder}/${device}/files`).keys()].sort()

async function refusal(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
  return 'accepted'
}

/** Counts what is synced, by the path it has when it is. */
function counting(posix: Files): { files: Files; synced: string[] } {
  const synced: string[] = []
  const sync = (fd: number) => {
    synced.push(fs.readlinkSync(`/proc/self/fd/${fd}`))
    return posix.sync(fd)
  }
  return { files: { ...posix, sync }, synced }
}

describe('what is durable', () => {
  test('before the answer: content, receipt, and every folder with a new entry', async () => {
    const folder = temporaryFolder('store')
    const { files, synced } = counting(createPosixFiles())
    await send(openInboxAt(folder, { files }), 'd', request(1, '/x/y/a', 3), text('abc'))
    const relative = synced.map((path) => path.slice(folder.length))
    for (const path of [
      `/d/meta/parts/${idOf(1)}.0.part`,
      `/d/meta/receipts/${idOf(1)}`,
      '/d/files/x/y',
      '/d/files/x',
      '/d/files',
      '/d',
      '',
      '/d/meta',
      '/d/meta/receipts',
    ]) {
      expect(relative).toContain(path)
    }
  })

  test('an answer given again is made durable again', async () => {
    const folder = temporaryFolder('store')
    await send(openInboxAt(folder), 'd', request(1, '/a', 3), text('abc'))
    const { files, synced } = counting(createPosixFiles())
    await openInboxAt(folder, { files }).open('d', request(1, '/a', 3))
    const relative = synced.map((path) => path.slice(folder.length))
    for (const path of [
      '/d/files/a',
      '/d/files',
      `/d/meta/parts/${idOf(1)}.receipt`,
      '/d/meta/receipts',
    ]) {
      expect(relative).toContain(path)
    }
  })

  test('a committed offset comes after the bytes, the record and their folder', async () => {
    const folder = temporaryFolder('store')
    const { files, synced } = counting(createPosixFiles())
    const inbox = openInboxAt(folder, { files })
    const bytes = large(4)
    const hold = await openHold(inbox, 'd', request(1, '/a', bytes.length))
    inbox.write(hold, data(0, bytes))
    synced.length = 0
    const chain = await inbox.commit(hold)
    expect(chain?.offsetBytes).toBe(4 * BLOCK_BYTES)
    expect(synced.some((path) => path.endsWith('.part'))).toBe(true)
  })

  test('content that could not be synced is not published and starts over', async () => {
    const folder = temporaryFolder('store')
    const posix = createPosixFiles()
    let failing = false
    const sync = (fd: number) =>
      failing ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) : posix.sync(fd)
    const inbox = openInboxAt(folder, { files: { ...posix, sync } })
    const bytes = large(2)
    const hold = await openHold(inbox, 'd', request(1, '/a', bytes.length))
    inbox.write(hold, data(0, bytes))
    failing = true
    const finish = { sizeBytes: bytes.length, digest: digestOf(bytes) }
    expect(await refusal(inbox.finish(hold, finish))).toBe('store-failed')
    failing = false
    expect(stored(folder)).toEqual([])
    const { opened } = await inbox.open('d', request(1, '/a', bytes.length))
    expect(opened).toMatchObject({ generation: 2, prefix: { offsetBytes: 0 } })
  })

  test('a full disk keeps the committed prefix', async () => {
    const folder = temporaryFolder('store')
    const posix = createPosixFiles()
    let full = false
    const files: Files = {
      ...posix,
      write(fd, bytes, offset) {
        if (full) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
        posix.write(fd, bytes, offset)
      },
    }
    const inbox = openInboxAt(folder, { files })
    const bytes = large(3)
    const hold = await openHold(inbox, 'd', request(1, '/a', bytes.length))
    inbox.write(hold, data(0, bytes.subarray(0, 2 * BLOCK_BYTES + 5)))
    full = true
    const next = data(2 * BLOCK_BYTES + 5, bytes.subarray(2 * BLOCK_BYTES + 5))
    expect(await refusal(() => inbox.write(hold, next))).toBe('no-space')
    full = false
    const { opened } = await inbox.open('d', request(1, '/a', bytes.length))
    expect(opened).toMatchObject({ generation: 1, prefix: { offsetBytes: 2 * BLOCK_BYTES + 5 } })
  })
})
