/** One look at everything: files that stayed the same since an earlier look go to the journal. */
import { type BytePath, join, relativeTo } from '../byte-path.ts'
import type { Journal, KnownFile } from '../journal/journal.ts'
import type { FileVersion } from '../model.ts'
import type { Clock } from '../system/clock.ts'
import type { Fd, FileStat, Files } from '../system/files.ts'
import type { Logger } from '../system/logger.ts'
import type { RootGuard } from '../system/root-guard.ts'
import { lookAtUnfinished, type Orphans } from './orphans.ts'
import { createPassReport, type PassReport } from './report.ts'
import type { Root } from './root.ts'
import { createSelection } from './selection.ts'
import type { Snapshot, Visit } from './snapshot.ts'
import type { Stability } from './stability.ts'
import { type Walk, type WalkedFile, walkRoot } from './walk.ts'

export interface PassParts {
  readonly files: Files
  readonly guard: RootGuard
  readonly journal: Journal
  readonly clock: Clock
  readonly stability: Stability
  /** What earlier passes of this agent saw. */
  readonly snapshot: Snapshot
  readonly orphans: Orphans
  readonly log: Logger
  /** Tidies up what a crash left in a capture directory; called once for each, when it is first looked at. */
  readonly sweep?: (capture: BytePath) => void
  /** Puts back what an interrupted deletion left in a directory. */
  readonly restore: (directory: Fd, path: BytePath, held: BytePath) => void
  /** Told how many rows were made. */
  readonly written?: (events: number) => void
}

export interface PassOptions {
  readonly roots: readonly Root[]
  readonly quietMs: number
  /** Rows the journal may hold; what is found beyond waits for the next pass. */
  readonly maxRows: number
}

/** One transaction's worth of new rows. */
const DISCOVER_BATCH = 1000

/** Whether a look saw the version that has a row. */
export const sameVersion = (known: KnownFile, stat: FileStat) =>
  known.sizeBytes === stat.sizeBytes &&
  known.mtimeNs === stat.mtimeNs &&
  known.ctimeNs === stat.ctimeNs &&
  known.ino === stat.ino

const versionOf = (root: BytePath, path: BytePath, stat: FileStat): FileVersion => {
  const { dev, ino, sizeBytes, mtimeNs, ctimeNs } = stat
  return { root, path, dev, ino, sizeBytes, mtimeNs, ctimeNs }
}

const FULL = 'waits until files found earlier are sent'
const JOURNAL_FULL = 'waits for room in the journal'

function createDiscovery(parts: PassParts, maxRows: number) {
  let room: number | undefined
  let found: FileVersion[] = []
  const flush = () => {
    if (found.length > 0) parts.journal.discover(found)
    parts.written?.(found.length)
    found = []
  }
  return {
    flush,
    /** False when the journal is full. */
    add(file: FileVersion): boolean {
      room ??= maxRows - parts.journal.rows()
      if (room <= 0) return false
      room -= 1
      found.push(file)
      if (found.length >= DISCOVER_BATCH) flush()
      return true
    },
  }
}

type Discovery = ReturnType<typeof createDiscovery>

type Look = Pick<Walk, 'files'> & Required<Pick<Walk, 'enter'>>

/** What the looks at directories have in common: each is begun, looked at in pieces and left. */
function createVisits({ snapshot, journal }: PassParts, report: PassReport) {
  const visits = new Map<BytePath, Visit>()
  return {
    at: (directory: BytePath) => visits.get(directory) as Visit,
    enter(directory: BytePath) {
      const visit = snapshot.visit(directory, journal.rows(directory))
      visits.set(directory, visit)
      return {
        isSettled: visit.isSettled,
        leave() {
          const { files, bytes } = visit.leave()
          report.settled(files, bytes)
          visits.delete(directory)
        },
      }
    },
  }
}

function createLook(parts: PassParts, options: PassOptions, discovery: Discovery) {
  const { journal, clock, stability } = parts
  return (root: Root, report: PassReport): Look => {
    const select = createSelection(root, options.quietMs)
    const visits = createVisits(parts, report)
    const find = (version: FileVersion, visit: Visit, known?: KnownFile) => {
      if (!discovery.add(version)) return report.crowd(version.path, JOURNAL_FULL)
      if (known === undefined) visit.added()
      report.discovered()
    }
    const unfinished = (path: BytePath, stat: FileStat, visit: Visit) => {
      const { quietMs } = options
      const version = versionOf(root.path, path, stat)
      const adoption = lookAtUnfinished(parts, version, quietMs, clock.monotonicMs())
      if ('reason' in adoption) return report.skip(path, adoption.reason)
      report.seen(stat.sizeBytes)
      find(versionOf(root.path, adoption.path, adoption.stat), visit)
    }
    const lookAt = (
      path: BytePath,
      { name, stat }: WalkedFile,
      visit: Visit,
      known?: KnownFile,
    ) => {
      const choice = select(relativeTo(root.path, path) as BytePath)
      if (!choice.send) {
        const isOrphan = choice.isUnfinished && root.isCapture
        return isOrphan ? unfinished(path, stat, visit) : report.skip(path, choice.reason)
      }
      if (known !== undefined && sameVersion(known, stat)) {
        visit.settle(name, stat)
        return report.settled(1, stat.sizeBytes)
      }
      report.seen(stat.sizeBytes)
      const version = versionOf(root.path, path, stat)
      const verdict = stability.look(version, choice.quietMs, clock.monotonicMs())
      if (verdict === 'full') return report.crowd(path, FULL)
      if (verdict === 'changing') return report.changing(path)
      find(version, visit, known)
    }
    const files = (directory: BytePath, chunk: readonly WalkedFile[]) => {
      const first = chunk[0]?.name as BytePath
      const last = chunk[chunk.length - 1]?.name as BytePath
      const known = journal.known(directory, first, last)
      const visit = visits.at(directory)
      for (const file of chunk)
        lookAt(join(directory, file.name), file, visit, known.get(file.name))
    }
    return { enter: visits.enter, files }
  }
}

/** Looks at each root in turn. A root that cannot be looked at is in the report; others go on. */
export async function runPass(
  parts: PassParts,
  options: PassOptions,
  signal: AbortSignal,
): Promise<PassReport> {
  const { files, guard, clock, stability } = parts
  const report = createPassReport(clock.monotonicMs())
  const discovery = createDiscovery(parts, options.maxRows)
  const look = createLook(parts, options, discovery)
  for (const root of options.roots) {
    const opened = guard.open(root.path)
    if ('trouble' in opened) {
      report.trouble(root.path, opened.trouble)
      continue
    }
    if (root.isCapture && parts.orphans.mayBegin(root.path)) parts.sweep?.(root.path)
    try {
      await walkRoot(files, opened, {
        ...look(root, report),
        skipped: report.skip,
        aside: parts.restore,
        breathe: async () => {
          await clock.sleep(0)
          signal.throwIfAborted()
        },
      })
      parts.orphans.lookedThrough(root.path)
    } finally {
      files.close(opened.fd)
    }
  }
  discovery.flush()
  stability.endPass()
  parts.snapshot.endPass()
  report.end(clock.monotonicMs())
  return report
}
