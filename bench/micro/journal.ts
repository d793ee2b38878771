/** Calls of the journal, on SQLite on the disk. */
import { bench } from 'mitata'
import type { BytePath } from '../../src/byte-path.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createLogger } from '../../src/system/logger.ts'
import { freshFolder } from '../places.ts'
import { file, RECEIPT } from './samples.ts'

const FILES = 100_000
const BATCH = 128

/** Gives what closes it. */
export function benchJournal(): () => void {
  const clock = createSystemClock()
  const write = (line: string) => void process.stderr.write(line)
  const log = createLogger({ level: 'error', format: 'text', clock, write })
  const journal = openJournal({ directory: freshFolder('micro-journal'), clock, log })
  for (let at = 0; at < FILES; at += 1000) {
    journal.discover(Array.from({ length: 1000 }, (_, number) => file(at + number)))
  }
  let next = FILES
  bench('journal: 128 files discovered', () => {
    journal.discover(Array.from({ length: BATCH }, () => file(next++)))
  })
  const directory = '/data/17' as BytePath
  const [first, last] = ['f8500' as BytePath, 'f8999' as BytePath]
  bench('journal: 500 known files of a directory', () => journal.known(directory, first, last))
  const due = () => journal.due({ monotonicMs: 0, lane: 'normal', limit: BATCH })
  bench('journal: 128 due files of 100,000', due)
  bench('journal: 128 files acknowledged and reclaimed', () => {
    const rows = due().map(({ row }) => row)
    journal.apply(
      rows.map((row) => ({ type: 'acknowledged', row, receipt: RECEIPT })),
      0,
    )
    journal.apply(
      rows.map((row) => ({ type: 'reclaimed', row })),
      0,
    )
  })
  bench('journal: summary of 100,000 files', () => journal.summary())
  return () => journal.close()
}
