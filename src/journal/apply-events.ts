/** Events applied to the journal's rows: each row is read once and written once. */
import type { Database } from 'bun:sqlite'
import type { Upload, UploadEvent } from '../model.ts'
import type { JournalCounters } from './journal.ts'
import { receiptText, toUpload, type UploadRow } from './rows.ts'
import { transition } from './transitions.ts'

/** What `toUpload` takes. */
export const COLUMNS = `uploads.id, directories.path, name, root, size, version, state, lane, wait_ms,
  attempts, reason, chain_offset, chain, receipt, delivered`
export const JOINED = 'uploads JOIN directories ON directories.id = uploads.directory'

/** Added to the counters. */
export type Counted = Partial<Record<keyof JournalCounters, number>>

/** What one event adds to the counters, when it ends or acknowledges an upload. */
function counted(upload: Upload, event: UploadEvent): Counted {
  const bytes = upload.file.sizeBytes
  switch (event.type) {
    case 'acknowledged':
      return upload.state === 'pending' ? { acknowledgedFiles: 1, acknowledgedBytes: bytes } : {}
    case 'reclaimed':
      return { reclaimedFiles: 1, reclaimedBytes: bytes }
    case 'quarantined':
      return { quarantinedFiles: 1 }
    case 'superseded':
      return { supersededFiles: 1 }
    case 'vanished':
      return { vanishedFiles: 1 }
    default:
      return {}
  }
}

/** Many rows by their numbers, in one call; in any order. */
export function createReading(db: Database) {
  const read = db.query(
    `SELECT ${COLUMNS} FROM ${JOINED} WHERE uploads.id IN (SELECT value FROM json_each(?))`,
  )
  return (ids: readonly number[]): Map<number, Upload> => {
    const rows = ids.length === 0 ? [] : (read.all(JSON.stringify(ids)) as UploadRow[])
    return new Map(rows.map((row) => [row.id, toUpload(row)]))
  }
}

export type Reading = ReturnType<typeof createReading>

function createWriting(db: Database) {
  const remove = db.query('DELETE FROM uploads WHERE id IN (SELECT value FROM json_each(?))')
  const advance = db.query(
    'UPDATE uploads SET chain_offset = ?, chain = ?, delivered = ? WHERE id = ?',
  )
  const update = db.query(
    `UPDATE uploads SET state = ?, lane = ?, due_ms = ?, wait_ms = ?, attempts = ?, reason = ?,
     chain_offset = ?, chain = ?, receipt = ?, delivered = ? WHERE id = ?`,
  )
  const place = ({ chain, deliveredMessages, row }: Upload) =>
    [chain?.offsetBytes ?? null, chain?.state ?? null, deliveredMessages, row] as const
  return {
    remove: (rows: readonly number[]) => {
      if (rows.length > 0) remove.run(JSON.stringify(rows))
    },
    /** Touches no index. */
    advance: (upload: Upload) => advance.run(...place(upload)),
    update(after: Upload, monotonicMs: number) {
      const [offset, chain, delivered, row] = place(after)
      const dueMs = after.waitMs > 0 ? monotonicMs + after.waitMs : 0
      const receipt = after.receipt ? receiptText(after.receipt) : null
      const { state, lane, waitMs, attempts, reason } = after
      const waiting = [state, lane, dueMs, waitMs, attempts, reason] as const
      update.run(...waiting, offset, chain, receipt, delivered, row)
    },
  }
}

const isAdvance = ({ type }: UploadEvent) => type === 'progressed' || type === 'delivered'

/** However many events a row has, it is read once and written once. */
export function createApplication(db: Database, read: Reading, count: (counted: Counted) => void) {
  const { remove, advance, update } = createWriting(db)
  return (events: readonly UploadEvent[], monotonicMs: number) => {
    const rows = read([...new Set(events.map(({ row }) => row))])
    const ended: number[] = []
    const changed = new Set<number>()
    for (const event of events) {
      const before = rows.get(event.row)
      if (before === undefined) continue
      const after = transition(before, event)
      count(counted(before, event))
      if (!isAdvance(event)) changed.add(event.row)
      if (after !== undefined) rows.set(event.row, after)
      else {
        rows.delete(event.row)
        ended.push(event.row)
      }
    }
    for (const [row, after] of rows) {
      if (changed.has(row)) update(after, monotonicMs)
      else advance(after)
    }
    remove(ended)
  }
}
