/** The simulation runs the lines that it judges: at least nine in ten of the agent and of the inbox. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'

const LEAST_SHARE = 0.9
const SEEDS = '400'
const COVERED_TEST = 'seeds keep every promise'
const LONGEST_RUN_MS = 600_000

const FILES = [
  'src/agent.ts',
  'src/receive/committer.ts',
  'src/receive/confirming.ts',
  'src/receive/digesting.ts',
  'src/receive/inbox.ts',
  'src/receive/incoming.ts',
  'src/receive/transfer-service.ts',
  'src/receive/uploads.ts',
] as const

interface Lines {
  readonly found: number
  readonly hit: number
}

/** By file, from a report in the format of lcov. */
function readReport(text: string): Map<string, Lines> {
  const records = text.split('end_of_record').map((record) => {
    const value = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(record)?.[1] ?? ''
    return [value('SF'), { found: Number(value('LF')), hit: Number(value('LH')) }] as const
  })
  return new Map(records)
}

describe('the simulation reaches nine in ten lines of', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferry-coverage-'))
  let report = new Map<string, Lines>()
  beforeAll(async () => {
    const args = ['--coverage', '--coverage-reporter=lcov', `--coverage-dir=${folder}`]
    const env = { ...process.env, FERRY_SIM_SEEDS: SEEDS }
    const command = [process.execPath, 'test', ...args, './test/simulation/covered.ts']
    const cwd = path.resolve(import.meta.dir, '../..')
    const run = Bun.spawn(command, { cwd, env, stdout: 'ignore', stderr: 'pipe' })
    const output = await new Response(run.stderr).text()
    await run.exited
    // Its exit code also counts the rejections of killed processes.
    if (!output.includes(`(pass) ${COVERED_TEST}`)) throw new Error(output)
    report = readReport(fs.readFileSync(path.join(folder, 'lcov.info'), 'utf8'))
  }, LONGEST_RUN_MS)
  afterAll(() => fs.rmSync(folder, { recursive: true }))
  for (const file of FILES) {
    test(file, () => {
      const { found, hit } = report.get(file) ?? { found: 1, hit: 0 }
      expect(hit / found).toBeGreaterThanOrEqual(LEAST_SHARE)
    })
  }
})
