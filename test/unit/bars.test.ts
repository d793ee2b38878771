/** The bars of the benchmarks, on made-up results. */
import { expect, test } from 'bun:test'
import { BARS, barProblems, reaches } from '../../bench/bars.ts'
import type { KeptScenario } from '../../bench/keep.ts'
import { ratios, spreadOf } from '../../bench/spread.ts'

const sample = (seconds: number) => ({ seconds, cpuSeconds: 1, peakBytes: 1 << 20, extra: {} })

/** One call per file took a fifth of the files as long as given. */
function rtt(oursSeconds: readonly number[], theirsSeconds: readonly number[]): KeptScenario {
  const [ours, theirs] = ['ferry, plaintext', 'one call per file, two workers']
  return {
    ...{ about: '', bytes: 1000, files: 100, unit: 'files/s', commit: '' },
    contestants: {
      [ours]: { synced: '', settings: '' },
      [theirs]: { synced: '', settings: '', files: 20, bytes: 200 },
    },
    samples: { [ours]: oursSeconds.map(sample), [theirs]: theirsSeconds.map(sample) },
  }
}

const problemOf = (scenario: KeptScenario, reasons: Record<string, string> = {}) =>
  barProblems({ rtt: scenario }, reasons).filter((line) => line.startsWith('rtt-calls'))

test('rates count the files that each contestant really carried', () => {
  const bar = BARS.find(({ id }) => id === 'rtt-calls')
  const seen = bar?.seen({ rtt: rtt([1, 1, 1], [10, 11, 9]) })
  expect(seen).toEqual({ median: 50, least: 45, most: 55 })
})

test('a missed bar is a problem, unless a reason is stated', () => {
  expect(problemOf(rtt([1], [10]))).toEqual([])
  expect(problemOf(rtt([1], [9]))).toEqual(['rtt-calls: missed (45.000 x) without a stated reason'])
  expect(problemOf(rtt([1], [9]), { 'rtt-calls': 'the link is the limit' })).toEqual([])
  expect(problemOf(rtt([1], [9]), { 'rtt-calls': '' })).toHaveLength(1)
})

test('a bar without a result is a problem, and so is a figure that is no number', () => {
  expect(barProblems({}, {})).toHaveLength(BARS.length)
  expect(problemOf(rtt([], []))).toEqual(['rtt-calls: there is no result'])
  expect(problemOf(rtt([1], []))).toEqual(['rtt-calls: there is no result'])
})

test('bars are bounds from below or from above, the bound itself included', () => {
  const at = (value: number) => ({ median: value, least: value, most: value })
  for (const bar of BARS) {
    const beyond = bar.at === 'least' ? bar.limit * 0.99 : bar.limit * 1.01
    expect(reaches(bar, at(bar.limit))).toBe(true)
    expect(reaches(bar, at(beyond))).toBe(false)
  }
})

test('ratios are made within a round, and none of less than a whole round', () => {
  expect(ratios([10, 20, 30], [1, 4, 5])).toEqual({ median: 6, least: 5, most: 10 })
  expect(ratios([10, 20], [1])).toEqual({ median: 10, least: 10, most: 10 })
  expect(ratios([1], [0])).toBeUndefined()
  expect(spreadOf([])).toBeUndefined()
})

test('a reason for a bar that does not exist is a problem', () => {
  expect(barProblems({}, { 'no-such-bar': 'x' })).toContain('no-such-bar: a reason for no bar')
})
