/** idle: a minute in which there is nothing to do, or nobody to send to. */
import { type Agent, NO_PORT, startAgent, untilPending } from '../agents.ts'
import { startFerryReceiver } from '../ferry-contestant.ts'
import type { Contestant, Sample, Scenario } from '../measure.ts'
import { dataset, freshFolder, sparseTree, stopServer } from '../places.ts'
import { cpuSeconds, eventually, peakBytes, residentNow } from '../processes.ts'

const MINUTE_MS = 60_000
/** Until start-up is over. */
const SETTLED_MS = 3_000
const READY_WITHIN_MS = 60_000

const MIB = 1 << 20
const COMMON =
  'defaults but for a quiet time of 1 ms; an executable of its own, read from disk as after a boot'

interface Idler {
  readonly name: string
  readonly about: string
  readonly start: () => Promise<{ agent: Agent; close: () => Promise<void> }>
}

const waiting = (files: number): Idler => ({
  name: `ferry, ${files.toLocaleString('en')} waiting`,
  about: `no network, ${COMMON}`,
  async start() {
    const data = sparseTree(`idle-${files}`, files, 100)
    const place = freshFolder(`idle-${files}`)
    const agent = startAgent({ place, port: NO_PORT, data, toSink: true, isCold: true })
    await untilPending(agent, files, READY_WITHIN_MS)
    return { agent, close: agent.stop }
  },
})

const connected: Idler = {
  name: 'ferry, connected',
  about: `one file was sent, TLS, ${COMMON}`,
  async start() {
    const place = freshFolder('idle-connected')
    const { port, receiver } = await startFerryReceiver(place, true)
    const data = dataset('idle-connected', [4096])
    const config = { place, port, data, toSink: false, tls: true, isCold: true }
    const agent = startAgent(config)
    await eventually('a connection', READY_WITHIN_MS, () => {
      const status = agent.status()
      return status?.totals.acknowledged === 1 && status.connection?.connected ? true : undefined
    })
    const close = async () => {
      await agent.stop()
      await stopServer(receiver)
    }
    return { agent, close }
  },
}

interface Idling {
  readonly agent: Agent
  readonly close: () => Promise<void>
  readonly cpuBefore: number
}

function sampleOf({ agent: { pid }, cpuBefore }: Idling): Sample {
  const cpu = cpuSeconds(pid) - cpuBefore
  const { residentBytes, dirtyBytes, privateBytes } = residentNow(pid)
  return {
    seconds: MINUTE_MS / 1000,
    cpuSeconds: cpu,
    peakBytes: peakBytes(pid),
    extra: {
      cpu_percent: (100 * cpu) / (MINUTE_MS / 1000),
      resident_mib: residentBytes / MIB,
      private_dirty_mib: dirtyBytes / MIB,
      private_all_mib: privateBytes / MIB,
    },
  }
}

/** The same minute for all: they do next to nothing, so that none disturbs another. */
export function idle(): Scenario {
  const idlers = [waiting(10), waiting(10_000), connected]
  let minute: Idling[] = []
  let samples: Sample[] = []
  const contestantOf = ({ name, about }: Idler, index: number): Contestant => ({
    ...{ name, settings: about, synced: 'nothing is written' },
    async prepare() {
      if (index > 0) return
      const started = await Promise.all(idlers.map(({ start }) => start()))
      await Bun.sleep(SETTLED_MS)
      minute = started.map((one) => ({ ...one, cpuBefore: 0 }))
    },
    async run() {
      if (index === 0) {
        minute = minute.map((one) => ({ ...one, cpuBefore: cpuSeconds(one.agent.pid) }))
        await Bun.sleep(MINUTE_MS)
        samples = minute.map(sampleOf)
      }
      const sample = samples[index]
      if (sample === undefined) throw new Error('no sample')
      return sample
    },
    async finish() {
      if (index === 0) await Promise.all(minute.map(({ close }) => close()))
    },
  })
  return {
    name: 'idle',
    about: 'a minute with 10 and with 10,000 waiting files and no network, and connected with none',
    ...{ unit: 'CPU %', files: 0, bytes: 0 },
    contestants: idlers.map(contestantOf),
    close: async () => {},
  }
}
