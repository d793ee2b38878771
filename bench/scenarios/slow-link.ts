/** rtt and cut: 5,000 files of 16 KiB over a link that is far away, or narrow and often cut. */
import { ferryContestant } from '../ferry-contestant.ts'
import { physicalLimits } from '../limits.ts'
import type { Contestant, Sample, Scenario } from '../measure.ts'
import { rsyncDaemon } from '../peers.ts'
import { dataset } from '../places.ts'
import { type Link, startLink } from '../proxy.ts'
import { rcloneTo } from '../rclone.ts'

const FILE_BYTES = 16 * 1024
const FILES = 5000
/** At two calls in 100 ms, all of them would take minutes. */
const FEW = 200

const sizes = (count: number) => Array.from({ length: count }, () => FILE_BYTES)

/** 100 ms from a question to its answer. */
const farAway = (port: number) => startLink(port, { latencyMs: 50 })

export function rtt(): Scenario {
  const of = { data: dataset('rtt', sizes(FILES)), files: FILES }
  const few = { data: dataset('rtt-few', sizes(FEW)), files: FEW, bytes: FEW * FILE_BYTES }
  const calls = ferryContestant({
    name: 'one call per file, two workers',
    ...few,
    isLess: true,
    tls: false,
    between: farAway,
    settings: { destination: { protocol: 'viam' }, max_files_in_flight: 2 },
  })
  return {
    name: 'rtt',
    about: `5,000 files of 16 KiB, answers take 100 ms (${FEW} files where said)`,
    unit: 'files/s',
    files: FILES,
    bytes: FILES * FILE_BYTES,
    contestants: [
      ferryContestant({ name: 'ferry, plaintext', ...of, tls: false, between: farAway }),
      ferryContestant({ name: 'ferry, TLS', ...of, tls: true, between: farAway }),
      calls,
      rcloneTo({ ...few, between: farAway }, 'sftp', 64),
      rsyncDaemon({ ...of, between: farAway }),
      ...physicalLimits(of.data),
    ],
    close: async () => {},
  }
}

const NARROW = { bytesPerSecond: 1_000_000, cutEveryMs: 20_000 }

/** The same over a link without faults tells what the protocol itself needs, then the real one. */
function cutContestant(name: string, of: { data: string; files: number; bytes: number }) {
  let calmBytes = 0
  let link: Link | undefined
  const calm = ferryContestant({
    ...{ ...of, name: `${name} calm`, tls: false },
    async between(port) {
      link = await startLink(port, {})
      return link
    },
  })
  const cut = ferryContestant({
    ...{ ...of, name, tls: false },
    async between(port) {
      link = await startLink(port, NARROW)
      return link
    },
    after() {
      const passed = link?.passedBytes() ?? Number.NaN
      return {
        cuts: link?.cuts() ?? Number.NaN,
        passed_bytes: passed,
        passed_without_cuts_bytes: calmBytes,
        twice_percent: (100 * Math.max(0, passed - calmBytes)) / of.bytes,
      }
    },
  })
  return {
    data: of.data,
    async prepare() {
      if (calmBytes === 0) {
        await calm.prepare()
        await calm.run()
        calmBytes = link?.passedBytes() ?? Number.NaN
        await calm.finish()
      }
      await cut.prepare()
    },
    contestant: cut,
  }
}

/** Both take over a minute and cost next to nothing, so that they run side by side. */
function together(all: readonly ReturnType<typeof cutContestant>[]): Contestant[] {
  let samples: Promise<readonly Sample[]> | undefined
  const run = (index: number) => async () => {
    const sample = (await samples)?.[index]
    if (sample === undefined) throw new Error('not started')
    return sample
  }
  return all.map(({ contestant }, index) => ({
    ...contestant,
    async prepare() {
      if (index > 0) return
      for (const one of all) await one.prepare()
      samples = Promise.all(all.map((one) => one.contestant.run()))
      samples.catch(() => {})
    },
    run: run(index),
  }))
}

export function cut(): Scenario {
  const bytes = FILES * FILE_BYTES
  const small = cutContestant('ferry, 5,000 files of 16 KiB', {
    ...{ data: dataset('rtt', sizes(FILES)), files: FILES, bytes },
  })
  const one = cutContestant('ferry, one file of 82 MB', {
    ...{ data: dataset('cut-large', [bytes]), files: 1, bytes },
  })
  return {
    name: 'cut',
    about: '82 MB over a link of 1 MB/s that is cut every 20 s; bytes that crossed it twice',
    unit: 'bytes twice %',
    files: FILES,
    bytes,
    contestants: [...together([small, one]), ...physicalLimits(small.data)],
    close: async () => {},
  }
}
