/** Sequences on the agent's side that once lost, doubled or blocked something. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { createAgent } from '../../src/agent.ts'
import { fromText } from '../../src/byte-path.ts'
import { Transient } from '../../src/errors.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { type Clock, createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { eventually } from '../fakes/ferry.ts'
import { quietLog, seededRandom } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const clock = createSystemClock()
const files = createPosixFiles()

function destination(upload: Destination['upload']): Destination {
  return {
    kind: 'grpc',
    upload,
    state: () => ({ address: '', connected: true, warning: '', sentBytes: 0 }),
    close: async () => {},
  }
}

const accept: Destination['upload'] = async ({ file }, source) => ({
  uploadId: '',
  sizeBytes: file.sizeBytes,
  digest: await source.complete(),
  sha256: '',
  location: '',
})

interface Change {
  readonly roots?: readonly { path: string; afterUpload: 'delete' | 'keep' }[]
  readonly journal?: Journal
  readonly clock?: Clock
}

function agent(root: string, upload: Destination['upload'], change: Change = {}) {
  const journal =
    change.journal ?? openJournal({ directory: temporaryFolder('state'), clock, log: quietLog })
  const roots = change.roots ?? [{ path: root, afterUpload: 'delete' as const }]
  const { clock: own = clock } = change
  const parts = { files, clock: own, random: seededRandom(1), log: quietLog, journal }
  const made = createAgent(
    { ...parts, destination: destination(upload) },
    {
      roots: roots.map((one) => ({
        ...one,
        path: fromText(one.path),
        include: [],
        exclude: [],
        isCapture: false,
      })),
      intervalMs: 20,
      quietMs: 0,
      maxRows: 1e6,
      slots: { uploads: 8, bytes: 1 << 20, largeFiles: 1 },
      deleteWhenUnsure: true,
    },
  )
  const stop = new AbortController()
  return { agent: made, journal, stop, running: () => made.run(stop.signal) }
}

describe('the agent', () => {
  test('one file that finds no room at the receiver does not stand in the way of others', async () => {
    const root = temporaryFolder('room')
    fs.writeFileSync(`${root}/a-first`, Buffer.alloc(1000))
    for (let index = 0; index < 20; index++) fs.writeFileSync(`${root}/f${index}`, 'x')
    const full = new Transient('the receiver: no room', { scope: 'both' })
    const { stop, running } = agent(root, (upload, source, ...rest) =>
      upload.file.sizeBytes === 1000 ? Promise.reject(full) : accept(upload, source, ...rest),
    )
    const run = running()
    await eventually(
      () => fs.readdirSync(root),
      (names) => names.length === 1,
      20_000,
    )
    stop.abort(new Error('done'))
    await run
    expect(fs.readdirSync(root)).toEqual(['a-first'])
  })

  test('what becomes due between two questions to the journal is not passed over', async () => {
    const root = temporaryFolder('due')
    fs.writeFileSync(`${root}/a`, 'x')
    const journal = openJournal({ directory: temporaryFolder('state'), clock, log: quietLog })
    const { due } = journal
    let aheadMs = 0
    let tries = 0
    journal.due = (query) => {
      const found = due(query)
      const isWaiting = journal.nextDueMs('pending', query.monotonicMs) !== undefined
      // Right after this look found nothing, the row that waits becomes due.
      if (tries === 1 && isWaiting && found.length === 0) aheadMs = 20_000
      return found
    }
    const jumping = { ...clock, monotonicMs: () => clock.monotonicMs() + aheadMs }
    const refuse = new Transient('later', { scope: 'file', retryAfterMs: 15_000 })
    const upload: Destination['upload'] = (...args) => {
      tries += 1
      return tries === 1 ? Promise.reject(refuse) : accept(...args)
    }
    const { stop, running } = agent(root, upload, { journal, clock: jumping })
    const run = running()
    await eventually(
      () => fs.readdirSync(root),
      (names) => names.length === 0,
      10_000,
    )
    stop.abort(new Error('done'))
    await run
    expect(tries).toBe(2)
  })

  test('a failing destination with nothing left to send costs no busy loop', async () => {
    const root = temporaryFolder('idle')
    fs.writeFileSync(`${root}/a`, 'x')
    const down = new Transient('down', { scope: 'destination' })
    const { stop, running, journal } = agent(root, () => {
      fs.rmSync(`${root}/a`, { force: true })
      return Promise.reject(down)
    })
    let asked = 0
    const { due } = journal
    journal.due = (query) => {
      asked += 1
      return due(query)
    }
    const run = running()
    await Bun.sleep(2000)
    stop.abort(new Error('done'))
    await run
    expect(asked).toBeLessThan(300)
  })

  test('what the operator wants kept stays, whatever the roots were called when it was found', async () => {
    const root = temporaryFolder('keep')
    fs.mkdirSync(`${root}/bags`)
    fs.writeFileSync(`${root}/bags/a`, 'x')
    const journal = openJournal({ directory: temporaryFolder('state'), clock, log: quietLog })
    const never: Destination['upload'] = () => new Promise(() => {})
    const first = agent(root, never, {
      journal,
      roots: [{ path: `${root}/bags`, afterUpload: 'keep' }],
    })
    void first.running()
    await eventually(
      () => journal.summary().pendingFiles,
      (count) => count === 1,
    )
    first.stop.abort(new Error('reload'))
    const second = agent(root, accept, { journal, roots: [{ path: root, afterUpload: 'keep' }] })
    const run = second.running()
    await eventually(
      () => journal.summary().keptFiles,
      (count) => count === 1,
    )
    second.stop.abort(new Error('done'))
    await run
    expect(fs.readdirSync(`${root}/bags`)).toEqual(['a'])
  })

  test('an interrupted deletion that cannot be undone is told, and the agent goes on', async () => {
    const root = temporaryFolder('stuck')
    fs.mkdirSync(`${root}/sub/.ferry-aside`, { recursive: true })
    fs.writeFileSync(`${root}/sub/.ferry-aside/a`, 'x')
    fs.writeFileSync(`${root}/b`, 'x')
    if (!Bun.spawnSync(['chattr', '+i', `${root}/sub/.ferry-aside`]).success) {
      console.log('SKIPPED a deletion that cannot be undone: chattr is not permitted')
      return
    }
    try {
      const { stop, running, agent: made } = agent(root, accept)
      const run = running()
      await eventually(
        () => fs.existsSync(`${root}/b`),
        (stands) => !stands,
      )
      const reasons = made.state().lastPass?.skipped.map(({ reason }) => reason)
      expect(reasons?.[0]).toContain('cannot be undone')
      stop.abort(new Error('done'))
      await run
    } finally {
      Bun.spawnSync(['chattr', '-i', `${root}/sub/.ferry-aside`])
    }
  })

  test('stops at once while the destination says nothing', async () => {
    const root = temporaryFolder('silent')
    fs.writeFileSync(`${root}/a`, 'x')
    const { stop, running } = agent(
      root,
      (_upload, _source, _hooks, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    )
    const run = running()
    await Bun.sleep(200)
    const startMs = performance.now()
    stop.abort(new Error('done'))
    await run
    expect(performance.now() - startMs).toBeLessThan(1000)
  })
})

test('rows of a journal made anew in mid run never meet events of the old one', () => {
  const directory = temporaryFolder('rebuilt')
  const journal = openJournal({ directory, clock, log: quietLog })
  const file = (name: string) => ({
    root: fromText('/r'),
    path: fromText(`/r/${name}`),
    dev: 1n,
    ino: 1n,
    sizeBytes: 4,
    mtimeNs: 1n,
    ctimeNs: 1n,
  })
  journal.discover([file('a'), ...Array.from({ length: 40_000 }, (_, index) => file(`f${index}`))])
  const [old] = journal.due({ monotonicMs: 0, lane: 'normal', limit: 1 })
  const damaged = `${directory}/journal.sqlite`
  for (const path of [`${damaged}-wal`, damaged]) {
    const fd = fs.openSync(path, 'r+')
    fs.writeSync(fd, Buffer.alloc(fs.fstatSync(fd).size, 0x5a), 0)
    fs.closeSync(fd)
  }
  expect(journal.summary().pendingFiles).toBe(0)
  journal.discover([file('b')])
  expect(journal.trouble()).toContain('made anew')
  const receipt = {
    uploadId: '',
    sizeBytes: 4,
    digest: new Uint8Array(32),
    sha256: '',
    location: '',
  }
  journal.apply([{ type: 'acknowledged', row: old?.row ?? 0, receipt }], 0)
  expect(journal.settleable(1e12, 10)).toEqual([])
  expect(journal.summary().pendingFiles).toBe(1)
})
