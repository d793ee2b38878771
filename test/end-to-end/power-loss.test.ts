/** Power loss on both ends, on real file systems: what was answered is there, what was deleted too. */
import { expect, test } from 'bun:test'
import { missingForDisks } from '../fakes/disk.ts'
import { runPowerLoop } from '../fakes/power-loop.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const LOSSES = Number(process.env['FERRY_POWER_LOSSES'] ?? 20)
const missing = missingForDisks()
if (missing !== '') console.log(`SKIPPED power loss: ${missing}`)

test.skipIf(missing !== '')(
  `power loss of either end, or both, ${LOSSES} times: every file is there once`,
  async () => {
    const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 1e9)
    const { problems, ...counts } = await runPowerLoop(temporaryFolder('power'), LOSSES, seed)
    console.log(
      `TABLE seed ${seed}; ${LOSSES} power losses, of the board ${counts.board}, of the store ` +
        `${counts.store}, ${counts.midway} with files half sent: ${counts.files} files`,
    )
    expect(problems).toEqual([])
    expect(counts.midway).toBeGreaterThan(0)
  },
  900_000,
)
