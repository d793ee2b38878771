/** The receiver's rules: which byte may be written when. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { BLOCK_BYTES } from '../../src/model.ts'
import { Refusal } from '../../src/receive/incoming.ts'
import { readTree } from '../fakes/ferry.ts'
import { data, digestOf, openHold, openInboxAt, request } from '../fakes/inbox.ts'
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

describe('what may be written', () => {
  test('an offset that is not the next changes nothing', async () => {
    const inbox = openInboxAt(temporaryFolder('store'))
    const hold = await openHold(inbox, 'd', request(1, '/a', 6))
    inbox.write(hold, data(0, text('abc')))
    for (const offset of [0, 2, 4, 6]) {
      expect(await refusal(() => inbox.write(hold, data(offset, text('x'))))).toBe('wrong-offset')
    }
    inbox.write(hold, data(3, text('def')))
    const finish = { sizeBytes: 6, digest: digestOf(text('abcdef')) }
    expect((await inbox.finish(hold, finish)).sizeBytes).toBe(6)
  })

  test('damaged bytes, too many bytes, an early finish and another digest are refused', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    const hold = await openHold(inbox, 'd', request(1, '/a', 3))
    const damaged = { ...data(0, text('abc')), crc32: 1 }
    expect(await refusal(() => inbox.write(hold, damaged))).toBe('corrupt')
    expect(await refusal(() => inbox.write(hold, data(0, text('abcd'))))).toBe('invalid')
    const finish = { sizeBytes: 3, digest: digestOf(text('abc')) }
    expect(await refusal(inbox.finish(hold, finish))).toBe('wrong-offset')
    inbox.write(hold, data(0, text('abd')))
    expect(await refusal(inbox.finish(hold, finish))).toBe('corrupt')
    expect(stored(folder)).toEqual([])
  })

  test('where nothing is kept yet, what stands for its digest is what 0.1.0 compares with', async () => {
    const inbox = openInboxAt(temporaryFolder('store'))
    for (const [id, sizeBytes] of [
      [1, 6],
      [2, 3 * BLOCK_BYTES],
    ] as const) {
      const { opened } = await inbox.open('d', request(id, `/${id}`, sizeBytes))
      expect(opened.prefix).toEqual({ offsetBytes: 0, digest: new Uint8Array(32) })
    }
  })

  test('a stream of an older epoch changes nothing, also after finish', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    const bytes = large(2)
    const old = await openHold(inbox, 'd', request(1, '/a', bytes.length))
    inbox.write(old, data(0, bytes.subarray(0, 5000)))
    const hold = await openHold(inbox, 'd', request(1, '/a', bytes.length))
    expect(hold.epoch).toBeGreaterThan(old.epoch)
    expect(await refusal(() => inbox.write(old, data(5000, bytes.subarray(5000, 6000))))).toBe(
      'stale-epoch',
    )
    inbox.write(hold, data(5000, bytes.subarray(5000)))
    await inbox.finish(hold, { sizeBytes: bytes.length, digest: digestOf(bytes) })
    expect(await refusal(() => inbox.write(old, data(5000, text('x'))))).not.toBe('accepted')
    expect(readTree(`${folder}/d/files`).get('a')?.equals(bytes)).toBe(true)
  })

  test('what was cut off goes on at the very byte, and the digest of what is there is told', async () => {
    const folder = temporaryFolder('store')
    const bytes = large(3)
    const half = 2 * BLOCK_BYTES + 77
    for (const reopen of ['the same process', 'a restart'] as const) {
      let inbox = openInboxAt(folder)
      const name = reopen === 'a restart' ? '/b' : '/a'
      const id = reopen === 'a restart' ? 2 : 1
      const first = await openHold(inbox, 'd', request(id, name, bytes.length))
      inbox.write(first, data(0, bytes.subarray(0, half)))
      inbox.release(first)
      if (reopen === 'a restart') {
        await inbox.close()
        inbox = openInboxAt(folder)
      }
      const { opened, hold } = await inbox.open('d', request(id, name, bytes.length))
      expect(opened.prefix).toEqual({
        offsetBytes: half,
        digest: digestOf(bytes.subarray(0, half)),
      })
      expect(opened.epoch).toBe(2)
      expect(opened.generation).toBe(1)
      if (!hold) throw new Error('finished')
      inbox.write(hold, data(half, bytes.subarray(half)))
      await inbox.finish(hold, { sizeBytes: bytes.length, digest: digestOf(bytes) })
      await inbox.close()
    }
    expect(readTree(`${folder}/d/files`).get('b')?.equals(bytes)).toBe(true)
  })

  test('a reset starts the next generation at nothing', async () => {
    const inbox = openInboxAt(temporaryFolder('store'))
    const bytes = large(2)
    const first = await openHold(inbox, 'd', request(1, '/a', bytes.length))
    inbox.write(first, data(0, bytes))
    const { opened } = await inbox.open('d', request(1, '/a', bytes.length, true))
    expect(opened).toMatchObject({ generation: 2, prefix: { offsetBytes: 0 } })
  })

  test('a release publishes nothing', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    const hold = await openHold(inbox, 'd', request(1, '/a', 3))
    inbox.write(hold, data(0, text('abc')))
    inbox.release(hold)
    await inbox.close()
    expect(stored(folder)).toEqual([])
  })

  test.each(['relative', '/a/../../b', '/a/./b', '//', '/a/', '/a\0b', ''])(
    'the path %p is refused',
    async (path) => {
      const folder = temporaryFolder('store')
      expect(await refusal(openInboxAt(folder).open('d', request(1, path, 1)))).toBe('invalid')
      expect(fs.readdirSync(folder)).toEqual(['ferry-store.json'])
    },
  )

  test('one device may not have more unfinished uploads than its bound', async () => {
    const inbox = openInboxAt(temporaryFolder('store'), { limits: { openUploads: 3 } })
    for (const id of [1, 2, 3]) await openHold(inbox, 'd', request(id, `/${id}`, 10))
    expect(await refusal(inbox.open('d', request(4, '/4', 10)))).toBe('busy')
    expect(await refusal(inbox.open('other', request(4, '/4', 10)))).toBe('accepted')
  })

  test('small files in memory stay within their bound, and one device within its share', async () => {
    const inbox = openInboxAt(temporaryFolder('store'), { limits: { memoryBytes: 100 } })
    await openHold(inbox, 'd', request(1, '/1', 40))
    expect(await refusal(inbox.open('d', request(2, '/2', 40)))).toBe('busy')
    await openHold(inbox, 'e', request(2, '/2', 40))
    expect(await refusal(inbox.open('f', request(3, '/3', 40)))).toBe('busy')
  })
})
