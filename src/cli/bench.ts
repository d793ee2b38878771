/** `ferry bench`: what this board's disk, memory, directories and network can do. */
import { Database } from 'bun:sqlite'
import * as fs from 'node:fs'
import * as os from 'node:os'
import { resolve } from 'node:path'
import { type BenchBounds, type BenchParts, FLOOR_BYTES, measureDisk } from '../bench/disk.ts'
import { measureMemory } from '../bench/memory.ts'
import type { BenchReport, DiskReport, ScanReport } from '../bench/report.ts'
import { measureScan } from '../bench/scan.ts'
import { renderBench } from '../bench/table.ts'
import { verdict } from '../bench/verdict.ts'
import { fromText } from '../byte-path.ts'
import { UsageError } from '../errors.ts'
import { migrate } from '../journal/migrations.ts'
import { openJournal } from '../journal/open-journal.ts'
import { createSqliteJournal } from '../journal/sqlite-journal.ts'
import { createSystemClock } from '../system/clock.ts'
import { createSystemRandom } from '../system/random.ts'
import { leftScratches, makeScratch, type Scratch } from '../system/scratch.ts'
import { formatBytes, parseSize } from '../units.ts'
import { SOFTWARE } from '../version.ts'
import { askFio } from './bench-fio.ts'
import { measureUploads, ownUsage } from './bench-uploads.ts'
import type { Arguments, ExitCode } from './command.ts'
import { openLog } from './machine.ts'
import { print } from './output.ts'

const KINDS = ['disk', 'upload', 'memory', 'scan', 'all'] as const
type Kind = (typeof KINDS)[number]

const DEFAULT_SECONDS = 5
const MOST_SECONDS = 600
const DEFAULT_SIZE_BYTES = 256 << 20
const LEAST_SIZE_BYTES = 8 << 20
const MOST_SIZE_BYTES = 4 * 2 ** 30

const clock = createSystemClock()

function memoryJournal() {
  const db = new Database(':memory:', { strict: true })
  migrate(db)
  return createSqliteJournal(db, clock.monotonicMs())
}

function readBounds(args: Arguments): BenchBounds {
  const seconds = Number(args.text('seconds') ?? DEFAULT_SECONDS)
  if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
    throw new UsageError(`--seconds is a number up to ${MOST_SECONDS}`)
  }
  const size = args.text('size')
  const sizeBytes = size === undefined ? DEFAULT_SIZE_BYTES : (parseSize(size) ?? 0)
  if (!(sizeBytes >= LEAST_SIZE_BYTES && sizeBytes <= MOST_SIZE_BYTES)) {
    throw new UsageError('--size is a size from 8MiB to 4GiB, as 256MiB')
  }
  return { sizeBytes: sizeBytes - (sizeBytes % (1 << 20)), durationMs: seconds * 1000 }
}

interface Wanted {
  readonly kind: Kind
  readonly directory: string
}

function readWanted({ words }: Arguments): Wanted {
  const [first = '', directory, ...rest] = words
  const kind = KINDS.find((one) => one === first)
  if (kind === undefined || rest.length > 0)
    throw new UsageError('bench disk DIR | upload [DIR] | memory | scan DIR | all DIR')
  if (directory === undefined && kind !== 'memory' && kind !== 'upload') {
    throw new UsageError(`bench ${kind} needs a directory: the disk or the files to measure`)
  }
  const path = resolve(directory ?? '.')
  if (!fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${path} is not a directory`)
  }
  return { kind, directory: path }
}

/** A disk that is nearly full is not measured: that would fill it for others. */
function refuseShortSpace({ scratch }: BenchParts, neededBytes: number): void {
  const { availableBytes } = scratch.space()
  if (availableBytes >= neededBytes + FLOOR_BYTES) return
  throw new Error(
    `${formatBytes(availableBytes)} are free there, and ${formatBytes(neededBytes)} are needed with ` +
      `${formatBytes(FLOOR_BYTES)} to spare: free some, or use a smaller --size`,
  )
}

/** Runs with a folder of its own, which is gone afterwards however this ends, but by a kill -9. */
async function withScratch<T>(
  directory: string,
  signal: AbortSignal,
  work: (parts: BenchParts) => Promise<T>,
): Promise<T> {
  for (const left of leftScratches(directory)) {
    process.stderr.write(
      `ferry: ${left} was left by an earlier measurement; remove it if none runs\n`,
    )
  }
  const scratch = makeScratch(directory)
  const progress = (text: string) => process.stderr.write(`ferry: ${text}\n`)
  try {
    return await work({ scratch, clock, random: createSystemRandom(), progress, signal })
  } finally {
    scratch.remove()
  }
}

async function diskOf(
  parts: BenchParts,
  bounds: BenchBounds,
  directory: string,
): Promise<DiskReport> {
  const disk = await measureDisk(parts, bounds)
  if (Bun.which('fio') !== null) parts.progress('disk: the same by fio')
  const sizes = { ...bounds, sizeBytes: disk.bytes }
  const fio = disk.volatile ? undefined : await askFio(parts.scratch.path, sizes, parts.signal)
  return { directory, ...disk, fio }
}

/** Of a row in the journal, with room for the journal's log. */
const ROW_BYTES = 512

function refuseRows(scratch: Scratch, files: number): void {
  const { availableBytes } = scratch.space()
  if (availableBytes >= files * ROW_BYTES) return
  throw new Error(
    `${formatBytes(availableBytes)} are free in ${os.tmpdir()}, and a journal of ${files} files needs ` +
      `${formatBytes(files * ROW_BYTES)}: free some, or set TMPDIR to a folder with room`,
  )
}

/** With a journal in the system's temporary folder, so that neither files nor agent are touched. */
const scanOf = (shown: string, signal: AbortSignal): Promise<ScanReport> =>
  withScratch(os.tmpdir(), signal, async ({ scratch, progress }) => {
    const log = openLog({ level: 'warn', format: 'auto' }, clock)
    const journal = openJournal({ directory: scratch.path, clock, log })
    try {
      return await measureScan({
        ...{ directory: fromText(shown), shown, journal, clock, log, progress, signal },
        ...{ usage: ownUsage, refuseRows: (files) => refuseRows(scratch, files) },
      })
    } finally {
      journal.close()
    }
  })

async function measure(args: Arguments, signal: AbortSignal): Promise<BenchReport> {
  const { kind, directory } = readWanted(args)
  const bounds = readBounds(args)
  const is = (one: Kind) => kind === one || kind === 'all'
  const progress = (text: string) => process.stderr.write(`ferry: ${text}\n`)
  const memory =
    is('memory') &&
    (await measureMemory({
      meminfo: fs.readFileSync('/proc/meminfo', 'utf8'),
      journal: memoryJournal(),
      rssBytes: () => ownUsage().rssBytes,
      loadNetwork: () => import('@grpc/grpc-js'),
      progress,
    }))
  const scan = is('scan') && (await scanOf(directory, signal))
  const found =
    !is('disk') && !is('upload')
      ? {}
      : await withScratch(directory, signal, async (parts) => {
          refuseShortSpace(parts, bounds.sizeBytes * (is('upload') ? 2 : 1))
          return {
            ...(is('disk') && { disk: await diskOf(parts, bounds, directory) }),
            ...(is('upload') && { uploads: await measureUploads(args, parts, bounds) }),
          }
        })
  const cpus = os.availableParallelism()
  return { software: SOFTWARE, cpus, ...found, ...(memory && { memory }), ...(scan && { scan }) }
}

export async function bench(args: Arguments): Promise<ExitCode> {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => stop.abort(new Error(`stopped by ${name}, and cleaned up`)))
  }
  const report = await measure(args, stop.signal)
  const document = { ...report, verdict: verdict(report) }
  print(args.flag('json') ? `${JSON.stringify(document, null, 2)}\n` : renderBench(report))
  return 0
}
