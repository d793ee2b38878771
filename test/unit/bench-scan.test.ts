/** `ferry bench scan` measures what the agent does at a poll that finds nothing changed. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { measureScan } from '../../src/bench/scan.ts'
import { fromText } from '../../src/byte-path.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const FILES = 50
const clock = createSystemClock()

/** A real journal, each question for rows of files written down under what was under way then. */
async function measured(root: string) {
  const log = quietLog
  const real = openJournal({ directory: temporaryFolder('bench-journal'), clock, log })
  const asked: Record<string, number> = {}
  let phase = ''
  const journal: Journal = {
    ...real,
    known(...query) {
      asked[phase] = (asked[phase] ?? 0) + 1
      return real.known(...query)
    },
  }
  const report = await measureScan({
    ...{ directory: fromText(root), shown: root, journal, clock, log },
    usage: () => ({ cpuMs: clock.monotonicMs(), rssBytes: 1 }),
    refuseRows: (files) => expect(files).toBe(FILES),
    progress(text) {
      phase = text
    },
    signal: AbortSignal.timeout(10_000),
  })
  const rows = real.rows()
  real.close()
  return { report, asked, rows }
}

test('the next look finds a row for each file, and asks for none of them', async () => {
  const root = temporaryFolder('bench-scan')
  fs.mkdirSync(`${root}/deep`)
  for (let index = 0; index < FILES; index++) {
    fs.writeFileSync(`${root}/${index % 2 ? 'deep/' : ''}f${index}`, 'four')
  }
  const { report, asked, rows } = await measured(root)
  expect(report).toMatchObject({ files: FILES, bytes: 4 * FILES, skipped: 0 })
  expect(rows).toBe(FILES)
  expect(asked['scan: first look']).toBeGreaterThan(0)
  expect(asked['scan: next look']).toBeUndefined()
})
