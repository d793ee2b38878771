/** Figures from measurements: percentiles, rates, and the class marks of SD cards. Pure. */
import type { DiskReport, Latency } from './report.ts'

/** The value below or at which this part (0 to 1) of the sorted values lie. */
const at = (sorted: readonly number[], part: number) =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0

/** Of at least one time in milliseconds. */
export function latencyOf(timesMs: readonly number[]): Latency {
  const sorted = [...timesMs].sort((a, b) => a - b)
  return { p50: at(sorted, 0.5), p90: at(sorted, 0.9), p99: at(sorted, 0.99), max: at(sorted, 1) }
}

export const perSecond = (count: number, ms: number) => (ms > 0 ? (count * 1000) / ms : 0)

export const mbPerSecond = (bytes: number, ms: number) => perSecond(bytes, ms) / 1e6

interface Mark {
  readonly name: string
  readonly writeMbS: number
  readonly readIops: number
  readonly writeIops: number
}

/** What the SD Association asks of a card that carries the mark. */
const MARKS: readonly Mark[] = [
  { name: 'C10/V10', writeMbS: 10, readIops: 0, writeIops: 0 },
  { name: 'V30', writeMbS: 30, readIops: 0, writeIops: 0 },
  { name: 'A1', writeMbS: 10, readIops: 1500, writeIops: 500 },
  { name: 'A2', writeMbS: 10, readIops: 4000, writeIops: 2000 },
]

export interface MarkResult {
  readonly name: string
  readonly isReached: boolean
  /** What the mark asks for. */
  readonly asks: string
}

/** Each mark, and whether the disk is as fast as a card that carries it must be. */
export function marksOf(disk: DiskReport): MarkResult[] {
  return MARKS.map(({ name, writeMbS, readIops, writeIops }) => ({
    name,
    isReached:
      disk.write_mb_s >= writeMbS &&
      disk.random_read_iops >= readIops &&
      disk.random_write_iops >= writeIops,
    asks:
      readIops === 0
        ? `${writeMbS} MB/s written`
        : `${readIops} reads/s and ${writeIops} writes/s of 4 KiB`,
  }))
}
