/** Receipts of one moment share a file: each is found by its own name, and lost or renewed alone. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { idOf, openInboxAt, openStoreAt, request, send } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const FILES = 40
const CONTENT = Buffer.from('abc')
const numbers = Array.from({ length: FILES }, (_, index) => index + 1)
const receiptOf = (folder: string, id: number) => `${folder}/d/meta/receipts/${idOf(id)}`
const inodes = (folder: string) =>
  new Set(numbers.map((id) => fs.statSync(receiptOf(folder, id)).ino)).size

/** What became of each. */
async function sendAll(folder: string, files?: Files) {
  const inbox = openInboxAt(folder, files ? { files } : {})
  return await Promise.allSettled(
    numbers.map((id) => send(inbox, 'd', request(id, `/f${id}`, 3), CONTENT)),
  )
}

const again = async (folder: string, id: number) =>
  (await openInboxAt(folder).open('d', request(id, `/f${id}`, 3))).opened.receipt

test('files that finish together have few files of receipts, and each has its own', async () => {
  const folder = temporaryFolder('shared')
  const outcomes = await sendAll(folder)
  // The first file is a group by itself, usually; 39 are 16, 16 and 7.
  expect(inodes(folder)).toBeLessThan(8)
  for (const id of numbers) {
    expect(outcomes[id - 1]).toMatchObject({ value: { location: `d/files/f${id}` } })
    expect((await again(folder, id))?.location).toBe(`d/files/f${id}`)
  }
})

test('an answer given again has a file of its own, with its document alone', async () => {
  const folder = temporaryFolder('shared')
  await sendAll(folder)
  await again(folder, 5)
  const document = JSON.parse(fs.readFileSync(receiptOf(folder, 5), 'utf8'))
  expect(document).toMatchObject({ upload_id: idOf(5), path: '/f5' })
  expect(fs.statSync(receiptOf(folder, 5)).nlink).toBe(1)
  expect((await again(folder, 6))?.location).toBe('d/files/f6')
})

test('of a file that was cut short, what is whole counts and the rest does not', async () => {
  const folder = temporaryFolder('shared')
  await sendAll(folder)
  const path = receiptOf(folder, 2)
  const documents = fs.readFileSync(path, 'utf8').split(/(?<=\n\}\n)/)
  expect(documents.length).toBeGreaterThan(4)
  const ids = documents.map((one) => Number(JSON.parse(one).path.slice(2)))
  const kept = documents.slice(0, 3).join('').length
  fs.truncateSync(path, kept + 30)
  const found = await Promise.all(ids.map(async (id) => (await again(folder, id)) !== undefined))
  expect(found).toEqual(ids.map((_id, index) => index < 3))
})

test('receipts that share a file expire together, though each name that goes is a change of the file', async () => {
  const folder = temporaryFolder('shared')
  await sendAll(folder)
  const old = new Date(Date.now() - 91 * 86_400_000)
  const { nlink } = fs.statSync(receiptOf(folder, 2))
  expect(nlink).toBeGreaterThan(4)
  fs.utimesSync(receiptOf(folder, 2), old, old)
  const store = openStoreAt(folder)
  store.expire(Date.now())
  const left = fs.readdirSync(`${folder}/d/meta/receipts`).length
  expect(left).toBe(FILES - nlink)
  store.close()
})

test('where a file can have one name only, each receipt has a file', async () => {
  const folder = temporaryFolder('shared')
  const files: Files = {
    ...createPosixFiles(),
    linkAt() {
      throw Object.assign(new Error('no links'), { code: 'EPERM' })
    },
  }
  await sendAll(folder, files)
  expect(inodes(folder)).toBe(FILES)
  for (const id of numbers) expect((await again(folder, id))?.location).toBe(`d/files/f${id}`)
})

test('where the receipts cannot be synced, none of them is found, and the files come again', async () => {
  const folder = temporaryFolder('shared')
  let failing = true
  const posix = createPosixFiles()
  const files: Files = {
    ...posix,
    async sync(fd) {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`)
      if (failing && path.includes('/receipts/')) {
        throw Object.assign(new Error('io'), { code: 'EIO' })
      }
      await posix.sync(fd)
    },
  }
  const outcomes = await sendAll(folder, files)
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']))
  failing = false
  expect(fs.readdirSync(`${folder}/d/meta/receipts`)).toEqual([])
  await sendAll(folder, files)
  expect(fs.readdirSync(`${folder}/d/files`)).toHaveLength(FILES)
})
