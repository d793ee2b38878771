/** What the journal remembers of captured data: messages one by one, what cannot be decoded, what was evicted. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { BytePath } from '../../src/byte-path.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import type { FileVersion, Lane } from '../../src/model.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const clock = createSystemClock()
const file = (name: string): FileVersion => ({
  root: '/data' as BytePath,
  path: `/data/${name}` as BytePath,
  ...{ dev: 1n, ino: 2n, sizeBytes: 10, mtimeNs: 3n, ctimeNs: 4n },
})

function journalWith(...names: string[]): { journal: Journal; directory: string } {
  const directory = temporaryFolder('journal')
  const journal = openJournal({ directory, clock, log: quietLog })
  journal.discover(names.map(file))
  return { journal, directory }
}

const pending = (journal: Journal, monotonicMs = 0, lane: Lane = 'normal') =>
  journal.due({ monotonicMs, lane, limit: 10 })

describe('the journal', () => {
  test('has delivered messages on the disk when it returns: a copy of its files knows them', () => {
    const { journal, directory } = journalWith('a.capture')
    const [upload] = pending(journal)
    expect(upload?.deliveredMessages).toBe(0)
    journal.apply([{ type: 'delivered', row: upload?.row ?? 0, messages: 3 }], 0)
    const copy = temporaryFolder('copy')
    fs.cpSync(directory, copy, { recursive: true })
    const again = openJournal({ directory: copy, clock, log: quietLog })
    expect(pending(again)[0]?.deliveredMessages).toBe(3)
  })

  test('forgets delivered messages when the destination is another one, and only then', () => {
    const { journal } = journalWith('a.capture')
    journal.deliverTo('grpcs://one:443 part')
    const row = pending(journal)[0]?.row ?? 0
    journal.apply([{ type: 'delivered', row, messages: 3 }], 0)
    journal.deliverTo('grpcs://one:443 part')
    expect(pending(journal)[0]?.deliveredMessages).toBe(3)
    journal.deliverTo('grpcs://one:443 other-part')
    expect(pending(journal)[0]?.deliveredMessages).toBe(0)
  })

  test('forgets delivered messages with their version', () => {
    const { journal } = journalWith('a.capture')
    const row = pending(journal)[0]?.row ?? 0
    journal.apply([{ type: 'delivered', row, messages: 3 }], 0)
    journal.discover([{ ...file('a.capture'), mtimeNs: 5n }])
    expect(pending(journal)[0]?.deliveredMessages).toBe(0)
  })

  test('gives what cannot be decoded to be moved, with its reason, and counts what was', () => {
    const { journal } = journalWith('a.capture', 'b')
    const row = pending(journal)[0]?.row ?? 0
    journal.apply([{ type: 'undecodable', row, reason: 'cut short' }], 0)
    expect(pending(journal).map(({ file: { path } }) => path)).toEqual(['/data/b' as BytePath])
    expect(journal.settleable(0, 10)).toMatchObject([{ state: 'undecodable', reason: 'cut short' }])
    expect(journal.summary()).toMatchObject({ pendingFiles: 1, undecodableFiles: 1 })
    journal.apply([{ type: 'held', row, waitMs: 500, reason: 'cut short; no room' }], 0)
    expect(journal.settleable(499, 10)).toEqual([])
    expect(journal.nextDueMs('undecodable', 0)).toBe(500)
    journal.apply([{ type: 'quarantined', row }], 500)
    expect(journal.summary()).toMatchObject({
      undecodableFiles: 0,
      counters: { quarantinedFiles: 1 },
    })
  })

  test('makes everything that waits to be sent due now, in both lanes', () => {
    const { journal } = journalWith('a', 'b')
    const [a, b] = pending(journal).map(({ row }) => row)
    const wait = {
      type: 'postponed',
      waitMs: 3_600_000,
      reason: 'refused',
      advanced: false,
    } as const
    journal.apply(
      [
        { ...wait, row: a ?? 0, lane: 'slow' },
        { ...wait, row: b ?? 0, lane: 'normal' },
      ],
      0,
    )
    expect([...pending(journal), ...pending(journal, 0, 'slow')]).toEqual([])
    journal.dueNow()
    expect(pending(journal)).toHaveLength(1)
    expect(pending(journal, 0, 'slow')).toHaveLength(1)
  })

  test('makes what waits to be deleted or moved due now, and its waits begin anew', () => {
    const { journal } = journalWith('a', 'b')
    const [a = 0, b = 0] = pending(journal).map(({ row }) => row)
    const { sizeBytes = 0 } = pending(journal)[0]?.file ?? {}
    const receipt = {
      ...{ uploadId: 'ab'.repeat(32), sizeBytes, digest: new Uint8Array(32) },
      ...{ sha256: '', location: '' },
    }
    const held = { type: 'held', waitMs: 60_000, reason: 'no' } as const
    journal.apply([{ type: 'acknowledged', row: a, receipt }], 0)
    journal.apply([{ type: 'undecodable', row: b, reason: 'cut short' }], 0)
    journal.apply(
      [a, b].map((row) => ({ ...held, row })),
      0,
    )
    expect(journal.settleable(0, 10)).toEqual([])
    journal.dueNow()
    expect(journal.settleable(0, 10)).toMatchObject([
      { row: a, state: 'acknowledged', attempts: 0, waitMs: 0 },
      { row: b, state: 'undecodable', attempts: 0, waitMs: 0 },
    ])
  })

  test('adds up what was evicted, also over a restart', () => {
    const { journal, directory } = journalWith()
    journal.count({ evictedFiles: 2, evictedBytes: 7 })
    journal.count({ evictedFiles: 1, evictedBytes: 1 })
    const copy = temporaryFolder('copy')
    journal.close()
    fs.cpSync(directory, copy, { recursive: true })
    const { counters } = openJournal({ directory: copy, clock, log: quietLog }).summary()
    expect(counters).toMatchObject({ evictedFiles: 3, evictedBytes: 8 })
  })
})
