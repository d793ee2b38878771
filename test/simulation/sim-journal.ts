/** The real journal in memory, and what a kill, a power loss or a lost disk leaves of it. */
import { Database } from 'bun:sqlite'
import type { Journal } from '../../src/journal/journal.ts'
import { migrate } from '../../src/journal/migrations.ts'
import { createSqliteJournal } from '../../src/journal/sqlite-journal.ts'
import type { Lane, UploadEvent, UploadState } from '../../src/model.ts'
import type { Process } from './process.ts'
import { remember } from './remembered.ts'
import type { Rng } from './rng.ts'

export interface JournalDisk {
  open(process: Process, monotonicMs: number): Journal
  /** Back to what was committed durably, or something newer. */
  losePower(): void
  /** Replaced by an old copy, or by none. */
  rollBack(): void
}

/** Old copies kept; enough to go far back. */
const COPIES = 6

/** One database for all runs of this process, since to open one costs more than to refill it. */
function createTables() {
  // Else the runtime prepares most statements again at each start.
  Database.MAX_QUERY_CACHE_SIZE = 100
  const db = new Database(':memory:', { strict: true })
  db.exec('PRAGMA page_size = 1024')
  migrate(db)
  const names = db.query("SELECT name FROM sqlite_schema WHERE type = 'table'").values().flat()
  return {
    db,
    image: () => db.serialize(),
    /** Without an image it is empty. */
    refill(image: Uint8Array | undefined) {
      for (const name of names) db.query(`DELETE FROM ${name}`).run()
      if (image === undefined) return
      const source = Database.deserialize(image, { strict: true })
      for (const name of names) {
        for (const row of source.query(`SELECT * FROM ${name}`).values()) {
          const places = row.map(() => '?').join()
          db.query(`INSERT INTO ${name} VALUES (${places})`).run(...(row as string[]))
        }
      }
      source.close()
    },
  }
}

let shared: ReturnType<typeof createTables> | undefined

type Written = (isDurable: boolean) => void

/** The journal as its process has it: each change is a call, and what is asked twice is remembered. */
function wrap(db: Database, process: Process, journal: Journal, written: Written): Journal {
  const find = db.query('SELECT 1 FROM uploads WHERE state = ? AND lane = ? LIMIT 1')
  const has = (state: UploadState, lane: Lane) => find.get(state, lane) !== null
  const { forget, ...remembered } = remember(journal, has)
  const change = (label: string, events: readonly UploadEvent[] | undefined, work: () => void) =>
    process.call(`journal ${label}`, () => {
      forget(events?.map(({ type }) => type))
      work()
      written(events?.some((event) => event.type === 'acknowledged' && event.isSole) ?? false)
    })
  const wrapped: Journal = {
    ...journal,
    ...remembered,
    discover: (files) => change('discover', undefined, () => journal.discover(files)),
    apply(events, nowMs) {
      const label = `apply ${events.map(({ type }) => type).join()}`
      change(label, events, () => journal.apply(events, nowMs))
    },
    dueNow: () => change('due now', undefined, journal.dueNow),
    count: (counted) => change('count', undefined, () => journal.count(counted)),
    close: () => {},
  }
  /** A dead process asks nothing. */
  const alive =
    (method: (...args: never[]) => unknown) =>
    (...args: never[]) => {
      process.check()
      return method(...args)
    }
  return Object.fromEntries(
    Object.entries(wrapped).map(([name, method]) => [name, alive(method)]),
  ) as unknown as Journal
}

export function createJournalDisk(rng: Rng): JournalDisk {
  shared ??= createTables()
  const { db, image, refill } = shared
  refill(undefined)
  /** The last durable image and some of those after it; undefined: an empty journal. */
  let recent: (Uint8Array | undefined)[] = [undefined]
  const copies: Uint8Array[] = []
  const written = (isDurable: boolean) => {
    if (!isDurable && !rng.chance(0.2)) return
    const copy = image()
    recent = isDurable ? [copy] : [...recent, copy]
    copies[copies.length < COPIES ? copies.length : rng.below(COPIES)] = copy
  }
  const goBack = (among: readonly (Uint8Array | undefined)[]) => {
    const to = rng.pick(among)
    refill(to)
    recent = [to]
  }
  return {
    open: (process, monotonicMs) =>
      wrap(db, process, createSqliteJournal(db, monotonicMs), written),
    losePower: () => goBack([...recent, image()]),
    rollBack: () => goBack([undefined, ...copies]),
  }
}
