/** Merging while rows come in, and what is durable when. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { Store } from '../../src/receive/store.ts'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { filled, merged, namesIn, PARTITION, rowsIn, TOMORROW_MS, upTo } from '../fakes/rows.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt } from '../fakes/viam.ts'
import { PATHS, tabularRequest } from '../fakes/viam-messages.ts'

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

test('an answer between the exchange and its durability makes the exchange durable itself', async () => {
  const folder = temporaryFolder('merge')
  const posix = createPosixFiles()
  let synced: string[] = []
  let isHolding = false
  const held: (() => void)[] = []
  const files: Files = {
    ...posix,
    async sync(fd) {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`).slice(`${folder}/anonymous/`.length)
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve))
      await posix.sync(fd)
      synced.push(path)
    },
    exchangeAt(...args) {
      isHolding = true
      setTimeout(() => {
        isHolding = false
      }, 0)
      synced = []
      return posix.exchangeAt(...args)
    },
  }
  const { client, store, close } = await openViamAt(folder, { files })
  for (const value of [0, 1]) await client.unary(PATHS.capture, tabularRequest([value]))
  const merging = store.merge(TOMORROW_MS)
  while (held.length === 0 || isHolding) await Bun.sleep(1)
  expect((await client.unary(PATHS.capture, tabularRequest([2]))).status).toBe('OK')
  expect(synced).toContain(PARTITION.slice(0, PARTITION.lastIndexOf('/')))
  for (const release of held) release()
  await merging
  expect(rowsIn(folder)).toEqual([0, 1, 2])
  await close()
})
