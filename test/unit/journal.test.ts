/** The journal on real SQLite: rows, waits, repair. */

import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { BytePath } from '../../src/byte-path.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { JournalInUse, openJournal } from '../../src/journal/open-journal.ts'
import type { FileVersion, Receipt } from '../../src/model.ts'
import { failed, untried } from '../../src/schedule/breaker.ts'
import { createSuspects } from '../../src/schedule/suspects.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createSystemRandom } from '../../src/system/random.ts'
import { type LoopState, nextUploads } from '../../src/upload/next-uploads.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const clock = createSystemClock()
const open = (directory: string): Journal => openJournal({ directory, clock, log: quietLog })
const path = (name: string) => `/data/${name}` as BytePath
const file = (name: string, change: Partial<FileVersion> = {}): FileVersion => ({
  root: '/data' as BytePath,
  path: path(name),
  dev: 1n,
  ino: 2n ** 60n + 1n,
  sizeBytes: 2 ** 40,
  mtimeNs: 1_790_000_000_123_456_789n,
  ctimeNs: -1n,
  ...change,
})
const receipt: Receipt = {
  uploadId: 'ab'.repeat(32),
  sizeBytes: 2 ** 40,
  digest: new Uint8Array(32).fill(7),
  sha256: 'cd'.repeat(32),
  location: 'robot/files/x',
}
const due = (journal: Journal, monotonicMs = 0) =>
  journal.due({ monotonicMs, lane: 'normal', limit: 10 })

/** Closing gives the database back, but the lock goes with the process: a copy stands in for a restart. */
function restarted(directory: string, journal: Journal): Journal {
  journal.close()
  const copy = temporaryFolder('journal')
  fs.cpSync(directory, copy, { recursive: true })
  return open(copy)
}

describe('the journal', () => {
  test('gives back what it was given, to the nanosecond and the byte', () => {
    const directory = temporaryFolder('journal')
    const journal = open(directory)
    const odd = file('\xff\n\x01')
    journal.discover([odd, file('b')])
    const again = restarted(directory, journal)
    expect(due(again).map((upload) => upload.file)).toEqual([odd, file('b')])
    const known = again.known('/data' as BytePath, 'a' as BytePath, '\xff\xff' as BytePath)
    expect(known.get('b')?.mtimeNs).toBe(file('b').mtimeNs)
    expect(known.size).toBe(2)
  })

  test('another version of a path takes the place of the old one, the same version changes nothing', () => {
    const journal = open(temporaryFolder('journal'))
    journal.discover([file('a')])
    const [first] = due(journal)
    journal.discover([file('a')])
    expect(due(journal)[0]?.row).toBe(first?.row)
    journal.discover([file('a', { ctimeNs: 5n })])
    expect(due(journal)).toHaveLength(1)
    expect(due(journal)[0]?.row).not.toBe(first?.row)
    expect(journal.summary().counters.supersededFiles).toBe(1)
  })

  test('an event for a row that is gone is passed over', () => {
    const journal = open(temporaryFolder('journal'))
    journal.apply([{ type: 'acknowledged', row: 77, receipt }], 0)
    expect(journal.summary().counters.acknowledgedFiles).toBe(0)
  })

  test('an acknowledged upload is deletable with its receipt, and ends when it is reclaimed', () => {
    const directory = temporaryFolder('journal')
    const journal = open(directory)
    journal.discover([file('a')])
    const row = due(journal)[0]?.row ?? 0
    journal.apply([{ type: 'acknowledged', row, receipt }], 0)
    const again = restarted(directory, journal)
    expect(again.settleable(0, 10)[0]?.receipt).toEqual(receipt)
    again.apply([{ type: 'reclaimed', row }], 0)
    expect(again.settleable(0, 10)).toEqual([])
    const { counters } = again.summary()
    expect(counters).toMatchObject({ acknowledgedFiles: 1, reclaimedFiles: 1 })
    expect(counters.reclaimedBytes).toBe(2 ** 40)
  })

  test('a wait is kept as a delay: after a restart it is due within its length', () => {
    const directory = temporaryFolder('journal')
    const journal = open(directory)
    journal.discover(Array.from({ length: 50 }, (_, index) => file(`f${index}`)))
    const rows = journal.due({ monotonicMs: 0, lane: 'normal', limit: 50 }).map(({ row }) => row)
    const waitMs = 3_600_000
    const postponed = { type: 'postponed', waitMs, lane: 'normal', reason: 'x', advanced: false }
    journal.apply(
      rows.map((row) => ({ ...postponed, row }) as const) as never,
      clock.monotonicMs() + 1e12,
    )
    const again = restarted(directory, journal)
    const nowMs = clock.monotonicMs()
    const within = again.due({ monotonicMs: nowMs + waitMs + 1, lane: 'normal', limit: 100 })
    expect(within).toHaveLength(50)
    const half = again.due({ monotonicMs: nowMs + waitMs / 2, lane: 'normal', limit: 100 })
    expect(half.length).toBeGreaterThan(5)
    expect(half.length).toBeLessThan(45)
    expect(again.nextDueMs('pending', nowMs)).toBeGreaterThanOrEqual(nowMs)
  })

  test('the slow lane is asked for apart', () => {
    const journal = open(temporaryFolder('journal'))
    journal.discover([file('a'), file('b')])
    const [a] = due(journal)
    const slow = { type: 'postponed', waitMs: 5, lane: 'slow', reason: 'refused' } as const
    journal.apply([{ ...slow, row: a?.row ?? 0, advanced: false }], 0)
    expect(due(journal, 1e9).map((one) => one.file.path)).toEqual([path('b')])
    const lane = journal.due({ monotonicMs: 1e9, lane: 'slow', limit: 10 })
    expect(lane.map((one) => one.reason)).toEqual(['refused'])
    expect(journal.summary()).toMatchObject({ slowLaneFiles: 1, pendingFiles: 2 })
  })

  test('a second agent on the same journal is refused with a clear message', () => {
    const directory = temporaryFolder('journal')
    open(directory)
    const script = `
      import { openJournal } from '${import.meta.dir}/../../src/journal/open-journal.ts'
      import { createSystemClock } from '${import.meta.dir}/../../src/system/clock.ts'
      const log = { warn() {}, error() {}, info() {}, debug() {}, trace() {} }
      try { openJournal({ directory: '${directory}', clock: createSystemClock(), log }) }
      catch (error) { console.log(error.name, error.message) }`
    const { stdout } = Bun.spawnSync([process.execPath, '-e', script])
    expect(stdout.toString()).toContain(`${JournalInUse.name} another agent is running`)
  })
})

const damages: Readonly<Record<string, (path: string) => void>> = {
  'its header zeroed': (at) => {
    const fd = fs.openSync(at, 'r+')
    fs.writeSync(fd, Buffer.alloc(100), 0, 100, 0)
  },
  'a page in the middle trashed': (at) => {
    const fd = fs.openSync(at, 'r+')
    const { size } = fs.fstatSync(fd)
    for (let page = 4096; page < size; page += 4096) {
      fs.writeSync(fd, Buffer.alloc(2000, 0xa5), 0, 2000, page)
    }
  },
  'half of it gone': (at) => fs.truncateSync(at, 8192),
  'nothing left of it': (at) => fs.truncateSync(at, 0),
  'random bytes instead': (at) => fs.writeFileSync(at, Buffer.alloc(20_000, 'garbage')),
  'a garbage write-ahead log': (at) => fs.writeFileSync(`${at}-wal`, Buffer.alloc(9000, 3)),
}

describe('a damaged journal', () => {
  test.each(Object.keys(damages))('with %s opens and takes rows', (name) => {
    const directory = temporaryFolder('journal')
    const journal = open(directory)
    journal.discover(Array.from({ length: 500 }, (_, index) => file(`f${index}`)))
    journal.close()
    const copy = temporaryFolder('journal')
    fs.copyFileSync(`${directory}/journal.sqlite`, `${copy}/journal.sqlite`)
    damages[name]?.(`${copy}/journal.sqlite`)
    const again = open(copy)
    again.discover([file('new')])
    const rows = again.due({ monotonicMs: 0, lane: 'normal', limit: 1000 })
    expect(rows.some((one) => one.file.path === path('new'))).toBe(true)
    const isAside = fs.existsSync(`${copy}/journal.sqlite.corrupt-1`)
    expect(isAside).toBe(again.trouble() !== '')
    if (/header|page|half|random/.test(name)) expect(isAside).toBe(true)
  })

  test('one made by a newer version is refused, not destroyed', () => {
    const directory = temporaryFolder('journal')
    const db = new Database(`${directory}/journal.sqlite`)
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(() => open(directory)).toThrow('newer version')
  })

  test('on a full disk it goes on in memory, loses no row, and says so', () => {
    if (process.getuid?.() !== 0) {
      console.log('SKIPPED a full journal disk: not root')
      return
    }
    const small = temporaryFolder('journal')
    const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=256k', 'none', small])
    if (!mounted.success) {
      console.log('SKIPPED a full journal disk: mount is not permitted')
      return
    }
    try {
      const journal = open(small)
      const many = Array.from({ length: 20_000 }, (_, index) => file(`some/longer/name/${index}`))
      for (let at = 0; at < many.length; at += 1000) journal.discover(many.slice(at, at + 1000))
      expect(journal.trouble()).toContain('in memory')
      expect(journal.summary().pendingFiles).toBe(20_000)
      journal.close()
    } finally {
      Bun.spawnSync(['umount', '-l', small])
    }
  })
})

test('a destination that fails is asked about one file; the others that wait are not read', () => {
  const journal = open(temporaryFolder('journal'))
  journal.discover(Array.from({ length: 1000 }, (_, index) => file(`f${index}`)))
  let given = 0
  const watched: Journal = {
    ...journal,
    due(query) {
      const uploads = journal.due(query)
      given += uploads.length
      return uploads
    },
  }
  const breaker = failed(untried, { cause: '', hint: '', atLeastMs: 0 }, 0, createSystemRandom())
  const flights: LoopState['flights'] = new Map()
  const limits = { uploads: 10, bytes: 2 ** 50, largeFiles: 10 }
  const suspects = createSuspects()
  const asked = new Set<number>()
  for (let turn = 0; turn < 20; turn++) {
    const failures = breaker.failures + turn
    const state = { flights, suspects, breaker: { ...breaker, failures }, answers: 0 }
    const probes = nextUploads(watched, state, limits, 1e9)
    expect(probes).toHaveLength(1)
    for (const { row } of probes) {
      asked.add(row)
      suspects.failed(row, 0)
    }
  }
  expect(asked.size).toBe(20)
  expect(given).toBe(20)
})
