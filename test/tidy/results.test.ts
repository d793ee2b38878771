/** The kept results of the benchmarks: they are there, shown as they are, and reach their bars. */
import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { barProblems, missedBars } from '../../bench/bars.ts'
import { profileProblems } from '../../bench/profiles.ts'
import { PROFILED, REASONS } from '../../bench/reasons.ts'
import { makeReport, readResults } from '../../bench/report.ts'

const results = readResults()

test('each scenario with a bar has a dated result, and what misses its bar says why', () => {
  expect(Object.keys(results.scenarios)).not.toEqual([])
  expect(barProblems(results.scenarios, REASONS)).toEqual([])
})

test('each missed bar over time or memory shows a profile', () => {
  const missed = missedBars(results.scenarios)
  expect(profileProblems(missed, PROFILED, results.profiles)).toEqual([])
})

test('RESULTS.md and its charts are what the generator makes of the results', () => {
  const stale = [...makeReport(results)]
    .filter(([name, text]) => {
      const path = `bench/${name}`
      return !existsSync(path) || readFileSync(path, 'utf8') !== text
    })
    .map(([name]) => `${name}: run ./scripts/bench.sh report`)
  expect(stale).toEqual([])
})
