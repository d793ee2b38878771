/** Measures looks at a directory as the agent's: the first, and one at which nothing has changed. */
import type { BytePath } from '../byte-path.ts'
import type { Journal } from '../journal/journal.ts'
import { createOrphans } from '../scan/orphans.ts'
import { runPass } from '../scan/pass.ts'
import { createSnapshot } from '../scan/snapshot.ts'
import { createStability } from '../scan/stability.ts'
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { createRootGuard } from '../system/root-guard.ts'
import type { ScanReport } from './report.ts'

interface ScanBenchParts {
  readonly directory: BytePath
  readonly shown: string
  /** An empty one, of the measurement's own: it gets a row for each file, as the agent's has. */
  readonly journal: Journal
  /** Throws where so many rows have no room. */
  readonly refuseRows: (files: number) => void
  readonly clock: Clock
  readonly log: Logger
  readonly progress: (text: string) => void
  readonly usage: () => { readonly cpuMs: number; readonly rssBytes: number }
  readonly signal: AbortSignal
}

/** Longer than any pass: at the first look no file is found finished yet. */
const NEVER_QUIET_MS = 86_400_000
/** Every file that is not being written to gets its row. */
const QUIET_MS = 0
/** What has no row beyond is looked at closely each time, as the agent does with a full journal. */
const MOST_ROWS = 500_000
const NO_MEMORY = { fact: () => '', setFact: () => {} }

/** Fails where the directory cannot be looked at. */
export async function measureScan(parts: ScanBenchParts): Promise<ScanReport> {
  const { directory, clock, journal, log, progress, usage, signal } = parts
  const files = createPosixFiles()
  const pass = {
    ...{ files, journal, clock, log },
    guard: createRootGuard(files, NO_MEMORY),
    stability: createStability(),
    snapshot: createSnapshot(),
    orphans: createOrphans(),
    // An interrupted deletion is left to the agent.
    restore: () => {},
  }
  const root = { path: directory, include: [], exclude: [], afterUpload: 'keep' as const }
  const lookWith = async (quietMs: number) => {
    const options = { roots: [{ ...root, isCapture: false }], quietMs, maxRows: MOST_ROWS }
    return (await runPass(pass, options, signal)).figures()
  }
  progress('scan: first look')
  const first = await lookWith(NEVER_QUIET_MS)
  const [trouble] = first.troubles
  if (trouble !== undefined) throw new Error(trouble.trouble)
  parts.refuseRows(Math.min(first.files, MOST_ROWS))
  progress('scan: a row for each file')
  await lookWith(QUIET_MS)
  // Only a look that finds the row lets later ones pass over its file.
  await lookWith(QUIET_MS)
  progress('scan: next look')
  const before = usage()
  const next = await lookWith(QUIET_MS)
  const after = usage()
  return {
    directory: parts.shown,
    files: next.files,
    bytes: next.bytes,
    skipped: next.skipped.reduce((sum, one) => sum + one.files, 0),
    first_ms: first.tookMs,
    next_ms: next.tookMs,
    cpu_ms: after.cpuMs - before.cpuMs,
    rss_bytes: after.rssBytes,
  }
}
