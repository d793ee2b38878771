/** Merging rows: each is seen once at every moment, whatever crashes. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { Store } from '../../src/receive/store.ts'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { openInboxAt, openStoreAt, request, send } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, stored } from '../fakes/viam.ts'
import {
  captureFile,
  number,
  PATHS,
  TABULAR_METADATA,
  TEN,
  tabularRequest,
  time,
} from '../fakes/viam-messages.ts'

/** A day after the readings. */
const TOMORROW_MS = (TEN + 86_400) * 1000
const PARTITION = 'tabular/part_id=part-1/component_name=s1/method_name=Readings/date=2026-08-21'

const rowsIn = (folder: string, device = 'anonymous') =>
  [...stored(folder, device)]
    .filter(([name]) => name.endsWith('.ndjson'))
    .flatMap(([, bytes]) => bytes.toString().trim().split('\n'))
    .map((line) => JSON.parse(line).data.value as number)
    .sort((a, b) => a - b)
const namesIn = (folder: string) => fs.readdirSync(`${folder}/anonymous/${PARTITION}`).sort()
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A store with so many files of one row each. */
async function filled(count: number): Promise<string> {
  const folder = temporaryFolder('merge')
  const { client, close } = await openViamAt(folder)
  for (const value of upTo(count)) {
    expect((await client.unary(PATHS.capture, tabularRequest([value]))).status).toBe('OK')
  }
  await close()
  return folder
}

async function merged(folder: string, files?: Files, wallMs = TOMORROW_MS) {
  const store = openStoreAt(folder, files)
  try {
    return await store.merge(wallMs)
  } finally {
    store.close()
  }
}

describe('merging', () => {
  test('puts small files of a past date together; again, it changes nothing', async () => {
    const folder = await filled(5)
    expect(await merged(folder)).toEqual({ mergedFiles: 5, mergedInto: 1, trouble: '' })
    const names = namesIn(folder)
    expect(names).toEqual([expect.stringMatching(/^merged-[0-9a-f]{32}\.ndjson$/)])
    expect(rowsIn(folder)).toEqual(upTo(5))
    expect(await merged(folder)).toEqual({ mergedFiles: 0, mergedInto: 0, trouble: '' })
    expect(namesIn(folder)).toEqual(names)
    expect(fs.readdirSync(`${folder}/anonymous/meta/merge`)).toEqual([])
  })

  test('leaves the present date alone', async () => {
    const folder = await filled(3)
    const outcome = await merged(folder, undefined, TEN * 1000)
    expect(outcome.mergedFiles).toBe(0)
    expect(namesIn(folder)).toHaveLength(3)
  })

  test('leaves files without a record as they are: they may come again', async () => {
    const folder = await filled(4)
    const [lost = ''] = fs.readdirSync(`${folder}/anonymous/meta/requests`)
    fs.rmSync(`${folder}/anonymous/meta/requests/${lost}`)
    await merged(folder)
    expect(namesIn(folder)).toHaveLength(2)
    expect(namesIn(folder)).toContain(`${lost.slice(0, 32)}.ndjson`)
    const { client, close } = await openViamAt(folder)
    for (const value of upTo(4)) await client.unary(PATHS.capture, tabularRequest([value]))
    await close()
    expect(rowsIn(folder)).toEqual(upTo(4))
    expect(await merged(folder)).toMatchObject({ mergedFiles: 2, mergedInto: 1 })
    expect(rowsIn(folder)).toEqual(upTo(4))
  })

  test('takes capture files with a receipt too, and what comes late', async () => {
    const folder = temporaryFolder('merge')
    const inbox = openInboxAt(folder)
    const sendOne = async (id: number) => {
      const records = [{ metadata: { timeRequested: time(TEN) }, struct: number(id) }]
      const bytes = captureFile(TABULAR_METADATA, records)
      const open = request(id, `/${id}`, bytes.length)
      const metadata = { ...open.metadata, content: 'capture' as const }
      await send(
        inbox,
        'd',
        { ...open, uploadId: open.uploadId.split('').reverse().join(''), metadata },
        bytes,
      )
    }
    for (const id of [1, 2, 3]) await sendOne(id)
    expect(await merged(folder)).toMatchObject({ mergedFiles: 3 })
    for (const id of [3, 4]) await sendOne(id)
    expect(rowsIn(folder, 'd')).toEqual([1, 2, 3, 4])
    expect(await merged(folder)).toMatchObject({ mergedFiles: 2 })
    expect(rowsIn(folder, 'd')).toEqual([1, 2, 3, 4])
    await inbox.close()
  })

  test('where two folders cannot be exchanged leaves all as it is, and says so', async () => {
    const folder = await filled(3)
    const before = namesIn(folder)
    const files = { ...createPosixFiles(), exchangeAt: () => false }
    const { trouble, mergedFiles } = await merged(folder, files)
    expect(trouble).toContain('cannot exchange')
    expect(mergedFiles).toBe(0)
    expect(namesIn(folder)).toEqual(before)
  })
})

const CHANGES = [
  'createFileAt',
  'write',
  'sync',
  'renameAt',
  'linkAt',
  'unlinkAt',
  'makeDirectoryAt',
  'removeDirectoryAt',
  'exchangeAt',
] as const

test('after a crash at any step each row is there once, and the next merge ends the work', async () => {
  const posix = createPosixFiles()
  let step = 1
  for (; step < 200; step++) {
    const folder = await filled(3)
    const [lost = ''] = fs.readdirSync(`${folder}/anonymous/meta/requests`)
    fs.rmSync(`${folder}/anonymous/meta/requests/${lost}`)
    let count = 0
    const gated = CHANGES.map((name) => {
      const work = posix[name] as (...args: unknown[]) => unknown
      const gate = (...args: unknown[]) => {
        count += 1
        if (count >= step) throw Object.assign(new Error('EIO'), { code: 'EIO' })
        const result = work(...args)
        expect(rowsIn(folder)).toEqual([0, 1, 2])
        return result
      }
      return [name, gate]
    })
    await merged(folder, { ...posix, ...Object.fromEntries(gated) }).catch(() => {})
    expect(rowsIn(folder)).toEqual([0, 1, 2])
    await merged(folder)
    expect(rowsIn(folder)).toEqual([0, 1, 2])
    expect(namesIn(folder)).toHaveLength(2)
    expect(fs.readdirSync(`${folder}/anonymous/meta/merge`)).toEqual([])
    if (count < step) break
  }
  expect(step).toBeGreaterThan(10)
  expect(step).toBeLessThan(200)
}, 60_000)

test('rows that come in while a folder is merged are there once, and are answered', async () => {
  const folder = temporaryFolder('merge')
  const posix = createPosixFiles()
  const sync = async (fd: number) => {
    await Bun.sleep(Math.random() * 2)
    await posix.sync(fd)
  }
  const { client, store, close } = await openViamAt(folder, { files: { ...posix, sync } })
  const merging = mergeForEver(store)
  const COUNT = 150
  for (let value = 0; value < COUNT; value += 10) {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        client.unary(PATHS.capture, tabularRequest([value + index])),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill('OK'))
    if (value % 30 === 0) await Bun.sleep(60)
  }
  const mergedFiles = await merging.stop()
  expect(rowsIn(folder)).toEqual(upTo(COUNT))
  expect(mergedFiles).toBeGreaterThan(0)
  await store.merge(TOMORROW_MS)
  expect(namesIn(folder)).toHaveLength(1)
  expect(rowsIn(folder)).toEqual(upTo(COUNT))
  await close()
}, 30_000)

function mergeForEver(store: Store) {
  let isStopped = false
  let total = 0
  const run = async () => {
    while (!isStopped) {
      total += (await store.merge(TOMORROW_MS)).mergedFiles
      await Bun.sleep(0)
    }
  }
  const running = run()
  return {
    async stop() {
      isStopped = true
      await running
      return total
    },
  }
}

test('records are durable before rows are merged', async () => {
  const folder = await filled(3)
  const posix = createPosixFiles()
  const synced: string[] = []
  let exchangedAt = -1
  const files: Files = {
    ...posix,
    async sync(fd) {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`).slice(`${folder}/anonymous`.length)
      await posix.sync(fd)
      synced.push(path)
    },
    exchangeAt(...args) {
      exchangedAt = synced.length
      return posix.exchangeAt(...args)
    },
  }
  await merged(folder, files)
  const before = synced.slice(0, exchangedAt)
  for (const record of fs.readdirSync(`${folder}/anonymous/meta/requests`)) {
    expect(before).toContain(`/meta/requests/${record}`)
  }
  expect(before).toContain('/meta/requests')
  expect(before).toContain('/meta/merge/next')
  expect(before.some((path) => path.includes('/meta/merge/next/merged-'))).toBe(true)
  expect(synced.slice(exchangedAt)).toContain(`/${PARTITION.slice(0, PARTITION.lastIndexOf('/'))}`)
})
