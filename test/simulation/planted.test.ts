/** The simulation finds each planted bug; a patch that does not apply any more is a failure, too. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { simulate } from './workers.ts'

const FOLDER = path.join(import.meta.dir, 'planted')
const LONGEST_RUN_MS = 600_000

/** The first line of a patch says what is wrong, and within how many seeds it must be found. */
function readHeader(name: string) {
  const [header = ''] = fs.readFileSync(path.join(FOLDER, name), 'utf8').split('\n')
  const [, within, what] = /^within (\d+) seeds: (.+)$/.exec(header) ?? []
  if (within === undefined || what === undefined) throw new Error(`${name} has no header`)
  return { within, what }
}

describe('the simulation finds', () => {
  for (const name of fs.readdirSync(FOLDER).sort()) {
    const { within, what } = readHeader(name)
    test(
      `${path.parse(name).name}: ${what}`,
      async () => {
        const plant = path.join(FOLDER, name)
        const { exitCode, output } = await simulate(['--count', within, '--plant', plant])
        if (exitCode !== 1) console.log(output)
        expect(exitCode).toBe(1)
      },
      LONGEST_RUN_MS,
    )
  }
})
