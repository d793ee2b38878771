/** The journal on one SQLite database. Opening, locking and repair: `open-journal.ts`. */
import type { Database } from 'bun:sqlite'
import { type BytePath, baseName, parentOf, toBytes } from '../byte-path.ts'
import type { FileVersion, Upload, UploadState } from '../model.ts'
import {
  COLUMNS,
  type Counted,
  createApplication,
  createReading,
  JOINED,
  type Reading,
} from './apply-events.ts'
import type { DueQuery, Journal, KnownFile } from './journal.ts'
import { toKnown, toUpload, type UploadRow, versionText } from './rows.ts'
import { summarize } from './summary.ts'

const DELIVERED_TO = 'delivered_to'

function createCounters(db: Database) {
  const add = db.query(
    `INSERT INTO counters (name, value) VALUES (?1, ?2)
     ON CONFLICT (name) DO UPDATE SET value = value + ?2`,
  )
  const sums = new Map<string, number>()
  return {
    count(increments: Counted) {
      for (const [name, value] of Object.entries(increments)) {
        sums.set(name, (sums.get(name) ?? 0) + value)
      }
    },
    flush() {
      for (const [name, value] of sums) add.run(name, value)
      sums.clear()
    },
  }
}

function createDiscovery(db: Database, count: (counted: Counted) => void) {
  const findDirectory = db.query('SELECT id FROM directories WHERE path = ?')
  const addDirectory = db.query('INSERT INTO directories (path) VALUES (?) RETURNING id')
  const findRow = db.query('SELECT id, size, version FROM uploads WHERE directory = ? AND name = ?')
  const remove = db.query('DELETE FROM uploads WHERE id = ?')
  const insert = db.query(
    `INSERT INTO uploads (directory, name, root, size, version, state, lane)
     VALUES (?, ?, ?, ?, ?, 'pending', 'normal')`,
  )
  const ids = new Map<BytePath, number>()
  const directoryId = (path: BytePath): number => {
    const bytes = toBytes(path)
    const row = findDirectory.get(bytes) ?? addDirectory.get(bytes)
    return (row as { id: number }).id
  }
  return (files: readonly FileVersion[]) => {
    ids.clear()
    for (const file of files) {
      const parent = parentOf(file.path)
      const directory = ids.get(parent) ?? directoryId(parent)
      ids.set(parent, directory)
      const name = toBytes(baseName(file.path))
      const version = versionText(file)
      const row = findRow.get(directory, name) as Pick<UploadRow, 'id' | 'size' | 'version'> | null
      if (row !== null) {
        if (row.version === version && row.size === file.sizeBytes) continue
        remove.run(row.id)
        count({ supersededFiles: 1 })
      }
      insert.run(directory, name, toBytes(file.root), file.sizeBytes, version)
    }
  }
}

const NO_ROWS: ReadonlySet<number> = new Set()

/** The index alone says which rows come next; only those that are wanted are read. */
function createDue(db: Database, read: Reading) {
  const inOrder = (columns: string) =>
    `SELECT ${columns} FROM uploads WHERE state = ?1 AND lane = ?2 AND due_ms <= ?3
     ORDER BY due_ms, id LIMIT ?4`
  const next = db.query(inOrder('id'))
  const nextBelow = db.query(`SELECT id FROM (${inOrder('id, size')}) WHERE size < ?5`)
  return (state: string, query: DueQuery): Upload[] => {
    const { lane, monotonicMs, limit, except = NO_ROWS, pick, belowBytes } = query
    const asked = [state, lane, monotonicMs, limit + except.size] as const
    const rows = (
      belowBytes === undefined ? next.values(...asked) : nextBelow.values(...asked, belowBytes)
    ) as [number][]
    const ids = rows.map(([id]) => id).filter((id) => !except.has(id))
    const first = ids.slice(0, limit)
    const wanted = pick === undefined ? first : [pick(first)].filter((id) => id !== undefined)
    const found = read(wanted)
    return wanted.flatMap((id) => found.get(id) ?? [])
  }
}

function createQueries(db: Database, read: Reading) {
  const uploads = createDue(db, read)
  const kept = db.query(
    `SELECT ${COLUMNS} FROM ${JOINED} WHERE state = 'kept' AND uploads.id > ?
     ORDER BY uploads.id LIMIT ?`,
  )
  const known = db.query(
    `SELECT uploads.id, name, size, version, state, lane, reason FROM ${JOINED}
     WHERE path = ? AND name BETWEEN ? AND ?`,
  )
  const rows = db.query('SELECT count(*) AS rows FROM uploads')
  const rowsIn = db.query(
    `SELECT count(*) AS rows FROM uploads
     WHERE directory = (SELECT id FROM directories WHERE path = ?)`,
  )
  const nextDue = db.query(
    'SELECT min(due_ms) AS due FROM uploads WHERE state = ?1 AND lane = ?2 AND due_ms > ?3',
  )
  return {
    due: (query: DueQuery) => uploads('pending', query),
    settleable: (monotonicMs: number, limit: number) => [
      ...uploads('acknowledged', { lane: 'normal', monotonicMs, limit }),
      ...uploads('acknowledged', { lane: 'slow', monotonicMs, limit }),
      ...uploads('undecodable', { lane: 'normal', monotonicMs, limit }),
      ...uploads('undecodable', { lane: 'slow', monotonicMs, limit }),
    ],
    kept: (afterRow: number, limit: number) =>
      (kept.all(afterRow, limit) as UploadRow[]).map(toUpload),
    nextDueMs(state: UploadState, monotonicMs: number) {
      const lanes = ['normal', 'slow'].map(
        (lane) => (nextDue.get(state, lane, monotonicMs) as { due: number | null }).due,
      )
      const waiting = lanes.filter((due) => due !== null)
      return waiting.length === 0 ? undefined : Math.min(...waiting)
    },
    rows(directory?: BytePath) {
      const row = directory === undefined ? rows.get() : rowsIn.get(toBytes(directory))
      return (row as { rows: number }).rows
    },
    known: (directory: BytePath, first: BytePath, last: BytePath) => {
      const rows = known.all(toBytes(directory), toBytes(first), toBytes(last))
      return new Map<string, KnownFile>((rows as UploadRow[]).map(toKnown))
    },
  }
}

function createFacts(db: Database) {
  const get = db.query('SELECT value FROM facts WHERE name = ?')
  const set = db.query(
    'INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2',
  )
  const fact = (name: string) => (get.get(name) as { value: string } | null)?.value ?? ''
  return {
    fact,
    setFact(name: string, value: string) {
      if (fact(name) !== value) set.run(name, value)
    },
  }
}

/**
 * Waits are delays: those of an earlier run start again here, spread over their own length, so that
 * each is due within it. The database is migrated.
 */
export function createSqliteJournal(db: Database, monotonicMs: number): Journal {
  const counters = createCounters(db)
  const facts = createFacts(db)
  const discover = createDiscovery(db, counters.count)
  const read = createReading(db)
  const apply = createApplication(db, read, counters.count)
  const inTransaction = (work: () => void) =>
    db.transaction(() => {
      work()
      counters.flush()
    })()
  db.query(
    `UPDATE uploads SET due_ms = ? + (id * 2654435761) % (CAST(wait_ms AS INTEGER) + 1)
     WHERE wait_ms > 0`,
  ).run(monotonicMs)
  db.exec('DELETE FROM directories WHERE id NOT IN (SELECT directory FROM uploads)')
  return {
    ...createQueries(db, read),
    ...facts,
    discover: (files) => inTransaction(() => discover(files)),
    apply(events, nowMs) {
      // The receiver knows again what is lost here, unless it keeps no record of what it has.
      const durable = events.some(
        (event) => event.type === 'delivered' || (event.type === 'acknowledged' && event.isSole),
      )
      db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`)
      inTransaction(() => apply(events, nowMs))
    },
    count: (counted) => inTransaction(() => counters.count(counted)),
    deliverTo(destination) {
      if (facts.fact(DELIVERED_TO) === destination) return
      db.transaction(() => {
        db.exec('UPDATE uploads SET delivered = 0 WHERE delivered > 0')
        facts.setFact(DELIVERED_TO, destination)
      })()
    },
    dueNow() {
      db.exec(
        `UPDATE uploads SET due_ms = 0, wait_ms = 0, attempts = 0
         WHERE state IN ('pending', 'acknowledged', 'undecodable') AND due_ms > 0`,
      )
    },
    summary: () => summarize(db),
    trouble: () => '',
    close: () => db.close(),
  }
}
