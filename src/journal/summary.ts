/** The journal's counts for `status`, in a few queries. */
import type { Database } from 'bun:sqlite'
import { fromBytes, join } from '../byte-path.ts'
import { type JournalCounters, type JournalSummary, REASONS_SHOWN } from './journal.ts'

interface CountRow {
  readonly state: string
  readonly lane: string
  readonly files: number
  readonly bytes: number
}

interface ReasonRow {
  readonly reason: string
  readonly files: number
  readonly path: Uint8Array
  readonly name: Uint8Array
}

const NO_COUNTERS: JournalCounters = {
  acknowledgedFiles: 0,
  acknowledgedBytes: 0,
  reclaimedFiles: 0,
  reclaimedBytes: 0,
  supersededFiles: 0,
  vanishedFiles: 0,
  quarantinedFiles: 0,
  evictedFiles: 0,
  evictedBytes: 0,
}

function readCounters(db: Database): JournalCounters {
  const rows = db.query('SELECT name, value FROM counters').all()
  const stored = (rows as { name: string; value: number }[]).map(({ name, value }) => [name, value])
  return { ...NO_COUNTERS, ...Object.fromEntries(stored) }
}

export function summarize(db: Database): JournalSummary {
  const counts = db
    .query('SELECT state, lane, count(*) AS files, sum(size) AS bytes FROM uploads GROUP BY 1, 2')
    .all() as CountRow[]
  const reasons = db
    .query(
      `SELECT reason, count(*) AS files, path, min(name) AS name
       FROM uploads JOIN directories ON directories.id = uploads.directory
       WHERE reason != '' GROUP BY reason ORDER BY files DESC LIMIT ?`,
    )
    .all(REASONS_SHOWN) as ReasonRow[]
  const total = (of: 'files' | 'bytes', where: (row: CountRow) => boolean) =>
    counts.filter(where).reduce((sum, row) => sum + row[of], 0)
  return {
    pendingFiles: total('files', (row) => row.state === 'pending'),
    pendingBytes: total('bytes', (row) => row.state === 'pending'),
    slowLaneFiles: total('files', (row) => row.state === 'pending' && row.lane === 'slow'),
    reclaimableFiles: total('files', (row) => row.state === 'acknowledged'),
    undecodableFiles: total('files', (row) => row.state === 'undecodable'),
    keptFiles: total('files', (row) => row.state === 'kept'),
    reasons: reasons.map(({ reason, files, path, name }) => ({
      reason,
      files,
      example: join(fromBytes(path), fromBytes(name)),
    })),
    counters: readCounters(db),
  }
}
