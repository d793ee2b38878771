/** constrained: the agent, and curl beside it, on a quarter of a CPU with 256 MiB. */
import { type Cgroup, openCgroup } from '../cgroup.ts'
import { curlToNginx } from '../curl.ts'
import { type FerryOptions, ferryContestant } from '../ferry-contestant.ts'
import { physicalLimits } from '../limits.ts'
import type { Contestant, Scenario } from '../measure.ts'
import { dataset } from '../places.ts'

const CPU_SHARE = 0.25
const MEMORY_BYTES = 256 << 20
const MIB = 1 << 20

const sizes = (count: number, bytes: number) => Array.from({ length: count }, () => bytes)

/** A cgroup of its own for each run, so that its peak is that run's. */
function within(make: (prefix: readonly string[], group: () => Cgroup) => Contestant): Contestant {
  let group: Cgroup | undefined
  const current = () => {
    if (group === undefined) throw new Error('no cgroup')
    return group
  }
  const opened = openCgroup(CPU_SHARE, MEMORY_BYTES)
  const { prefix } = opened
  opened.close()
  const contestant = make(prefix, current)
  return {
    ...contestant,
    async prepare() {
      await contestant.prepare()
      group = openCgroup(CPU_SHARE, MEMORY_BYTES)
    },
    async finish() {
      group?.close()
      group = undefined
      await contestant.finish()
    },
  }
}

const ferry = (options: Omit<FerryOptions, 'tls'>) =>
  within((prefix, group) =>
    ferryContestant({
      ...{ ...options, prefix, tls: false, isLess: true },
      after: () => ({ cgroup_peak_mib: group().peakBytes() / MIB }),
    }),
  )

export function constrained(): Scenario {
  const one = { data: dataset('constrained-large', [256 * MIB]), files: 1, bytes: 256 * MIB }
  const many = { data: dataset('constrained-small', sizes(2000, 4096)), files: 2000 }
  const side = { data: dataset('constrained-side', sizes(64, 4 * MIB)), files: 64 }
  const inFlight = { maximum_num_sync_threads: 64, max_bytes_in_flight: '512MiB' }
  return {
    name: 'constrained',
    about:
      '25 % of a CPU and 256 MiB for the sender: one file of 256 MiB, 2,000 of 4 KiB, 64 of 4 MiB',
    unit: 'MB/s',
    files: 1,
    bytes: 256 * MIB,
    contestants: [
      ferry({ name: 'ferry, one file', ...one }),
      ferry({ name: 'ferry, 2,000 small', ...many, bytes: 2000 * 4096 }),
      ferry({ name: 'ferry, 64 in flight', ...side, bytes: 256 * MIB, settings: inFlight }),
      within((prefix) => curlToNginx(one, false, '0/f0', prefix)),
      ...physicalLimits(one.data, '0/f0'),
    ],
    close: async () => {},
  }
}
