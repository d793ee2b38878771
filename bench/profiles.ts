/** Profiles that go with reasons: kept as data by `profile.ts`, shown in RESULTS.md. */
import * as fs from 'node:fs'
import { shown } from './chart.ts'
import { head, row } from './rows.ts'

/** Names with figures, the largest first. */
interface ProfileTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly [string, ...number[]])[]
}

/** Of one scenario: a table each for the agent, the receiver, or what else was looked at. */
export interface Profile {
  readonly about: string
  readonly commit: string
  readonly tables: Readonly<Record<string, ProfileTable>>
}

export type Profiles = Readonly<Record<string, Profile>>

/** Which table goes with a reason. */
export interface ProfileRef {
  readonly scenario: string
  readonly table: string
}

const FOLDER = `${import.meta.dir}/profiles`

export function readProfiles(): Profiles {
  const names = fs.existsSync(FOLDER) ? fs.readdirSync(FOLDER).sort() : []
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => [name.slice(0, -5), JSON.parse(fs.readFileSync(`${FOLDER}/${name}`, 'utf8'))]),
  )
}

export function writeProfile(scenario: string, profile: Profile): void {
  fs.mkdirSync(FOLDER, { recursive: true })
  fs.writeFileSync(`${FOLDER}/${scenario}.json`, `${JSON.stringify(profile, null, 1)}\n`)
}

/** Nothing where it was not made. */
export function profileTable({ scenario, table }: ProfileRef, profiles: Profiles): string[] {
  const profile = profiles[scenario]
  const found = profile?.tables[table]
  if (profile === undefined || found === undefined) return []
  return [
    ...['', `${table}, ${profile.about}; commit ${profile.commit}, \`profiles/${scenario}.json\`:`],
    ...['', ...head('', ...found.columns)],
    ...found.rows.map(([name, ...figures]) => row(name, ...figures.map(shown))),
  ]
}

/** Bars over counts: what was counted says it all. */
const COUNTED = ['cut-small', 'cut-large', 'wear-small', 'wear-large']

/** What is wrong with the profiles beside the reasons for these missed bars; [] is right. */
export function profileProblems(
  missed: readonly string[],
  profiled: Readonly<Record<string, readonly ProfileRef[]>>,
  profiles: Profiles,
): string[] {
  const bare = missed.filter((id) => !COUNTED.includes(id) && (profiled[id] ?? []).length === 0)
  const absent = missed.flatMap((id) =>
    (profiled[id] ?? [])
      .filter((ref) => profileTable(ref, profiles).length === 0)
      .map(({ scenario, table }) => `${id}: no profile of ${scenario}, ${table}`),
  )
  return [...bare.map((id) => `${id}: missed without a profile`), ...absent]
}
