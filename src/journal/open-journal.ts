/** Opens the journal's file: one agent at a time, a corrupt one moved aside, no disk: in memory. */
import { Database } from 'bun:sqlite'
import * as fs from 'node:fs'
import { errorCode, errorMessage } from '../errors.ts'
import type { Clock } from '../system/clock.ts'
import { makePrivateFolder } from '../system/durable-file.ts'
import { lockFile } from '../system/libc.ts'
import type { Logger } from '../system/logger.ts'
import type { Journal } from './journal.ts'
import { migrate } from './migrations.ts'
import { createSqliteJournal } from './sqlite-journal.ts'

export const JOURNAL_FILE = 'journal.sqlite'
/** Corrupt journals kept for inspection. */
const KEPT_ASIDE = 2
/** How often a journal in memory tries to return to its disk. */
const RETURN_AFTER_MS = 60_000

/** Another agent has this journal. */
export class JournalInUse extends Error {
  override readonly name = 'JournalInUse'
}

const isCorrupt = (error: unknown) => /^SQLITE_(CORRUPT|NOTADB)/.test(errorCode(error))
const isWithoutDisk = (error: unknown) =>
  /^(SQLITE_(FULL|IOERR|CANTOPEN|READONLY)|ENOSPC|EROFS|EACCES|EIO|EDQUOT)/.test(errorCode(error))

/**
 * A change writes whole pages, so these are small; of a journal made earlier they stay as they are.
 * The log is folded in seldom, because rows that end before that are never written twice.
 */
const PRAGMAS = `PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 4096; PRAGMA busy_timeout = 2000;`

function openDatabase(path: string): Database {
  const db = new Database(path, { create: true, strict: true })
  try {
    db.exec(PRAGMAS)
    const [row] = db.query('PRAGMA quick_check(1)').all() as { quick_check: string }[]
    if (row?.quick_check !== 'ok') {
      throw Object.assign(new Error(row?.quick_check), { code: 'SQLITE_CORRUPT' })
    }
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function moveAside(path: string): void {
  for (let number = KEPT_ASIDE; number >= 1; number--) {
    const from = number === 1 ? path : `${path}.corrupt-${number - 1}`
    if (fs.existsSync(from)) fs.renameSync(from, `${path}.corrupt-${number}`)
  }
  for (const suffix of ['-wal', '-shm']) fs.rmSync(path + suffix, { force: true })
}

function lock(directory: string): void {
  makePrivateFolder(directory)
  const fd = fs.openSync(`${directory}/lock`, 'w', 0o600)
  if (!lockFile(fd)) {
    fs.closeSync(fd)
    throw new JournalInUse(`another agent is running with the state directory ${directory}`)
  }
}

/** Bytes 18 and 19 of a database say how it is journaled; in memory there is no write-ahead log. */
const VERSION_BYTES = [18, 19]
const ROLLBACK_JOURNAL = 1

function inMemory(from?: Database): Database {
  if (from === undefined) {
    const db = new Database(':memory:', { strict: true })
    migrate(db)
    return db
  }
  const image = from.serialize()
  for (const at of VERSION_BYTES) image[at] = ROLLBACK_JOURNAL
  return Database.deserialize(image, { strict: true })
}

/** What a journal knows now, without touching it; undefined where there is none to be read. */
export function readJournal(directory: string, clock: Clock): Journal | undefined {
  const path = `${directory}/${JOURNAL_FILE}`
  if (!fs.existsSync(path)) return undefined
  const db = new Database(path, { readonly: true })
  try {
    return createSqliteJournal(inMemory(db), clock.monotonicMs())
  } catch (error) {
    if (isCorrupt(error)) return undefined
    throw error
  } finally {
    db.close()
  }
}

/** Puts what is in memory onto the disk, as a whole, and opens it there. */
function returnToDisk(memory: Database, path: string): Database {
  const fresh = `${path}.new`
  fs.rmSync(fresh, { force: true })
  memory.exec(`VACUUM INTO '${fresh.replaceAll("'", "''")}'`)
  for (const suffix of ['', '-wal', '-shm']) fs.rmSync(path + suffix, { force: true })
  fs.renameSync(fresh, path)
  return openDatabase(path)
}

interface OpenJournalOptions {
  /** Holds the journal and its lock; made with mode 700 if it is missing. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Logger
}

interface OpenState {
  db: Database
  journal: Journal
  trouble: string
  movedToMemoryMs: number | undefined
}

function createRepair({ directory, clock, log }: OpenJournalOptions) {
  const path = `${directory}/${JOURNAL_FILE}`
  const use = (db: Database, trouble: string, memory: boolean): OpenState => ({
    db,
    journal: createSqliteJournal(db, clock.monotonicMs()),
    trouble,
    movedToMemoryMs: memory ? clock.monotonicMs() : undefined,
  })
  const withoutDisk = (error: unknown, from?: Database): OpenState => {
    const trouble = `the journal is in memory, its disk failed: ${errorMessage(error)}`
    log.warn('journal moved to memory', { cause: errorMessage(error) })
    return use(inMemory(from), trouble, true)
  }
  let rebuilt = 0
  const rebuild = (error: unknown): OpenState => {
    moveAside(path)
    rebuilt += 1
    log.error('journal was corrupt, moved aside and made anew', { cause: errorMessage(error) })
    const db = openDatabase(path)
    // Events of uploads under way must not meet new rows: row numbers never repeat in one run.
    db.query("INSERT INTO sqlite_sequence (name, seq) VALUES ('uploads', ?)").run(rebuilt * 2 ** 40)
    return use(db, 'the journal was corrupt and was made anew', false)
  }
  const open = (): OpenState => {
    try {
      return use(openDatabase(path), '', false)
    } catch (error) {
      if (isCorrupt(error)) return rebuild(error)
      if (isWithoutDisk(error)) return withoutDisk(error)
      throw error
    }
  }
  return { path, use, withoutDisk, rebuild, open }
}

function lockOrExplain(options: OpenJournalOptions): void {
  try {
    lock(options.directory)
  } catch (error) {
    if (!isWithoutDisk(error)) throw error
    options.log.warn('state directory cannot be written', { cause: errorMessage(error) })
  }
}

/** Fails with `JournalInUse`; every other trouble is worked around and told by `trouble()`. */
export function openJournal(options: OpenJournalOptions): Journal {
  const { clock, log } = options
  lockOrExplain(options)
  const repair = createRepair(options)
  let state = repair.open()

  const tryToReturn = () => {
    const since = state.movedToMemoryMs
    if (since === undefined || clock.monotonicMs() - since < RETURN_AFTER_MS) return
    state.movedToMemoryMs = clock.monotonicMs()
    try {
      const db = returnToDisk(state.db, repair.path)
      state.db.close()
      state = repair.use(db, '', false)
      log.info('journal is back on its disk')
    } catch (error) {
      log.debug('journal stays in memory', { cause: errorMessage(error) })
    }
  }
  const guarded = <T>(work: (journal: Journal) => T): T => {
    tryToReturn()
    try {
      return work(state.journal)
    } catch (error) {
      if (isCorrupt(error)) {
        state.db.close()
        state = repair.rebuild(error)
      } else if (isWithoutDisk(error)) {
        const from = state.db
        state = repair.withoutDisk(error, from)
        from.close()
      } else throw error
      return work(state.journal)
    }
  }
  return {
    known: (...query) => guarded((journal) => journal.known(...query)),
    rows: (directory) => guarded((journal) => journal.rows(directory)),
    discover: (files) => guarded((journal) => journal.discover(files)),
    apply: (events, nowMs) => guarded((journal) => journal.apply(events, nowMs)),
    due: (query) => guarded((journal) => journal.due(query)),
    settleable: (nowMs, limit) => guarded((journal) => journal.settleable(nowMs, limit)),
    kept: (...query) => guarded((journal) => journal.kept(...query)),
    nextDueMs: (...query) => guarded((journal) => journal.nextDueMs(...query)),
    count: (counters) => guarded((journal) => journal.count(counters)),
    deliverTo: (name) => guarded((journal) => journal.deliverTo(name)),
    dueNow: () => guarded((journal) => journal.dueNow()),
    summary: () => guarded((journal) => journal.summary()),
    fact: (name) => guarded((journal) => journal.fact(name)),
    setFact: (name, value) => guarded((journal) => journal.setFact(name, value)),
    trouble: () => state.trouble,
    close: () => state.journal.close(),
  }
}
