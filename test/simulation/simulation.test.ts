/** The promises hold under faults: FERRY_SIM_SEEDS says how many seeds, FERRY_SIM_SEED names one. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { inParallel, simulate } from './workers.ts'

const DEFAULT_SEEDS = 20_000
const LONGEST_RUN_MS = 3_600_000

const { FERRY_SIM_SEED: seed, FERRY_SIM_SEEDS: seeds, FERRY_SIM_FROM: from } = process.env

async function expectKept(runs: readonly (readonly string[])[]): Promise<void> {
  for (const { exitCode, output } of await inParallel(runs, simulate)) {
    if (exitCode !== 0) console.log(output)
    expect(exitCode).toBe(0)
  }
}

test.skipIf(seed === undefined)(
  `seed ${seed} keeps every promise`,
  async () => await expectKept([['--seed', seed ?? '']]),
  LONGEST_RUN_MS,
)

test.skipIf(seed !== undefined)(
  'every seed that once failed keeps every promise',
  async () => {
    const text = fs.readFileSync(path.join(import.meta.dir, 'regressions.txt'), 'utf8')
    const lines = text.split('\n').filter((line) => /^\d/.test(line))
    const known = lines.map((line) => line.split(' ')[0])
    await expectKept(known.length === 0 ? [] : [['--seeds', known.join()]])
  },
  LONGEST_RUN_MS,
)

test.skipIf(seed !== undefined)(
  `${seeds ?? DEFAULT_SEEDS} seeds keep every promise`,
  async () => {
    const count = Number(seeds ?? DEFAULT_SEEDS)
    const first = Number(from ?? 1)
    const step = navigator.hardwareConcurrency
    const runs = Array.from({ length: Math.min(step, count) }, (_, index) => {
      const share = Math.ceil((count - index) / step)
      return ['--from', `${first + index}`, '--step', `${step}`, '--count', `${share}`]
    })
    await expectKept(runs)
  },
  LONGEST_RUN_MS,
)

test.skipIf(seed !== undefined)(
  'a seed replays to the same events, in another process and another order',
  async () => {
    const order = ['--seeds', '1,2,3,4,5,6,7,8', '--hash']
    const reverse = ['--seeds', '8,7,6,5,4,3,2,1', '--hash']
    const hashes = ({ output }: { output: string }) =>
      output.split('\n').filter((line) => /^\d+ \d+ [0-9a-f]{64}$/.test(line))
    const [first, second] = (await inParallel([order, reverse], simulate)).map(hashes)
    expect(first).toHaveLength(8)
    expect(second?.toReversed()).toEqual(first ?? [])
  },
  LONGEST_RUN_MS,
)

test.skipIf(seed !== undefined)(
  'a seed that fails is printed, and fails again in the same way',
  async () => {
    const plant = ['--plant', path.join(import.meta.dir, 'planted/delete-by-path.patch')]
    const { exitCode, output } = await simulate(['--count', '400', ...plant])
    const [, failing = ''] = /^again: \.\/scripts\/simulate\.sh --seed (\d+)/m.exec(output) ?? []
    expect([exitCode, failing]).toEqual([1, expect.stringMatching(/^\d+$/)])
    const again = ['--seed', failing, ...plant]
    const [one, two] = await inParallel([again, again], simulate)
    expect(one?.output).toContain('!!!')
    expect(two).toEqual(one as never)
  },
  LONGEST_RUN_MS,
)
