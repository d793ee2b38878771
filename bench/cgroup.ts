/** A cgroup with a share of a CPU and a bound on memory; version 1 or 2, whichever is there. */
import * as fs from 'node:fs'

const ROOT = '/sys/fs/cgroup'
const NAME = 'ferry-bench'
const PERIOD_US = 100_000

export interface Cgroup {
  /** In front of a command that is to run in it. */
  readonly prefix: readonly string[]
  readonly peakBytes: () => number
  readonly close: () => void
}

const number = (path: string) => Number(fs.readFileSync(path, 'utf8'))

function limitsOfVersion1(cpuShare: number, memoryBytes: number) {
  return {
    folders: [`${ROOT}/cpu/${NAME}`, `${ROOT}/memory/${NAME}`],
    files: {
      [`${ROOT}/cpu/${NAME}/cpu.cfs_period_us`]: PERIOD_US,
      [`${ROOT}/cpu/${NAME}/cpu.cfs_quota_us`]: PERIOD_US * cpuShare,
      [`${ROOT}/memory/${NAME}/memory.limit_in_bytes`]: memoryBytes,
    },
    peak: `${ROOT}/memory/${NAME}/memory.max_usage_in_bytes`,
  }
}

function limitsOfVersion2(cpuShare: number, memoryBytes: number) {
  return {
    folders: [`${ROOT}/${NAME}`],
    files: {
      [`${ROOT}/${NAME}/cpu.max`]: `${PERIOD_US * cpuShare} ${PERIOD_US}`,
      [`${ROOT}/${NAME}/memory.max`]: memoryBytes,
    },
    peak: `${ROOT}/${NAME}/memory.peak`,
  }
}

/** Needs root. Fails where the limits cannot be set. */
export function openCgroup(cpuShare: number, memoryBytes: number): Cgroup {
  const isSecond = fs.existsSync(`${ROOT}/cgroup.controllers`)
  const make = isSecond ? limitsOfVersion2 : limitsOfVersion1
  // Its children have only what it hands down.
  if (isSecond) fs.writeFileSync(`${ROOT}/cgroup.subtree_control`, '+cpu +memory')
  const { folders, files, peak } = make(cpuShare, memoryBytes)
  for (const folder of folders) fs.mkdirSync(folder, { recursive: true })
  for (const [path, value] of Object.entries(files)) fs.writeFileSync(path, `${value}`)
  const join = folders.map((folder) => `echo $$ >${folder}/cgroup.procs`).join(' && ')
  return {
    prefix: ['sh', '-c', `${join} && exec "$@"`, 'sh'],
    peakBytes: () => number(peak),
    close() {
      for (const folder of folders) fs.rmdirSync(folder)
    },
  }
}
