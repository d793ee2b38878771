/**
 * Capture files whose program died while it wrote them: `.prog` files that stood when this process
 * began, have been quiet since and are open in no process become `.capture` files.
 */
import { type BytePath, display } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import type { FileVersion } from '../model.ts'
import { withParent } from '../system/beneath.ts'
import type { Fd, FileStat, Files } from '../system/files.ts'
import type { Logger } from '../system/logger.ts'
import type { RootGuard } from '../system/root-guard.ts'
import { UNFINISHED } from './selection.ts'
import { type Stability, versionKey } from './stability.ts'

/** Outlives the agent that a new configuration replaces: what comes later belongs to a live program. */
export interface Orphans {
  /** True while the first whole pass over the root goes on: what it finds may be an orphan. */
  mayBegin(root: BytePath): boolean
  begin(file: FileVersion): void
  /** Still the version that stood when this process began: what changed since has a live writer. */
  isCandidate(file: FileVersion): boolean
  forget(path: BytePath): void
  /** The root was looked through. */
  lookedThrough(root: BytePath): void
}

/** More would be a sign of something else; they are taken up after the next start. */
const MOST_CANDIDATES = 100_000

export function createOrphans(): Orphans {
  const roots = new Set<BytePath>()
  const candidates = new Map<BytePath, string>()
  return {
    mayBegin: (root) => !roots.has(root) && candidates.size < MOST_CANDIDATES,
    begin: (file) => void candidates.set(file.path, versionKey(file)),
    isCandidate: (file) => candidates.get(file.path) === versionKey(file),
    forget: (path) => void candidates.delete(path),
    lookedThrough: (root) => void roots.add(root),
  }
}

export interface AdoptionParts {
  readonly files: Files
  readonly guard: RootGuard
  readonly stability: Stability
  readonly orphans: Orphans
  readonly log: Logger
}

/** The finished file, or why it stays as it is. */
export type Adoption =
  | { readonly path: BytePath; readonly stat: FileStat }
  | { readonly reason: string }

const OPEN = 'a capture file that a process has open'
const UNKNOWN = 'a capture file left unfinished; cannot tell whether a process has it open'

const finishedName = (name: BytePath) => name.replace(/\.prog$/, '.capture') as BytePath

/** Looks for writers before and after: between the two nobody can open it under its old name. */
function renameAt(files: Files, directory: Fd, name: BytePath): FileStat | string {
  const fd = files.openFileAt(directory, name)
  try {
    const writers = files.writers(fd)
    if (writers !== 'none') return writers === 'open' ? OPEN : UNKNOWN
    const finished = finishedName(name)
    if (!files.renameNewAt(directory, name, directory, finished)) {
      return 'a capture file left unfinished, whose finished name is taken'
    }
    if (files.writers(fd) === 'none') return files.stat(fd)
    files.renameNewAt(directory, finished, directory, name)
    return OPEN
  } finally {
    files.close(fd)
  }
}

function adopt({ files, guard }: AdoptionParts, file: FileVersion): FileStat | string {
  const root = guard.open(file.root)
  if ('trouble' in root) return root.trouble
  try {
    return withParent(files, root, file.path, (directory, name) => renameAt(files, directory, name))
  } catch (error) {
    return `a capture file left unfinished, which cannot be renamed (${errorCode(error)})`
  } finally {
    files.close(root.fd)
  }
}

/** One look at a `.prog` file of a capture directory. */
export function lookAtUnfinished(
  parts: AdoptionParts,
  file: FileVersion,
  quietMs: number,
  monotonicMs: number,
): Adoption {
  const { orphans, stability, log } = parts
  const isFirst = orphans.mayBegin(file.root)
  if (isFirst) orphans.begin(file)
  if (!orphans.isCandidate(file)) return { reason: UNFINISHED }
  const verdict = stability.look(file, quietMs, monotonicMs)
  if (isFirst || verdict !== 'stable') return { reason: UNFINISHED }
  const outcome = adopt(parts, file)
  if (typeof outcome === 'string') return { reason: outcome }
  orphans.forget(file.path)
  log.info('a capture file left unfinished by a crash is taken up', { path: display(file.path) })
  return { path: finishedName(file.path), stat: outcome }
}
