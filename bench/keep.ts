/** Results on disk: one JSON file for each day and machine, a scenario replaces its older self. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import type { Outcome, Samples, Scenario, Unit } from './measure.ts'
import { program } from './places.ts'

interface KeptContestant {
  readonly synced: string
  readonly settings: string
  /** Of its own, where it carried less than the scenario says. */
  readonly files?: number
  readonly bytes?: number
}

export interface KeptScenario {
  readonly about: string
  readonly bytes: number
  readonly files: number
  readonly unit: Unit
  readonly commit: string
  readonly contestants: Readonly<Record<string, KeptContestant>>
  readonly samples: Samples
  /** Of contestants that failed: what became of them. Absent where none did. */
  readonly leftOut?: Readonly<Record<string, string>>
}

export interface Kept {
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly scenarios: Readonly<Record<string, KeptScenario>>
  readonly micro?: KeptMicro
}

/** Of pure parts: nanoseconds for one call, by name. */
export interface KeptMicro {
  readonly commit: string
  readonly rows: Readonly<Record<string, { readonly medianNs: number; readonly p99Ns: number }>>
}

const RESULTS = `${import.meta.dir}/results`

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
    rclone: said(program('rclone'), 'version'),
    tusd: said(program('tusd'), '-version').replace('Version', 'tusd'),
    curl: said('curl', '--version').split(' ').slice(0, 2).join(' '),
    nginx: Bun.spawnSync(['nginx', '-v']).stderr.toString().trim(),
    socat: Bun.spawnSync(['socat', '-V']).stdout.toString().split('\n')[1]?.trim() ?? '',
    rsync: said('rsync', '--version').split(/\s+/).slice(0, 3).join(' '),
  }
}

function change(into: (before: Partial<Kept>) => Partial<Kept>): void {
  fs.mkdirSync(RESULTS, { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  const path = `${RESULTS}/${date}-${os.arch()}-${os.cpus().length}cpu.json`
  const before: Partial<Kept> = fs.existsSync(path) ? JSON.parse(fs.readFileSync(path, 'utf8')) : {}
  const kept = { machine: machine(), versions: versions(), ...into(before) }
  fs.writeFileSync(path, `${JSON.stringify(kept, null, 1)}\n`)
}

export function commit(): string {
  const name = said('git', 'describe', '--always', '--exclude=*')
  // What earlier scenarios of the same run have written is no change of what is measured.
  const changed = said('git', 'status', '--porcelain', '--', 'src', 'scripts', 'bench/*.ts')
  return changed === '' ? name : `${name}-dirty`
}

/** A scenario replaces its older self of the same day and machine. */
export function keep(scenario: Scenario, { samples, leftOut }: Outcome): void {
  const contestants = Object.fromEntries(
    scenario.contestants
      .filter((contestant) => samples[contestant.name])
      .map(({ name, synced, settings, files, bytes }) => [
        name,
        { synced, settings, ...(files && { files }), ...(bytes && { bytes }) },
      ]),
  )
  const { name, about, bytes, files, unit } = scenario
  const isWhole = Object.keys(leftOut).length === 0
  const kept = {
    ...{ about, bytes, files, unit, commit: commit(), contestants, samples },
    ...(isWhole ? {} : { leftOut }),
  }
  change(({ scenarios, micro }) => ({
    scenarios: { ...scenarios, [name]: kept },
    ...(micro && { micro }),
  }))
}

export function keepMicro(rows: KeptMicro['rows']): void {
  change(({ scenarios = {} }) => ({ scenarios, micro: { commit: commit(), rows } }))
}
