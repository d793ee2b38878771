/** Seeds within one process of the test runner, which counts the lines that they reach. */
import { test } from 'bun:test'
import { prepareSources } from './sources.ts'

const { FERRY_SIM_SEEDS: seeds } = process.env
const LONGEST_RUN_MS = 600_000

test(
  'seeds keep every promise',
  async () => {
    await prepareSources('')
    const { runSeed } = await import('./world.ts')
    for (let seed = 1; seed <= Number(seeds); seed++) {
      const { violation } = runSeed(seed)
      if (violation) throw new Error(`seed ${seed}`, { cause: violation })
    }
  },
  LONGEST_RUN_MS,
)
