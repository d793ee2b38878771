/** Results on disk: one JSON file for each day and machine, a scenario replaces its older self. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import type { Samples, Scenario } from './measure.ts'

export interface KeptScenario {
  readonly about: string
  readonly bytes: number
  readonly files: number
  readonly commit: string
  readonly contestants: Readonly<Record<string, { synced: string; settings: string }>>
  readonly samples: Samples
}

export interface Kept {
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly scenarios: Readonly<Record<string, KeptScenario>>
}

export const RESULTS = `${import.meta.dir}/results`

const said = (...command: string[]) => {
  try {
    return Bun.spawnSync(command).stdout.toString().split('\n')[0]?.trim() ?? ''
  } catch {
    return 'not there'
  }
}

function machine(): Kept['machine'] {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? '',
    cpus: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release(),
    filesystem: said('stat', '-f', '-c', '%T', import.meta.dir),
  }
}

function versions(): Kept['versions'] {
  return {
    bun: Bun.version,
    rclone: said('rclone', 'version'),
    curl: said('curl', '--version').split(' ').slice(0, 2).join(' '),
    nginx: Bun.spawnSync(['nginx', '-v']).stderr.toString().trim(),
    rsync: said('rsync', '--version').split(/\s+/).slice(0, 3).join(' '),
  }
}

export function keep(scenario: Scenario, samples: Samples): void {
  fs.mkdirSync(RESULTS, { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  const name = `${os.arch()}-${os.cpus().length}cpu`
  const path = `${RESULTS}/${date}-${name}.json`
  const before: Partial<Kept> = fs.existsSync(path) ? JSON.parse(fs.readFileSync(path, 'utf8')) : {}
  const contestants = Object.fromEntries(
    scenario.contestants.map(({ name: who, synced, settings }) => [who, { synced, settings }]),
  )
  const { about, bytes, files } = scenario
  const commit = said('git', 'rev-parse', '--short', 'HEAD')
  const kept: Kept = {
    machine: machine(),
    versions: versions(),
    scenarios: {
      ...before.scenarios,
      [scenario.name]: { about, bytes, files, commit, contestants, samples },
    },
  }
  fs.writeFileSync(path, `${JSON.stringify(kept, null, 1)}\n`)
}
