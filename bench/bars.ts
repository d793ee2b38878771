/** What must be reached, and how each figure comes from the samples of one run. Pure. */
import type { KeptScenario } from './keep.ts'
import type { Sample } from './measure.ts'
import { ratios, type Spread, spreadOf } from './spread.ts'

/** The newest result of each scenario. */
export type Scenarios = Readonly<Record<string, KeptScenario>>

export interface Bar {
  /** For `reasons.ts`. */
  readonly id: string
  readonly what: string
  /** In words, how the figure is made. */
  readonly how: string
  readonly at: 'least' | 'most'
  readonly limit: number
  readonly unit: string
  /** undefined: there is no result. The median is what counts. */
  readonly seen: (scenarios: Scenarios) => Spread | undefined
}

const MIB = 2 ** 20
const GB = 1e9

const samplesOf = (scenarios: Scenarios, scenario: string, name: string): readonly Sample[] =>
  scenarios[scenario]?.samples[name] ?? []

/** Files per second, of each round. */
function rates(scenarios: Scenarios, scenario: string, name: string): readonly number[] {
  const kept = scenarios[scenario]
  const files = kept?.contestants[name]?.files ?? kept?.files ?? Number.NaN
  return samplesOf(scenarios, scenario, name).map(({ seconds }) => files / seconds)
}

/** Of each round, how many times as fast the first was as the second. */
const faster = (scenario: string, first: string, second: string) => (scenarios: Scenarios) =>
  ratios(rates(scenarios, scenario, first), rates(scenarios, scenario, second))

const extra = (scenario: string, name: string, key: string) => (scenarios: Scenarios) =>
  spreadOf(samplesOf(scenarios, scenario, name).map((sample) => sample.extra[key] ?? Number.NaN))

const isAgent = (name: string) => name.startsWith('ferry')

/** Of all agents of all scenarios; `least` and `most` are those of the contestants' own peaks. */
function highestPeak(scenarios: Scenarios): Spread | undefined {
  const all = Object.values(scenarios).flatMap(({ samples }) =>
    Object.entries(samples).filter(([name]) => isAgent(name)),
  )
  const peaks = all.flatMap(([, samples]) => samples.map(({ peakBytes }) => peakBytes / MIB))
  const spread = spreadOf(peaks)
  return spread && { ...spread, median: spread.most }
}

/** Of each round, the better of rclone's two targets. */
function againstRclone(scenarios: Scenarios): Spread | undefined {
  const of = (name: string) => rates(scenarios, 'small', name)
  const webdav = of('rclone to rclone serve webdav')
  const best = of('rclone to rclone serve sftp').map((rate, n) => Math.max(rate, webdav[n] ?? 0))
  return ratios(of('ferry, plaintext'), best)
}

function growth(scenarios: Scenarios): Spread | undefined {
  const small = samplesOf(scenarios, 'poll', 'ferry, 10 k')
  return spreadOf(
    samplesOf(scenarios, 'poll', 'ferry, 1 M').map(
      ({ peakBytes }, round) => (peakBytes - (small[round]?.peakBytes ?? Number.NaN)) / MIB,
    ),
  )
}

const cpuPerGb = (scenarios: Scenarios) =>
  spreadOf(
    samplesOf(scenarios, 'large', 'ferry, plaintext').map(
      ({ cpuSeconds }) => cpuSeconds / ((scenarios['large']?.bytes ?? 0) / GB),
    ),
  )

/** How many times as long as `find` a look takes. */
const slowerThanFind = (scenarios: Scenarios) =>
  ratios(rates(scenarios, 'poll', 'find, 100 k'), rates(scenarios, 'poll', 'ferry, 100 k'))

const perGb = (scenarios: Scenarios) =>
  spreadOf(
    samplesOf(scenarios, 'wear', 'ferry, 1 GiB').map(
      (sample) => (sample.extra['journal_kib'] ?? Number.NaN) / (2 ** 30 / GB),
    ),
  )

const CURL = 'curl -T to nginx'
const PLAIN = 'ferry, plaintext'
const SINK = 'ferry, agent alone to a sink'

const SPEED: readonly Bar[] = [
  {
    id: 'large-curl',
    what: 'large, plaintext: MB/s against curl -T to nginx on the same disk',
    how: 'ratio within a round, both durable',
    ...{ at: 'least', limit: 0.8, unit: 'x', seen: faster('large', PLAIN, CURL) },
  },
  {
    id: 'large-cpu',
    what: 'large, plaintext: CPU seconds of the agent for a GB',
    how: 'user and system time of the whole run, start included',
    ...{ at: 'most', limit: 0.8, unit: 's/GB', seen: cpuPerGb },
  },
  {
    id: 'large-sink',
    what: 'large: agent alone against a sink, against a plain TCP copy',
    how: 'ratio within a round; neither receiver writes',
    ...{ at: 'least', limit: 0.55, unit: 'x', seen: faster('large', SINK, 'plain TCP copy') },
  },
  {
    id: 'large-tls',
    what: 'large, TLS: MB/s against curl -T over TLS',
    how: 'ratio within a round, both durable',
    ...{ at: 'least', limit: 0.8, unit: 'x', seen: faster('large', 'ferry, TLS', `${CURL}, TLS`) },
  },
  {
    id: 'small-rclone',
    what: 'small: files/s against rclone with its best target',
    how: 'ratio within a round to the better of sftp and webdav; ours every file synced',
    ...{ at: 'least', limit: 5, unit: 'x', seen: againstRclone },
  },
  {
    id: 'small-plain',
    what: 'small: files/s against a plain program that writes the same files durably',
    how: 'ratio within a round',
    ...{ at: 'least', limit: 0.5, unit: 'x' },
    seen: faster('small', PLAIN, 'plain program on the same disk'),
  },
  {
    id: 'rtt-calls',
    what: 'rtt, 100 ms: files/s against one call per file with two workers',
    how: 'ratio of rates within a round; the calls carry fewer files',
    ...{ at: 'least', limit: 50, unit: 'x' },
    seen: faster('rtt', PLAIN, 'one call per file, two workers'),
  },
  {
    id: 'poll-find',
    what: 'poll, 100 k unchanged: time of a look against find -printf',
    how: 'ratio within a round, median look of several',
    ...{ at: 'most', limit: 1.5, unit: 'x', seen: slowerThanFind },
  },
]

const BUDGET: readonly Bar[] = [
  {
    id: 'poll-growth',
    what: 'poll: growth of the peak RSS from 10 k to 1 M files',
    how: 'peak during unchanged looks, difference within a round',
    ...{ at: 'most', limit: 20, unit: 'MiB', seen: growth },
  },
  {
    id: 'memory-peak',
    what: 'peak RSS of the agent in every scenario',
    how: 'the highest of all runs counts',
    ...{ at: 'most', limit: 110, unit: 'MiB', seen: highestPeak },
  },
  {
    id: 'memory-idle',
    what: 'RSS idle and connected',
    how: 'smaps_rollup after a minute',
    ...{
      at: 'most',
      limit: 55,
      unit: 'MiB',
      seen: extra('idle', 'ferry, connected', 'resident_mib'),
    },
  },
  {
    id: 'memory-private',
    what: 'of it private',
    how: 'Private_Dirty of smaps_rollup: what the kernel cannot drop',
    ...{ at: 'most', limit: 14, unit: 'MiB' },
    seen: extra('idle', 'ferry, connected', 'private_dirty_mib'),
  },
  {
    id: 'idle-10',
    what: 'idle: CPU with 10 files waiting',
    how: 'share of one core over a minute',
    ...{
      at: 'most',
      limit: 0.2,
      unit: '%',
      seen: extra('idle', 'ferry, 10 waiting', 'cpu_percent'),
    },
  },
  {
    id: 'idle-10000',
    what: 'idle: CPU with 10,000 files waiting',
    how: 'share of one core over a minute',
    ...{ at: 'most', limit: 1, unit: '%' },
    seen: extra('idle', 'ferry, 10,000 waiting', 'cpu_percent'),
  },
  {
    id: 'wear-small',
    what: 'wear: journal writes for a small file',
    how: 'bytes of write calls to the journal and its log, by strace; deletion included',
    ...{ at: 'most', limit: 1024, unit: 'bytes' },
    seen: extra('wear', 'ferry, 2,000 small', 'journal_bytes_per_file'),
  },
  {
    id: 'wear-large',
    what: 'wear: journal writes for a GB of large files',
    how: 'as above',
    ...{ at: 'most', limit: 64, unit: 'KiB/GB', seen: perGb },
  },
  {
    id: 'cut-small',
    what: 'cut link: bytes sent twice, small files',
    how: 'bytes that crossed the link, less those of a run without cuts, in 100 of the content',
    ...{ at: 'most', limit: 1, unit: '%' },
    seen: extra('cut', 'ferry, 5,000 files of 16 KiB', 'twice_percent'),
  },
  {
    id: 'cut-large',
    what: 'cut link: bytes sent twice, one large file',
    how: 'as above',
    ...{ at: 'most', limit: 1, unit: '%' },
    seen: extra('cut', 'ferry, one file of 82 MB', 'twice_percent'),
  },
]

export const BARS: readonly Bar[] = [...SPEED, ...BUDGET]

export const reaches = ({ at, limit }: Bar, { median }: Spread): boolean =>
  at === 'least' ? median >= limit : median <= limit

/** The ids of the bars that have a result and do not reach it. */
export const missedBars = (scenarios: Scenarios): string[] =>
  BARS.filter((bar) => {
    const seen = bar.seen(scenarios)
    return seen !== undefined && !reaches(bar, seen)
  }).map(({ id }) => id)

/** What is wrong with the results, in words; [] is right. */
export function barProblems(scenarios: Scenarios, reasons: Readonly<Record<string, string>>) {
  const unknown = Object.keys(reasons).filter((id) => !BARS.some((bar) => bar.id === id))
  const problems = BARS.flatMap((bar) => {
    const seen = bar.seen(scenarios)
    if (seen === undefined) return [`${bar.id}: there is no result`]
    const isStated = (reasons[bar.id] ?? '') !== ''
    if (reaches(bar, seen) || isStated) return []
    return [`${bar.id}: missed (${seen.median.toFixed(3)} ${bar.unit}) without a stated reason`]
  })
  return [...unknown.map((id) => `${id}: a reason for no bar`), ...problems]
}
