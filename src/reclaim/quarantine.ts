/**
 * Moves a file that cannot be decoded to `failed/`, with a file beside it that says why. Nothing is
 * deleted. Synchronous.
 */
import { type BytePath, baseName, components, display, parentOf, relativeTo } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import type { Upload, UploadEvent } from '../model.ts'
import {
  descend,
  FAILED_DIRECTORY,
  QUARANTINE_DIRECTORY,
  REASON_SUFFIX,
  withParent,
} from '../system/beneath.ts'
import type { Clock } from '../system/clock.ts'
import type { Fd, Files } from '../system/files.ts'
import { held, isSame, type ReclaimParts } from './reclaim.ts'

/** The folder of a root for such files. */
export const failedFolderOf = (isCapture: boolean) =>
  isCapture ? FAILED_DIRECTORY : QUARANTINE_DIRECTORY

/** Names tried where the plain one is taken. */
const MOST_NAMES = 1000
const LONGEST_NAME_BYTES = 255 - REASON_SUFFIX.length
const LONGEST_NUMBER_BYTES = 5

/** The number stands before the extension, and a long name loses of its stem: it must stay a capture file. */
function numbered(name: BytePath, number: number): BytePath {
  const dot = name.lastIndexOf('.')
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  const room = Math.max(1, LONGEST_NAME_BYTES - LONGEST_NUMBER_BYTES - extension.length)
  return `${stem.slice(0, room)}${number === 1 ? '' : `.${number}`}${extension}` as BytePath
}

/** What is added below to the reason of a file that has to stay. */
const ADDED = /; (?:cannot be moved: |failed\/ cannot be used |failed\/ has no ).*$/s

/** A file that stayed several times has one reason all the same, and goes to `failed/` with that. */
export function withOwnReason(upload: Upload): Upload {
  if (upload.state !== 'undecodable') return upload
  return { ...upload, reason: upload.reason.replace(ADDED, '') }
}

export const cannotBeMoved = ({ reason }: Upload, why: string) =>
  `${reason}; cannot be moved: ${why}`

interface Reason {
  /** Where it stood, for people and for `ferry retry`; bytes that are no UTF-8 are escaped. */
  readonly path: string
  readonly reason: string
  /** ISO time by the board's clock; for people only. */
  readonly moved: string
}

function writeReason(files: Files, folder: Fd, name: BytePath, reason: Reason): boolean {
  const path = `${name}${REASON_SUFFIX}` as BytePath
  if (files.statAt(folder, path) !== undefined) return false
  const fd = files.createFileAt(folder, path)
  try {
    files.write(fd, Buffer.from(`${JSON.stringify(reason, null, 1)}\n`), 0)
    return true
  } finally {
    files.close(fd)
  }
}

/** The reason is written first: a file in `failed/` is never without one. */
function moveTo(files: Files, from: [Fd, BytePath], folder: Fd, reason: Reason): boolean {
  const [directory, name] = from
  for (let number = 1; number <= MOST_NAMES; number++) {
    const other = numbered(name, number)
    if (!writeReason(files, folder, other, reason)) continue
    if (files.renameNewAt(directory, name, folder, other)) return true
    files.unlinkAt(folder, `${other}${REASON_SUFFIX}` as BytePath)
  }
  return false
}

export interface QuarantineParts extends ReclaimParts {
  readonly clock: Pick<Clock, 'wallMs'>
  readonly isCaptureRoot: (root: BytePath) => boolean
}

/** What is wrong with `failed/` itself says nothing of the file. */
function openFailed(files: Files, root: Fd, segments: readonly BytePath[]): Fd | string {
  try {
    return descend(files, root, segments, (fd, name) => void files.makeDirectoryAt(fd, name))
  } catch (error) {
    return errorCode(error) || String(error)
  }
}

/** Moves what stands there now; an event's type, or why it has to stay. */
function move(parts: QuarantineParts, upload: Upload, root: Fd, [directory, name]: [Fd, BytePath]) {
  const { files } = parts
  const { file, reason } = upload
  const stat = files.statAt(directory, name)
  if (stat === undefined) return 'vanished' as const
  if (stat.kind !== 'file' || !isSame(file, stat) || stat.ctimeNs !== file.ctimeNs) {
    return 'superseded' as const
  }
  const relative = relativeTo(file.root, file.path) ?? baseName(file.path)
  const top = failedFolderOf(parts.isCaptureRoot(file.root))
  const folder = openFailed(files, root, [top, ...components(parentOf(relative))])
  if (typeof folder === 'string') return { held: `${reason}; failed/ cannot be used (${folder})` }
  try {
    const moved = new Date(parts.clock.wallMs()).toISOString()
    const document = { path: display(file.path), reason, moved }
    if (moveTo(files, [directory, name], folder, document)) return 'quarantined' as const
    return { held: `${reason}; failed/ has no free name for it` }
  } finally {
    files.close(folder)
  }
}

/** The event says what became of the file. */
export function quarantine(parts: QuarantineParts, upload: Upload): UploadEvent {
  const { files, guard } = parts
  const { row, file } = upload
  const cannot = (why: string) => held(parts, upload, cannotBeMoved(upload, why))
  const root = guard.open(file.root)
  if ('trouble' in root) return cannot(root.trouble)
  try {
    const verdict = withParent(files, root, file.path, (directory, name) =>
      move(parts, upload, root.fd, [directory, name]),
    )
    return typeof verdict === 'string' ? { type: verdict, row } : held(parts, upload, verdict.held)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return { type: 'vanished', row }
    return cannot(code || String(error))
  } finally {
    files.close(root.fd)
  }
}
