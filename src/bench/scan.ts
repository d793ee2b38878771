/** Measures a look at a directory, with the agent's own code and nothing written down. */
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
  /** In memory: nothing of the agent's own is touched. */
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Logger
  readonly progress: (text: string) => void
  readonly usage: () => { readonly cpuMs: number; readonly rssBytes: number }
  readonly signal: AbortSignal
}

/** Longer than any pass, so that no file is found finished, and none gets a row. */
const NEVER_QUIET_MS = 86_400_000
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
  const options = {
    roots: [{ ...root, isCapture: false }],
    quietMs: NEVER_QUIET_MS,
    maxRows: MOST_ROWS,
  }
  progress('scan: first look')
  const first = (await runPass(pass, options, signal)).figures()
  const [trouble] = first.troubles
  if (trouble !== undefined) throw new Error(trouble.trouble)
  progress('scan: next look')
  const before = usage()
  const next = (await runPass(pass, options, signal)).figures()
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
