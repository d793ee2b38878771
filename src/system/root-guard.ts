/** Opens roots, and notices when one is not what it was: absence must never read as deletion. */
import { type BytePath, display } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import type { Fd, Files } from './files.ts'

/** A root that can be worked in now, or why not. The caller closes `fd`. */
export type OpenedRoot = { readonly fd: Fd; readonly path: BytePath } | { readonly trouble: string }

export interface RootGuard {
  open(path: BytePath): OpenedRoot
}

/** What outlives a restart: device numbers do not, being a mount point does. */
interface Memory {
  fact(name: string): string
  setFact(name: string, value: string): void
}

interface Seen {
  readonly dev: bigint
  readonly isMount: boolean
}

function difference(before: Seen | undefined, wasMount: boolean, now: Seen): string {
  if (wasMount && !now.isMount) return 'was a mount point, and nothing is mounted there now'
  if (before && !before.isMount && before.dev !== now.dev) {
    return 'another file system has been mounted over it'
  }
  return ''
}

const OPEN_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a directory',
  EACCES: 'cannot be read (no permission)',
}

export function createRootGuard(files: Files, memory: Memory): RootGuard {
  const seen = new Map<BytePath, Seen>()
  const tryOpen = (path: BytePath): Fd | string => {
    try {
      return files.openRoot(path)
    } catch (error) {
      const code = errorCode(error)
      return OPEN_TROUBLES[code] ?? `cannot be opened (${code})`
    }
  }
  const lookAt = (fd: Fd): Seen | string => {
    try {
      const { dev } = files.stat(fd)
      return { dev, isMount: files.statAt(fd, '..' as BytePath)?.dev !== dev }
    } catch (error) {
      return errorCode(error)
    }
  }
  return {
    open(path) {
      const fd = tryOpen(path)
      if (typeof fd === 'string') return { trouble: `root ${display(path)} ${fd}` }
      const now = lookAt(fd)
      if (typeof now === 'string') {
        files.close(fd)
        return { trouble: `root ${display(path)} cannot be looked at (${now})` }
      }
      const fact = `mount ${display(path)}`
      const before = seen.get(path)
      const wasMount = before ? before.isMount : memory.fact(fact) === 'yes'
      const trouble = difference(before, wasMount, now)
      if (trouble !== '') {
        files.close(fd)
        return { trouble: `root ${display(path)} ${trouble}` }
      }
      seen.set(path, now)
      if (now.isMount && !wasMount) memory.setFact(fact, 'yes')
      return { fd, path }
    },
  }
}
