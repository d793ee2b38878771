/** The warning that files wait for too long. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import { createStaleWatch } from '../../src/cli/stale-watch.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { createOrphans } from '../../src/scan/orphans.ts'
import { runPass } from '../../src/scan/pass.ts'
import { createSnapshot } from '../../src/scan/snapshot.ts'
import { createStability } from '../../src/scan/stability.ts'
import { NOTHING_WAITS, observe, staleAfterMs, staleLevel } from '../../src/status/stale.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createLogger } from '../../src/system/logger.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const MINUTE = 60_000
const INTERVAL_MS = 0.1 * MINUTE

/** Looks each minute; `files` and `settled` by minute. What was said, by minute. */
function watch(
  minutes: number,
  at: (minute: number) => { files: number; settled: number },
  { intervalMs = INTERVAL_MS, isPaused = false } = {},
): [number, string][] {
  let staleness = NOTHING_WAITS
  const said: [number, string][] = []
  for (let minute = 0; minute <= minutes; minute++) {
    const monotonicMs = minute * MINUTE
    staleness = observe(staleness, at(minute), monotonicMs)
    const level = staleLevel(staleness, { intervalMs, isPaused, monotonicMs })
    if (level === undefined) continue
    said.push([minute, level])
    staleness = { ...staleness, toldMs: monotonicMs }
  }
  return said
}

const waiting = () => ({ files: 1, settled: 0 })

describe('files that wait', () => {
  test('N1 N2 nothing that waits is nothing to say', () => {
    expect(watch(60, () => ({ files: 0, settled: 0 }))).toEqual([])
  })

  test('N3 fresh ones are silent, also where new ones come while others leave', () => {
    expect(watch(3, waiting)).toEqual([])
    expect(watch(60, (minute) => ({ files: 5, settled: minute }))).toEqual([])
    expect(watch(60, (minute) => ({ files: minute % 2, settled: 0 }))).toEqual([])
  })

  test('N4 for too long they are a warning, N7 again every five minutes', () => {
    expect(watch(15, waiting)).toEqual([
      [4, 'warn'],
      [9, 'warn'],
      [14, 'warn'],
    ])
  })

  test('N5 while paused they are a line for debugging', () => {
    expect(watch(4, waiting, { isPaused: true })).toEqual([[4, 'debug']])
  })

  test('N6 too long is ten intervals, and at least three minutes', () => {
    const intervalMs = 2 * MINUTE
    expect(watch(15, waiting, { intervalMs })).toEqual([])
    expect(watch(25, waiting, { intervalMs })[0]).toEqual([21, 'warn'])
    expect(watch(2, waiting)).toEqual([])
    expect([staleAfterMs(INTERVAL_MS), staleAfterMs(intervalMs)]).toEqual([3 * MINUTE, 20 * MINUTE])
  })
})

/** One look at a capture directory with these files, and what is said after each of the minutes. */
async function saidOf(names: readonly string[], minutes: readonly number[]) {
  const folder = temporaryFolder('stale')
  for (const name of names) fs.writeFileSync(`${folder}/${name}`, 'x')
  let nowMs = 0
  const clock = { ...createSystemClock(), monotonicMs: () => nowMs }
  const files = createPosixFiles()
  const journal = openJournal({ directory: temporaryFolder('state'), clock, log: quietLog })
  const root = { include: [], exclude: [], afterUpload: 'delete', isCapture: true } as const
  const report = await runPass(
    {
      ...{
        files,
        journal,
        clock,
        stability: createStability(),
        snapshot: createSnapshot(),
        restore: () => {},
      },
      guard: createRootGuard(files, journal),
      orphans: createOrphans(),
      log: quietLog,
    },
    { roots: [{ ...root, path: fromText(folder) }], quietMs: 0, maxRows: 100 },
    new AbortController().signal,
  )
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const log = createLogger({ level: 'debug', format: 'json', clock, write })
  const look = createStaleWatch({ journal, clock, log })
  for (const minute of [0, ...minutes]) {
    nowMs = minute * MINUTE
    look({ intervalMs: INTERVAL_MS, isPaused: false, cause: 'no answer' })
  }
  journal.close()
  return { lines, skipped: report.figures().skipped }
}

describe('capture files', () => {
  test('N9 N10 one that is still being written is counted, and never waits for too long', async () => {
    const { lines, skipped } = await saidOf(['a.prog'], [4, 10])
    expect(lines).toEqual([])
    expect(skipped[0]).toMatchObject({ reason: expect.stringContaining('being written'), files: 1 })
  })

  test('N10 a complete one does, alone and beside one that is written', async () => {
    for (const names of [['a.capture'], ['a.capture', 'b.prog']]) {
      const { lines } = await saidOf(names, [1, 4])
      expect(lines).toHaveLength(1)
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        level: 'warn',
        message: 'files wait, and none is sent',
        files: 1,
        cause: 'no answer',
      })
    }
    expect((await saidOf(['a.capture', 'b.prog'], [1, 2])).lines).toEqual([])
  })

  // N8 does not apply: a file's age is how long it was seen to wait, never one of its times.
})
