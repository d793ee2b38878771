/** backlog: 200,000 files that were found while there was no network. */
import * as fs from 'node:fs'
import {
  type Agent,
  fillJournal,
  journalBytes,
  NO_PORT,
  startAgent,
  untilPending,
} from '../agents.ts'
import { startSink } from '../ferry-contestant.ts'
import { physicalLimits } from '../limits.ts'
import type { Contestant, Sample, Scenario } from '../measure.ts'
import { freePort, freshFolder, sparseTree, stopServer } from '../places.ts'
import { cpuSeconds, eventually, peakBytes } from '../processes.ts'
import { countWire, type WireCount } from '../wire.ts'

const FILES = 200_000
const FILE_BYTES = 4096
const FILLED_WITHIN_MS = 180_000
const LOOKS_MS = 5_000
const DRAINED_WITHIN_MS = 120_000

/** When the receiver had the first byte of a file, and all files. */
async function drain(agent: Agent, sink: Bun.Subprocess<'ignore', 'pipe', 'pipe'>, fromMs: number) {
  const { value } = await sink.stdout.getReader().read()
  if (
    !Buffer.from(value ?? [])
      .toString()
      .startsWith('first')
  )
    throw new Error('no file came')
  const firstByte = (performance.now() - fromMs) / 1000
  await eventually('the backlog', DRAINED_WITHIN_MS, async () => {
    await Bun.sleep(200)
    return agent.status()?.files.pending === 0 ? true : undefined
  })
  return firstByte
}

interface State {
  /** The journal with all of it, made once. */
  filled: string
  journal: number
  offlinePeak: number
  place: string
  sink: Awaited<ReturnType<typeof startSink>> | undefined
  wire: WireCount | undefined
}

async function fill(state: State, data: string): Promise<void> {
  state.filled = freshFolder('backlog-filled')
  const place = state.filled
  const settings = { sync_interval_mins: 0.002 }
  await fillJournal(place, data)
  const agent = startAgent({ place, port: NO_PORT, data, settings, toSink: true })
  await untilPending(agent, FILES, FILLED_WITHIN_MS)
  // A few looks more.
  await Bun.sleep(LOOKS_MS)
  state.journal = journalBytes(place)
  state.offlinePeak = peakBytes(agent.pid)
  await agent.stop()
}

export function backlog(): Scenario {
  const data = sparseTree('backlog', FILES, FILE_BYTES)
  const state: State = {
    ...{ filled: '', journal: 0, offlinePeak: 0, place: '', sink: undefined },
    wire: undefined,
  }
  const contestant: Contestant = {
    name: 'ferry, agent alone to a sink',
    synced: 'no: the receiver throws the bytes away',
    settings: 'defaults, but for a quiet time of 1 ms; the agent is started with a full journal',
    async prepare() {
      if (state.filled === '') await fill(state, data)
      state.place = freshFolder('backlog')
      fs.cpSync(state.filled, state.place, { recursive: true })
      for (const name of ['lock', 'control'])
        fs.rmSync(`${state.place}/state/${name}`, { force: true })
      state.sink = await startSink(freePort(), 'pipe')
      state.wire = countWire(state.sink.port)
    },
    async run(): Promise<Sample> {
      const { place, sink } = state
      if (sink === undefined) throw new Error('no receiver')
      const fromMs = performance.now()
      const agent = startAgent({ place, port: sink.port, data, toSink: true })
      const first = await drain(agent, sink.receiver as never, fromMs)
      const sample = {
        seconds: (performance.now() - fromMs) / 1000,
        cpuSeconds: cpuSeconds(agent.pid),
        peakBytes: Math.max(peakBytes(agent.pid), state.offlinePeak),
      }
      const extra = {
        ...(state.wire && { wire_bytes: state.wire.bytes() }),
        first_byte_s: first,
        journal_mib: state.journal / 2 ** 20,
        offline_peak_mib: state.offlinePeak / 2 ** 20,
      }
      await agent.stop()
      return { ...sample, extra }
    },
    async finish() {
      state.wire?.close()
      if (state.sink) await stopServer(state.sink.receiver)
      fs.rmSync(state.place, { recursive: true, force: true })
    },
  }
  return {
    name: 'backlog',
    about: '200,000 files of 4 KiB found without a network; then there is one',
    ...{ unit: 'files/s', files: FILES, bytes: FILES * FILE_BYTES },
    contestants: [contestant, ...physicalLimits(data)],
    close: async () => fs.rmSync(state.filled, { recursive: true, force: true }),
  }
}
