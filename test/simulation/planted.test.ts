/** The simulation finds each planted bug; a patch that does not apply any more is a failure, too. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { inParallel, simulate, type WorkerResult } from './workers.ts'

const FOLDER = path.join(import.meta.dir, 'planted')
const LONGEST_RUN_MS = 600_000

/** The first line of a patch says what is wrong, and within how many seeds it must be found. */
function readHeader(name: string) {
  const [header = ''] = fs.readFileSync(path.join(FOLDER, name), 'utf8').split('\n')
  const [, within, what] = /^within (\d+) seeds: (.+)$/.exec(header) ?? []
  if (within === undefined || what === undefined) throw new Error(`${name} has no header`)
  return { within, what }
}

const planted = fs
  .readdirSync(FOLDER)
  .sort()
  .map((name) => ({ name, ...readHeader(name) }))

/** All of them, begun by the first who asks. */
let running: Promise<WorkerResult[]> | undefined
const results = () => {
  running ??= inParallel(planted, ({ name, within }) =>
    simulate(['--count', within, '--plant', path.join(FOLDER, name)]),
  )
  return running
}

describe('the simulation finds', () => {
  planted.forEach(({ name, what }, index) => {
    test(
      `${path.parse(name).name}: ${what}`,
      async () => {
        const result = (await results())[index]
        if (result?.exitCode !== 1) console.log(result?.output)
        expect(result?.exitCode).toBe(1)
      },
      LONGEST_RUN_MS,
    )
  })
})
