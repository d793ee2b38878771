/** Deletes one acknowledged version, and nothing else: promise P1 to the letter. Synchronous. */
import type { BytePath } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import type { Upload, UploadEvent } from '../model.ts'
import { ASIDE_DIRECTORY, besideName } from '../system/beneath.ts'
import type { Fd, FileStat, Files } from '../system/files.ts'
import type { Random } from '../system/random.ts'
import type { RootGuard } from '../system/root-guard.ts'
import { restoreAside, restoreBeside } from './restore.ts'

export interface ReclaimParts {
  readonly files: Files
  readonly guard: RootGuard
  readonly random: Random
}

/** What to do where the system cannot tell whether a file is open for writing. */
export type WhenUnsure = 'hold' | 'delete'

const FIRST_HOLD_MS = 1_000
const LONGEST_HOLD_MS = 60_000

type Verdict = 'reclaimed' | 'superseded' | 'vanished' | { readonly held: string }

/** Whether a look saw the bytes of the version, under whatever name. */
export const isSame = (
  a: Pick<FileStat, 'ino' | 'sizeBytes' | 'mtimeNs'>,
  b: FileStat | undefined,
) => b !== undefined && a.ino === b.ino && a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs

interface Candidate {
  readonly upload: Upload
  readonly whenUnsure: WhenUnsure
  readonly directory: Fd
  readonly name: BytePath
  /** The version itself, open for reading. */
  readonly fd: Fd
}

/** Why a file must stay for now; '' when no process writes it. */
function writerProblem(files: Files, { fd, whenUnsure }: Candidate): string {
  const writers = files.writers(fd)
  if (writers === 'open') return 'a process has it open for writing'
  if (writers === 'unknown' && whenUnsure === 'hold') {
    return 'cannot tell whether a process has it open for writing'
  }
  return ''
}

/** The name has left its place: nobody can open it any more, but somebody may just have. */
function decideAside(files: Files, candidate: Candidate, aside: Fd): Verdict {
  const { upload, name } = candidate
  const found = files.statAt(aside, name)
  if (found?.kind !== 'file' || !isSame(upload.file, found)) return 'superseded'
  const problem = writerProblem(files, candidate)
  if (problem !== '') return { held: problem }
  files.unlinkAt(aside, name)
  return 'reclaimed'
}

const INTERRUPTED: Verdict = { held: 'an earlier deletion of this name was interrupted' }

/** A full disk has no room for the folder, and is the one that needs the deletion most. */
function removeBeside(files: Files, candidate: Candidate): Verdict {
  const { directory, name } = candidate
  const aside = besideName(name)
  if (!files.renameNewAt(directory, name, directory, aside)) return INTERRUPTED
  try {
    return decideAside(files, { ...candidate, name: aside }, directory)
  } finally {
    restoreBeside(files, directory, aside)
  }
}

/** False where the disk is full. */
function makeAside(files: Files, directory: Fd): boolean {
  try {
    files.makeDirectoryAt(directory, ASIDE_DIRECTORY)
    return true
  } catch (error) {
    if (['ENOSPC', 'EDQUOT'].includes(errorCode(error))) return false
    throw error
  }
}

function removeName(files: Files, candidate: Candidate): Verdict {
  const { directory, name } = candidate
  if (!makeAside(files, directory)) return removeBeside(files, candidate)
  const aside = files.openDirectoryAt(directory, ASIDE_DIRECTORY)
  try {
    if (!files.renameNewAt(directory, name, aside, name)) return INTERRUPTED
    return decideAside(files, candidate, aside)
  } finally {
    files.close(aside)
    restoreAside(files, directory)
  }
}

function reclaimAt(
  files: Files,
  upload: Upload,
  whenUnsure: WhenUnsure,
  [directory, name]: readonly [Fd, BytePath],
): Verdict {
  const stat = files.statAt(directory, name)
  if (stat === undefined) return 'vanished'
  if (stat.kind !== 'file') return 'superseded'
  const fd = files.openFileAt(directory, name)
  try {
    const candidate = { upload, whenUnsure, directory, name, fd }
    // First, because only what is looked at while nobody can write it stays as it is.
    const problem = writerProblem(files, candidate)
    const opened = files.stat(fd)
    if (!isSame(upload.file, opened) || opened.ctimeNs !== upload.file.ctimeNs) return 'superseded'
    return problem === '' ? removeName(files, candidate) : { held: problem }
  } finally {
    files.close(fd)
  }
}

/** An error here says nothing of the file: it stays. */
function tryReclaim(...args: Parameters<typeof reclaimAt>): Verdict {
  try {
    return reclaimAt(...args)
  } catch (error) {
    return { held: `cannot be deleted (${errorCode(error) || String(error)})` }
  }
}

function verdictOf(parts: ReclaimParts, upload: Upload, whenUnsure: WhenUnsure): Verdict {
  try {
    const verdict = parts.guard.within(upload.file, (directory, name) =>
      tryReclaim(parts.files, upload, whenUnsure, [directory, name]),
    )
    return typeof verdict === 'object' && 'trouble' in verdict ? { held: verdict.trouble } : verdict
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'vanished'
    if (code === 'ELOOP') return 'superseded'
    return { held: `cannot be deleted (${code || String(error)})` }
  }
}

/** Whether the path still holds a file; true where that cannot be told. */
export function stands({ files, guard }: ReclaimParts, { file }: Upload): boolean {
  try {
    const found = guard.within(
      file,
      (directory, name) => files.statAt(directory, name) !== undefined,
    )
    return found !== false
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes(errorCode(error))
  }
}

/** The event says what became of the file. Only an acknowledged upload may come here. */
export function reclaim(parts: ReclaimParts, upload: Upload, whenUnsure: WhenUnsure): UploadEvent {
  if (upload.state !== 'acknowledged' || upload.receipt === undefined) {
    throw new Error('only what is acknowledged is reclaimed')
  }
  const verdict = verdictOf(parts, upload, whenUnsure)
  if (typeof verdict === 'string') return { type: verdict, row: upload.row }
  return held(parts, upload, verdict.held)
}

/** It stays for now, and is tried again. */
export function held(parts: ReclaimParts, { row, attempts }: Upload, reason: string): UploadEvent {
  const ceiling = Math.min(FIRST_HOLD_MS * 2 ** Math.min(attempts, 20), LONGEST_HOLD_MS)
  const waitMs = ceiling / 2 + (parts.random.fraction() * ceiling) / 2
  return { type: 'held', row, waitMs, reason }
}
