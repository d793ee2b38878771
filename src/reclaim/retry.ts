/** Puts back what lies in `failed/`, so that it is looked at again. Never replaces anything. */
import { type BytePath, display, join } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import { REASON_SUFFIX } from '../system/beneath.ts'
import type { Fd, Files } from '../system/files.ts'
import { failedFolderOf } from './quarantine.ts'

export interface Retried {
  readonly put: number
  /** Paths that stay in `failed/`, and why. */
  readonly kept: readonly { readonly path: string; readonly reason: string }[]
}

interface RetryRoot {
  readonly path: BytePath
  readonly isCapture: boolean
}

/** Where it goes back to is as deep as where it lay. */
function openBeside(files: Files, parent: Fd, name: BytePath): Fd {
  files.makeDirectoryAt(parent, name)
  return files.openDirectoryAt(parent, name)
}

function createReturn(files: Files, kept: { path: string; reason: string }[]) {
  let put = 0
  const back = (from: Fd, to: Fd, name: BytePath, path: BytePath) => {
    if (name.endsWith('.progseq')) {
      const reason = 'a sequence that was never closed cannot be sent'
      kept.push({ path: display(path), reason })
    } else if (files.renameNewAt(from, name, to, name)) {
      put += 1
      const reason = `${name}${REASON_SUFFIX}` as BytePath
      if (files.statAt(from, reason) !== undefined) files.unlinkAt(from, reason)
    } else kept.push({ path: display(path), reason: 'its old place is taken' })
  }
  const enter = (from: Fd, to: Fd, name: BytePath, inner: BytePath): void => {
    const below = files.openDirectoryAt(from, name)
    try {
      const target = openBeside(files, to, name)
      try {
        visit(below, target, inner)
      } finally {
        files.close(target)
      }
    } finally {
      files.close(below)
    }
    files.removeDirectoryAt(from, name)
  }
  /** What is in the way of one name keeps that one back, and no other. */
  const visit = (from: Fd, to: Fd, path: BytePath): void => {
    for (const name of files.listAt(from)) {
      const inner = join(path, name)
      try {
        const kind = files.statAt(from, name)?.kind
        if (kind === 'directory') enter(from, to, name, inner)
        else if (kind === 'file' && !name.endsWith(REASON_SUFFIX)) back(from, to, name, inner)
      } catch (error) {
        kept.push({ path: display(inner), reason: errorCode(error) || String(error) })
      }
    }
  }
  return { visit, count: () => put }
}

/** Each root is gone through; one that cannot be is named among what was kept. */
export function retryFailed(files: Files, roots: readonly RetryRoot[]): Retried {
  const kept: { path: string; reason: string }[] = []
  const { visit, count } = createReturn(files, kept)
  for (const { path, isCapture } of roots) {
    const folder = failedFolderOf(isCapture)
    try {
      const root = files.openRoot(path)
      try {
        if (files.statAt(root, folder)?.kind !== 'directory') continue
        const failed = files.openDirectoryAt(root, folder)
        try {
          visit(failed, root, join(path, folder))
        } finally {
          files.close(failed)
        }
        files.removeDirectoryAt(root, folder)
      } finally {
        files.close(root)
      }
    } catch (error) {
      kept.push({ path: display(path), reason: errorCode(error) || String(error) })
    }
  }
  return { put: count(), kept }
}
