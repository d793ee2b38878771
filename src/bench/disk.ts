/** Measures a disk through files of its own: sequential, synced and random. */
import type { Clock } from '../system/clock.ts'
import type { Random } from '../system/random.ts'
import { DIRECT_BYTES, type Scratch, type ScratchFile } from '../system/scratch.ts'
import { latencyOf, mbPerSecond, perSecond } from './figures.ts'
import type { DiskReport } from './report.ts'

export interface BenchParts {
  readonly scratch: Scratch
  readonly clock: Clock
  readonly random: Random
  /** Told what is being done; for standard error. */
  readonly progress: (text: string) => void
  readonly signal: AbortSignal
}

export interface BenchBounds {
  /** The largest file. */
  readonly sizeBytes: number
  /** Of each kind of measurement. */
  readonly durationMs: number
}

const CHUNK_BYTES = 1 << 20
/** So that the disk and not memory is measured, and that time is kept. */
const SYNC_EACH_BYTES = 8 << 20
/** As in etcd's test of a disk. */
const SYNCED_WRITE_BYTES = 2300
const MOST_SYNCS = 500
const MOST_RANDOM = 20_000
/** What stays free for others while it is measured. */
export const FLOOR_BYTES = 256 << 20

/** Runs the step until the time or the count is over; gives how many, and the time. */
async function repeat(
  { clock, signal }: BenchParts,
  bounds: { readonly durationMs: number; readonly most: number },
  step: (index: number) => void,
): Promise<{ count: number; ms: number }> {
  const startMs = clock.monotonicMs()
  let count = 0
  while (count < bounds.most && clock.monotonicMs() - startMs < bounds.durationMs) {
    signal.throwIfAborted()
    step(count)
    count += 1
    // Signals are heard between two steps.
    if (count % 16 === 0) await clock.sleep(0)
  }
  return { count, ms: clock.monotonicMs() - startMs }
}

/** Bytes that no disk can compress. */
const noise = ({ random }: BenchParts) =>
  Buffer.concat(Array.from({ length: CHUNK_BYTES >> 16 }, () => random.bytes(1 << 16)))

async function writeThrough(parts: BenchParts, bounds: BenchBounds, file: ScratchFile) {
  const chunk = noise(parts)
  const most = Math.floor(bounds.sizeBytes / CHUNK_BYTES)
  const each = SYNC_EACH_BYTES / CHUNK_BYTES
  const { clock } = parts
  const startMs = clock.monotonicMs()
  const { count } = await repeat(parts, { ...bounds, most }, (index) => {
    file.write(chunk, index * CHUNK_BYTES)
    if (index % each === each - 1) file.sync()
  })
  file.sync()
  const bytes = count * CHUNK_BYTES
  return { bytes, mbS: mbPerSecond(bytes, clock.monotonicMs() - startMs) }
}

async function readBack(parts: BenchParts, bounds: BenchBounds, file: ScratchFile, bytes: number) {
  const left = file.dropCached(bytes)
  const into = new Uint8Array(CHUNK_BYTES)
  const most = bytes / CHUNK_BYTES
  const { count, ms } = await repeat(parts, { ...bounds, most }, (index) => {
    file.read(into, index * CHUNK_BYTES)
  })
  // A page or two are held by whoever looks at the file just now.
  const isCold = left !== undefined && left <= bytes / 100
  return { mbS: mbPerSecond(count * CHUNK_BYTES, ms), isCold }
}

async function syncLatency(parts: BenchParts, bounds: BenchBounds) {
  const file = parts.scratch.open('syncs', 'cached')
  if (file === undefined) throw new Error('the file to sync cannot be opened')
  const { clock } = parts
  const bytes = noise(parts).subarray(0, SYNCED_WRITE_BYTES)
  const times: number[] = []
  try {
    await repeat(parts, { ...bounds, most: MOST_SYNCS }, (index) => {
      file.write(bytes, index * SYNCED_WRITE_BYTES)
      const startMs = clock.monotonicMs()
      file.sync()
      times.push(clock.monotonicMs() - startMs)
    })
  } finally {
    file.close()
  }
  return latencyOf(times)
}

/** 4 KiB here and there in the file, one at a time, past the page cache where that can be. */
async function randomAccess(parts: BenchParts, bounds: BenchBounds, bytes: number) {
  // A large allocation begins at a page, as writing past the page cache asks for.
  const block = noise(parts).subarray(0, DIRECT_BYTES)
  const direct = openDirect(parts, block)
  const file = direct ?? parts.scratch.open('sequential', 'cached')
  if (file === undefined) throw new Error('the file to write to cannot be opened again')
  const blocks = Math.floor(bytes / DIRECT_BYTES)
  const somewhere = () => Math.floor(parts.random.fraction() * blocks) * DIRECT_BYTES
  const most = { ...bounds, most: MOST_RANDOM }
  try {
    const writes = await repeat(parts, most, () => {
      file.write(block, somewhere())
      if (direct === undefined) file.sync()
    })
    if (direct === undefined) file.dropCached(bytes)
    const reads = await repeat(parts, most, () => void file.read(block, somewhere()))
    return {
      random_write_iops: perSecond(writes.count, writes.ms),
      random_read_iops: perSecond(reads.count, reads.ms),
      random_direct: direct !== undefined,
    }
  } finally {
    file.close()
  }
}

/** undefined where the file system or this memory cannot be written from past the page cache. */
function openDirect({ scratch }: BenchParts, block: Uint8Array): ScratchFile | undefined {
  const file = scratch.open('sequential', 'direct')
  try {
    file?.write(block, 0)
    return file
  } catch {
    file?.close()
    return undefined
  }
}

/** Fails with the system's errors. */
export async function measureDisk(
  parts: BenchParts,
  bounds: BenchBounds,
): Promise<Omit<DiskReport, 'fio' | 'directory'>> {
  const { scratch, progress } = parts
  const file = scratch.open('sequential', 'cached')
  if (file === undefined) throw new Error('the file to measure with cannot be made')
  try {
    progress('disk: writing')
    const written = await writeThrough(parts, bounds, file)
    progress('disk: reading')
    const read = await readBack(parts, bounds, file, written.bytes)
    progress('disk: syncs')
    const fdatasync = await syncLatency(parts, bounds)
    progress('disk: 4 KiB here and there')
    return {
      bytes: written.bytes,
      write_mb_s: written.mbS,
      read_mb_s: read.mbS,
      read_from_disk: read.isCold,
      fdatasync_ms: fdatasync,
      ...(await randomAccess(parts, bounds, written.bytes)),
      volatile: scratch.space().isVolatile,
    }
  } finally {
    file.close()
  }
}
