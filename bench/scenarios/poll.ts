/** poll: a look at a tree in which nothing, or one file, has changed. */
import * as fs from 'node:fs'
import { type Agent, fillJournal, type Look, NO_PORT, startAgent, untilPending } from '../agents.ts'
import { type Contestant, type Sample, type Scenario, timed } from '../measure.ts'
import { freshFolder, sparseTree } from '../places.ts'
import { cpuSeconds, eventually, forgetPeak, peakBytes } from '../processes.ts'
import { median } from '../spread.ts'

const SIZES = { '10 k': 10_000, '100 k': 100_000, '1 M': 1_000_000 } as const
type Size = keyof typeof SIZES

const SETTINGS = {
  // As often as it can: each look begins when the one before has ended.
  sync_interval_mins: 0.0002,
  max_journal_files: 1_500_000,
  log_level: 'debug',
  log_format: 'json',
}
const LOOKS = { '10 k': 15, '100 k': 7, '1 M': 2 } as const
const STARTED_WITHIN_MS = 60_000
const LOOKED_WITHIN_MS = 120_000

const isQuiet = ({ changing, discovered }: Look) => changing === 0 && discovered === 0

const looked = (agent: Agent, what: string, enough: (looks: readonly Look[]) => boolean) =>
  eventually(what, LOOKED_WITHIN_MS, () => (enough(agent.looks()) ? true : undefined))

/** With a file appended to once a round, after the looks that are timed. */
async function measureOneChange(agent: Agent, data: string) {
  const before = agent.looks().length
  fs.appendFileSync(`${data}/0/f0`, '.')
  await looked(agent, 'a changed file', (looks) =>
    looks.slice(before).some(({ discovered }) => discovered > 0),
  )
  const seen = agent.looks().slice(before)
  return median(seen.filter((look) => !isQuiet(look)).map(({ ms }) => ms)) / 1000
}

interface State {
  readonly place: string
  agent: Agent | undefined
}

function startOn(state: State, data: string, settings: Record<string, unknown>): Agent {
  return startAgent({ place: state.place, port: NO_PORT, data, settings, toSink: true })
}

/** The agent keeps its journal from round to round; its looks are timed by its own log. */
function ferryLooks(size: Size): Contestant {
  const files = SIZES[size]
  const data = sparseTree(`poll-${files}`, files, 100)
  const state: State = { place: freshFolder(`poll-state-${files}`), agent: undefined }
  return {
    ...{ name: `ferry, ${size}`, synced: 'nothing is written', files, bytes: 0 },
    settings: `${JSON.stringify(SETTINGS)}; all files wait in the journal, no network`,
    async prepare() {
      if (!fs.existsSync(`${state.place}/state`)) await fillJournal(state.place, data)
      const agent = startOn(state, data, SETTINGS)
      state.agent = agent
      await untilPending(agent, files, STARTED_WITHIN_MS)
      await looked(
        agent,
        'the first quiet looks',
        (looks) => looks.length > 1 && looks.slice(-2).every(isQuiet),
      )
    },
    async run(): Promise<Sample> {
      const { agent } = state
      if (agent === undefined) throw new Error('no agent')
      const filled = peakBytes(agent.pid)
      forgetPeak(agent.pid)
      const [before, cpuBefore] = [agent.looks().length, cpuSeconds(agent.pid)]
      const wanted = before + LOOKS[size] + 1
      await looked(agent, 'enough looks', (looks) => looks.length >= wanted)
      const seen = agent.looks().slice(before)
      const cpu = cpuSeconds(agent.pid) - cpuBefore
      const sample = {
        // The first of them was under way.
        seconds: median(seen.slice(1).map(({ ms }) => ms)) / 1000,
        cpuSeconds: cpu / seen.length,
        peakBytes: peakBytes(agent.pid),
      }
      const changed = await measureOneChange(agent, data)
      const extra = { one_changed_s: changed, peak_since_start_mib: filled / 2 ** 20 }
      return { ...sample, extra }
    },
    async finish() {
      await state.agent?.stop()
    },
  }
}

const PRINT = '%p %s %T@ %C@ %i\n'

function find(size: Size): Contestant {
  const data = `${sparseTree(`poll-${SIZES[size]}`, SIZES[size], 100)}`
  return {
    ...{ name: `find, ${size}`, synced: 'nothing is written', files: SIZES[size], bytes: 0 },
    settings: 'find -type f -printf, path, size, times and inode of each',
    prepare: async () => {},
    run: () => timed(['find', data, '-type', 'f', '-printf', PRINT]),
    finish: async () => {},
  }
}

export const poll = (): Scenario => ({
  name: 'poll',
  about: 'one look at 10 k, 100 k and 1 M files of which none has changed (and one, where said)',
  unit: 's',
  files: 0,
  bytes: 0,
  contestants: (Object.keys(SIZES) as Size[]).flatMap((size) => [ferryLooks(size), find(size)]),
  async close() {
    for (const files of Object.values(SIZES)) freshFolder(`poll-state-${files}`)
  },
})
