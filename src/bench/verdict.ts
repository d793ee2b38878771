/** What the figures mean, in sentences. Pure. */
import { formatTime } from '../units.ts'
import { marksOf } from './figures.ts'
import type { BenchReport, DiskReport, MemoryReport, ScanReport, UploadReport } from './report.ts'

/** At the 99th percentile: longer ones make the journal and a receiver wait visibly. */
const SLOW_SYNC_MS = 100
/** The default of `sync_interval_mins`. */
const DEFAULT_INTERVAL_MS = 6_000
/** A core is full a little before it reads 1. */
const FULL_CORE = 0.9
/** What runs beside the agent on a small board. */
const LEAST_AVAILABLE_BYTES = 64 << 20

const round = (value: number) => (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10)
const percent = (cores: number) => `${Math.round(cores * 100)} %`

function diskVerdict(disk: DiskReport): string[] {
  if (disk.volatile) return ['this directory is in memory: its figures say nothing of a disk']
  const reached = marksOf(disk).filter(({ isReached }) => isReached)
  const { p99 } = disk.fdatasync_ms
  const marks = reached.map(({ name }) => name).join(', ')
  const known =
    reached.length === 0
      ? 'slower than the slowest class of SD cards in use (C10)'
      : `as fast as a card marked ${marks} must be`
  return [
    `this disk sustains ${round(disk.write_mb_s)} MB/s written: ${known}`,
    ...(p99 > SLOW_SYNC_MS
      ? [
          `one sync in a hundred takes ${formatTime(Math.round(p99))}: programs that sync will stall`,
        ]
      : []),
    ...(disk.read_from_disk ? [] : ['the reading rate is of memory too, not of the disk alone']),
  ]
}

/** What holds the upload back. */
function limitOf(upload: UploadReport, disk: DiskReport | undefined, cpus: number): string {
  const rate = `${round(upload.mb_s)} MB/s`
  if (upload.limit_mb_s !== undefined && upload.mb_s >= upload.limit_mb_s * FULL_CORE) {
    return `at ${rate} the setting "bandwidth" is the limit`
  }
  const isLoopback = upload.receiver_cpu_cores !== undefined
  const cores = upload.cpu_cores + (upload.receiver_cpu_cores ?? 0)
  if (upload.cpu_cores >= FULL_CORE) return `at ${rate} this program's core is the limit`
  if (isLoopback && cores >= cpus * FULL_CORE) return `at ${rate} the CPU is the limit`
  if (disk && upload.mb_s >= disk.read_mb_s * FULL_CORE) return `at ${rate} the disk is the limit`
  if (isLoopback) return `${rate} to a receiver on this machine, whose syncs to disk are the limit`
  return `at ${rate} the network or the receiver is the limit`
}

function tlsVerdict(uploads: readonly UploadReport[]): string[] {
  const find = (transport: string) =>
    uploads.find((one) => one.transport === transport && one.receiver_cpu_cores !== undefined)
  const [plain, tls] = [find('plaintext'), find('tls')]
  if (plain === undefined || tls === undefined) return []
  const perMb = Math.max(0, tls.cpu_s_per_gb - plain.cpu_s_per_gb) / 1000
  return [`TLS costs ${percent(perMb * tls.mb_s)} of a core at ${round(tls.mb_s)} MB/s`]
}

function uploadVerdict({ uploads = [], disk, cpus }: BenchReport): string[] {
  const [real] = uploads.filter((one) => one.receiver_cpu_cores === undefined)
  const shown = real ?? uploads.find(({ transport }) => transport === 'tls')
  return [...tlsVerdict(uploads), ...(shown ? [limitOf(shown, disk, cpus)] : [])]
}

function memoryVerdict({
  available_bytes,
  loaded_rss_bytes,
  loaded_files,
}: MemoryReport): string[] {
  const mib = Math.round(loaded_rss_bytes / 2 ** 20)
  const left = available_bytes - loaded_rss_bytes
  const note = left < LEAST_AVAILABLE_BYTES ? '; that leaves little for other programs' : ''
  return [`with ${loaded_files} files waiting it holds ${mib} MiB of memory${note}`]
}

function scanVerdict({ files, next_ms: ms, cpu_ms: cpuMs }: ScanReport): string[] {
  const share = ms > 0 ? cpuMs / DEFAULT_INTERVAL_MS : 0
  const advice =
    ms > DEFAULT_INTERVAL_MS / 2 ? '; raise sync_interval_mins, or send from fewer directories' : ''
  return [
    `a look at ${files} files takes ${formatTime(Math.max(1, Math.round(ms)))}, ` +
      `${percent(share)} of a core at one look each 6 s${advice}`,
  ]
}

/** One sentence for each thing that the operator should know. */
export function verdict(report: BenchReport): string[] {
  return [
    ...(report.disk ? diskVerdict(report.disk) : []),
    ...uploadVerdict(report),
    ...(report.memory ? memoryVerdict(report.memory) : []),
    ...(report.scan ? scanVerdict(report.scan) : []),
  ]
}
