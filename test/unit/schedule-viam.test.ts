/** How the schedule keeps to Viam's where one file, or the disk, is in trouble. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { Transient } from '../../src/errors.ts'
import { type Clock, createSystemClock } from '../../src/system/clock.ts'
import type { Gate } from '../../src/system/gate.ts'
import { eventually } from '../fakes/ferry.ts'
import { accept, startLoops } from '../fakes/loops.ts'
import { parse } from '../fakes/machine.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const clock = createSystemClock()
/** Half a minute passes in 30 ms. */
const fast: Clock = { ...clock, sleep: (ms, signal) => clock.sleep(ms / 1000, signal) }
const closed: Gate = {
  refresh: () => 'sync_disabled is true',
  closedBecause: () => 'sync_disabled is true',
  during: (work) => work(),
  release() {},
  onOpen: () => {},
}
const evictAll = { everyNth: 1, diskUsage: 1e-9, captureShare: 1e-12 }

test('O2 files that fail again and again hold no worker: all others are sent', async () => {
  const root = temporaryFolder('workers')
  for (let index = 0; index < 30; index++) fs.writeFileSync(`${root}/a-stuck-${index}`, 'x')
  for (let index = 0; index < 30; index++) fs.writeFileSync(`${root}/b-fine-${index}`, 'x')
  const { stop } = startLoops(root, {
    async upload(upload, source, ...rest) {
      if (upload.file.path.includes('stuck')) throw new Transient('not now', { scope: 'file' })
      return await accept(upload, source, ...rest)
    },
  })
  await eventually(
    () => fs.readdirSync(root).filter((name) => name.includes('fine')).length,
    (left) => left === 0,
    5000,
  )
  expect(fs.readdirSync(root)).toHaveLength(30)
  await stop()
})

test('O9 a file that somebody deletes between two attempts ends its row', async () => {
  const root = temporaryFolder('deleted')
  fs.writeFileSync(`${root}/a`, 'x')
  let attempts = 0
  const { journal, stop } = startLoops(root, {
    async upload() {
      attempts += 1
      fs.rmSync(`${root}/a`)
      throw new Transient('not now', { scope: 'file' })
    },
  })
  const summary = await eventually(
    () => journal.summary(),
    (one) => one.counters.vanishedFiles === 1,
  )
  expect([attempts, summary.pendingFiles]).toEqual([1, 0])
  await stop()
})

test('O10 a file that cannot be deleted after its receipt is tried again, and not sent again', async () => {
  const root = temporaryFolder('held')
  fs.writeFileSync(`${root}/a`, 'x')
  const fd = fs.openSync(`${root}/a`, 'r+')
  let uploads = 0
  const { journal, stop } = startLoops(root, {
    async upload(...args) {
      uploads += 1
      return await accept(...args)
    },
  })
  await eventually(
    () => journal.summary().reasons.map(({ reason }) => reason),
    (reasons) => reasons.includes('a process has it open for writing'),
  )
  fs.closeSync(fd)
  await eventually(
    () => fs.readdirSync(root),
    (names) => names.length === 0,
  )
  expect(uploads).toBe(1)
  await stop()
})

test('A40 while sync is disabled the disk is still looked after', async () => {
  const root = temporaryFolder('full')
  fs.writeFileSync(`${root}/a.capture`, 'x')
  let uploads = 0
  const { journal, stop } = startLoops(root, {
    ...{ isCapture: true, gate: closed, clock: fast, eviction: evictAll },
    async upload(...args) {
      uploads += 1
      return await accept(...args)
    },
  })
  await eventually(
    () => fs.readdirSync(root),
    (names) => names.length === 0,
  )
  expect([uploads, journal.summary().counters.evictedFiles]).toEqual([0, 1])
  await stop()
})

test('A41 maximum_num_sync_threads is how many large files go at once', async () => {
  const root = temporaryFolder('threads')
  for (let index = 0; index < 15; index++) fs.writeFileSync(`${root}/${index}`, '')
  for (let index = 0; index < 15; index++) fs.truncateSync(`${root}/${index}`, 1 << 20)
  const document = {
    destination: { url: 'file:///mnt/store' },
    additional_sync_paths: ['/data'],
    maximum_num_sync_threads: 3,
  }
  const { largeFiles } = parse(document)
  expect(largeFiles).toBe(3)
  let atOnce = 0
  let most = 0
  const { stop } = startLoops(root, {
    largeFiles,
    async upload(...args) {
      atOnce += 1
      most = Math.max(most, atOnce)
      await Bun.sleep(10)
      atOnce -= 1
      return await accept(...args)
    },
  })
  await eventually(
    () => fs.readdirSync(root),
    (names) => names.length === 0,
  )
  expect(most).toBe(3)
  await stop()
})

test('O13 a board with one CPU sends one large file at a time, not none', () => {
  const document = { destination: { url: 'file:///mnt/store' }, additional_sync_paths: ['/data'] }
  expect(parse(document, { cpus: 1 }).largeFiles).toBe(1)
})
