/** RESULTS.md and its charts, made of the newest result of each scenario. */
import * as fs from 'node:fs'
import { BARS, type Bar, reaches, type Scenarios } from './bars.ts'
import { barChart, shown } from './chart.ts'
import type { Kept, KeptMicro, KeptScenario } from './keep.ts'
import type { Sample, Unit } from './measure.ts'
import { type Profiles, profileTable, readProfiles } from './profiles.ts'
import { PROFILED, REASONS } from './reasons.ts'
import { head, range, row } from './rows.ts'
import { median, ratios, spreadOf } from './spread.ts'

const FOLDER = import.meta.dir
const LEAST_ROUNDS = 5

export interface Results {
  readonly scenarios: Scenarios
  /** Of each scenario, the file that its result is from. */
  readonly from: Readonly<Record<string, { readonly file: string; readonly kept: Kept }>>
  readonly micro: KeptMicro | undefined
  readonly profiles: Profiles
}

/** The names begin with a date, so that later ones replace earlier ones. */
export function readResults(folder = `${FOLDER}/results`): Results {
  const scenarios: Record<string, KeptScenario> = {}
  const from: Record<string, { file: string; kept: Kept }> = {}
  let micro: KeptMicro | undefined
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []
  for (const file of files.filter((name) => /^\d{4}-\d\d-\d\d-.*\.json$/.test(name))) {
    const kept: Kept = JSON.parse(fs.readFileSync(`${folder}/${file}`, 'utf8'))
    for (const [name, scenario] of Object.entries(kept.scenarios)) {
      scenarios[name] = scenario
      from[name] = { file, kept }
    }
    micro = kept.micro ?? micro
  }
  return { scenarios, from, micro, profiles: readProfiles() }
}

function barRow(bar: Bar, scenarios: Scenarios): string {
  const seen = bar.seen(scenarios)
  const { what, how, at, limit, unit, id } = bar
  const verdict = () => {
    if (seen === undefined) return 'not measured'
    return reaches(bar, seen) ? 'reached' : `**missed**${REASONS[id] ? ', see below' : ''}`
  }
  const figure = seen ? `${range(seen)} ${unit}` : ''
  return row(`${what}<br>${how}`, `at ${at} ${limit} ${unit}`, figure, verdict())
}

function reasons({ scenarios, profiles }: Results): string[] {
  const missed = BARS.filter((bar) => {
    const seen = bar.seen(scenarios)
    return seen !== undefined && !reaches(bar, seen) && REASONS[bar.id]
  })
  const isShown = new Set<string>()
  const tables = (id: string) =>
    (PROFILED[id] ?? []).flatMap((ref) => {
      const key = `${ref.scenario}, ${ref.table}`
      if (isShown.has(key)) return ['', `Profile: ${key}, above.`]
      isShown.add(key)
      return profileTable(ref, profiles)
    })
  return missed.flatMap(({ id, what }) => ['', `**${what}**: ${REASONS[id]}`, ...tables(id)])
}

type Of = (sample: Sample, files: number, bytes: number) => number

/** What the chart of a scenario shows. */
const MEASURES: Readonly<Record<Unit, Of>> = {
  'MB/s': ({ seconds }, _, bytes) => bytes / 1e6 / seconds,
  'files/s': ({ seconds }, files) => files / seconds,
  s: ({ seconds }) => seconds,
  'CPU %': ({ extra }) => extra['cpu_percent'] ?? Number.NaN,
  'bytes twice %': ({ extra }) => extra['twice_percent'] ?? Number.NaN,
  'journal KiB': ({ extra }) => extra['journal_kib'] ?? Number.NaN,
}

function amounts({ contestants, files, bytes }: KeptScenario, name: string) {
  const own = contestants[name]
  return { files: own?.files ?? files, bytes: own?.bytes ?? bytes }
}

function spreadsOf(scenario: KeptScenario) {
  return Object.entries(scenario.samples).flatMap(([name, samples]) => {
    const { files, bytes } = amounts(scenario, name)
    const of = MEASURES[scenario.unit]
    const spread = spreadOf(samples.map((sample) => of(sample, files, bytes)))
    return spread ? [{ name, spread }] : []
  })
}

/** The one of ours that a program is compared with: of the same kind, else the first. */
function rivalOf({ samples }: KeptScenario, name: string): string | undefined {
  const ours = Object.keys(samples).filter((one) => one.startsWith('ferry'))
  if (ours.includes(name)) return undefined
  const kind = name.slice(name.lastIndexOf(', '))
  return ours.find((one) => name.includes(', ') && one.endsWith(kind)) ?? ours[0]
}

/** How many times as fast as this program ours is, within a round; '' where it makes no sense. */
function againstOurs(scenario: KeptScenario, name: string): string {
  const rival = rivalOf(scenario, name)
  const { unit } = scenario
  const isOther = unit === 'bytes twice %' || unit === 'journal KiB' || name.startsWith('fdatasync')
  if (rival === undefined || isOther) return ''
  const ratesOf = (one: string) => {
    const { files, bytes } = amounts(scenario, one)
    const amount = { 'MB/s': bytes, 'files/s': files, s: 1, 'CPU %': 1 }[unit]
    return (scenario.samples[one] ?? []).map(({ seconds }) => amount / seconds)
  }
  const seen = ratios(ratesOf(rival), ratesOf(name))
  return seen ? range(seen) : ''
}

/** What crossed the wire beyond the content, in 100 of it; '' where it was not counted. */
function beyondContent(samples: readonly Sample[], bytes: number): string {
  const counted = samples.flatMap(({ extra: { wire_bytes } }) => wire_bytes ?? [])
  if (counted.length === 0 || bytes === 0) return ''
  return `${shown((100 * (median(counted) - bytes)) / bytes)}`
}

function contestantRow(scenario: KeptScenario, name: string): string {
  const samples = scenario.samples[name] ?? []
  const { files, bytes } = amounts(scenario, name)
  const of = (what: (sample: Sample) => number) => median(samples.map(what))
  const measured = spreadOf(samples.map((sample) => MEASURES[scenario.unit](sample, files, bytes)))
  const cpu = of(({ cpuSeconds }) => cpuSeconds)
  const keys = Object.keys(samples[0]?.extra ?? {}).filter((key) => key !== 'wire_bytes')
  const extras = keys.map((key) => `${key} ${shown(of(({ extra }) => extra[key] ?? Number.NaN))}`)
  return row(
    name,
    measured ? range(measured) : '',
    againstOurs(scenario, name),
    shown(of(({ seconds }) => seconds)),
    shown(cpu),
    bytes > 0 ? shown(cpu / (bytes / 1e9)) : '',
    shown(Math.max(...samples.map(({ peakBytes }) => peakBytes)) / 2 ** 20),
    beyondContent(samples, bytes),
    extras.join(', '),
  )
}

const roundsOf = ({ samples }: KeptScenario) => Object.values(samples)[0]?.length ?? 0

const leftOut = ({ leftOut: all = {} }: KeptScenario) =>
  Object.entries(all).flatMap(([name, why]) => ['', `Left out: ${name}, which ${why}.`])

function aboutScenario(name: string, scenario: KeptScenario, { from }: Results): string[] {
  const rounds = roundsOf(scenario)
  const trial =
    rounds < LEAST_ROUNDS ? ', fewer than five: a trial, or counts that do not vary' : ''
  const { file = '' } = from[name] ?? {}
  const names = Object.keys(scenario.samples)
  return [
    '',
    `## ${name}`,
    '',
    `${scenario.about}. ${rounds} rounds${trial}; commit ${scenario.commit}; \`results/${file}\`.`,
    '',
    `![${name}](results/${name}.svg)`,
    '',
    ...head(
      ...['', scenario.unit, 'ferry is x times as fast', 's', 'CPU s', 'CPU s/GB', 'peak MiB'],
      ...['beyond content %', 'more'],
    ),
    ...names.map((contestant) => contestantRow(scenario, contestant)),
    ...leftOut(scenario),
    '',
    ...head('', 'synced to disk within its time?', 'settings'),
    ...names.map((one) => {
      const { synced = '', settings = '' } = scenario.contestants[one] ?? {}
      const { files } = amounts(scenario, one)
      const fewer = scenario.contestants[one]?.files ? ` (${files.toLocaleString('en')} files)` : ''
      return row(one, synced, `${settings}${fewer}`)
    }),
  ]
}

function microTable({ commit, rows }: KeptMicro): string[] {
  const time = (ns: number) => `${shown(ns / 1000)}`
  return [
    ...['', '## Pure parts', '', `By mitata, microseconds for one call; commit ${commit}.`, ''],
    ...head('', 'median', '99 in 100 below'),
    ...Object.entries(rows).map(([name, { medianNs, p99Ns }]) =>
      row(name, time(medianNs), time(p99Ns)),
    ),
  ]
}

function machines({ from }: Results): string[] {
  const files = new Map(Object.values(from).map(({ file, kept }) => [file, kept]))
  return [...files].sort().flatMap(([file, { machine, versions }]) => [
    `- \`results/${file}\`: ${machine['cpus']} CPUs (${machine['cpu']}), ${machine['memory_gib']} GiB,` +
      ` Linux ${machine['kernel']}, ${machine['filesystem']}; ` +
      Object.values(versions)
        .map((version) => (/^\d/.test(version) ? `bun ${version}` : version))
        .join(', '),
  ])
}

const INTRODUCTION = `<!-- Made by bench/report.ts: ./scripts/bench.sh report -->
# Results

\`./scripts/bench.sh\` measures the compiled executable beside other programs: in one run, in turn, several rounds.
Figures are medians, with the least and the most seen. Ratios are made within a round. CPU and memory are the
sender's; GB is 10^9 bytes, MiB 2^20. Ferry's receiver makes every file and its name durable before it answers.

"Beyond content": bytes within TCP towards the receiver, less the files' content, in 100 of it, counted by the
packet filter for every program alike: names, protocol, encryption, and whatever was sent twice, which is a part of it.
Plain TCP copy, sequential read and fdatasync are the limits of the machine in the same run. Profiles: shares are of
samples, which are taken while JavaScript, or what it called, runs; \`./scripts/bench.sh profile\` makes them.`

/** Each file's name below this folder, and what is to be in it. */
export function makeReport(results: Results): ReadonlyMap<string, string> {
  const { scenarios, micro } = results
  const names = Object.keys(scenarios)
  const lines = [
    ...[INTRODUCTION, '', ...machines(results), '', '## What must be reached', ''],
    ...head('', 'bar', 'seen', ''),
    ...BARS.map((bar) => barRow(bar, scenarios)),
    ...reasons(results),
    ...Object.entries(scenarios).flatMap(([name, one]) => aboutScenario(name, one, results)),
    ...(micro ? microTable(micro) : []),
  ]
  const charts = names.map((name) => {
    const scenario = scenarios[name] as KeptScenario
    const chart = barChart(name, scenario.unit, spreadsOf(scenario))
    return [`results/${name}.svg`, chart] as const
  })
  return new Map([['RESULTS.md', `${lines.join('\n')}\n`], ...charts])
}

export function writeReport(): void {
  for (const [name, text] of makeReport(readResults())) fs.writeFileSync(`${FOLDER}/${name}`, text)
}
