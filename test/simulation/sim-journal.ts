/** The real journal in memory, and what a kill, a power loss or a lost disk leaves of it. */
import { Database } from 'bun:sqlite'
import type { Journal } from '../../src/journal/journal.ts'
import { migrate } from '../../src/journal/migrations.ts'
import { createSqliteJournal } from '../../src/journal/sqlite-journal.ts'
import type { Process } from './process.ts'
import type { Rng } from './rng.ts'

export interface JournalDisk {
  open(process: Process, monotonicMs: number): Journal
  /** Back to what was committed durably, or something newer. */
  losePower(rng: Rng): void
  /** Replaced by an old copy, or by none. */
  rollBack(rng: Rng): void
}

/** Old copies kept; enough to go far back. */
const COPIES = 6

const template = (() => {
  let image: Uint8Array | undefined
  return () => {
    if (image === undefined) {
      const db = new Database(':memory:', { strict: true })
      migrate(db)
      image = db.serialize()
      db.close()
    }
    return image
  }
})()

export function createJournalDisk(rng: Rng): JournalDisk {
  let image = template()
  /** The last durable image and some of those after it. */
  let recent: Uint8Array[] = [image]
  const copies: Uint8Array[] = []
  const wrapped = (db: Database, process: Process, journal: Journal): Journal => {
    const step = <T>(label: string, work: () => T) => process.call(`journal ${label}`, work)
    const written = (isDurable: boolean) => {
      if (!isDurable && !rng.chance(0.2)) return
      const now = db.serialize()
      recent = isDurable ? [now] : [...recent, now]
      copies[copies.length < COPIES ? copies.length : rng.below(COPIES)] = now
    }
    return {
      ...journal,
      discover: (files) =>
        step('discover', () => {
          journal.discover(files)
          written(false)
        }),
      apply: (events, nowMs) =>
        step(`apply ${events.map((event) => event.type).join()}`, () => {
          journal.apply(events, nowMs)
          written(events.some((event) => event.type === 'acknowledged' && event.isSole))
        }),
      close: () => {},
    }
  }
  /** A dead process asks nothing. */
  const alive = (process: Process, journal: Journal): Journal =>
    Object.fromEntries(
      Object.entries(journal).map(([name, method]) => [
        name,
        (...args: never[]) => {
          process.check()
          return (method as (...all: never[]) => unknown)(...args)
        },
      ]),
    ) as unknown as Journal
  return {
    open(process, monotonicMs) {
      const db = Database.deserialize(image, { strict: true })
      const journal = createSqliteJournal(db, monotonicMs)
      process.atEnd(() => {
        image = db.serialize()
        db.close()
      })
      return alive(process, wrapped(db, process, journal))
    },
    losePower(random) {
      recent.push(image)
      image = random.pick(recent)
      recent = [image]
    },
    rollBack(random) {
      image = random.pick([template(), ...copies])
      recent = [image]
    },
  }
}
