/** Opens roots, and notices when one is not what it was: absence must never read as deletion. */
import { type BytePath, baseName, display, parentOf } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import { openParent } from './beneath.ts'
import type { Claims } from './claims.ts'
import type { Fd, Files } from './files.ts'

/** A root that can be worked in now, or why not. The caller closes `fd`. */
export type OpenedRoot = { readonly fd: Fd; readonly path: BytePath } | { readonly trouble: string }

/** Where a file stands. */
interface Place {
  readonly root: BytePath
  /** Absolute. */
  readonly path: BytePath
}

export interface RootGuard {
  open(path: BytePath): OpenedRoot
  /** Runs `work` on the file's directory and name. Throws as the system does. */
  within<T>(
    place: Place,
    work: (directory: Fd, name: BytePath) => T,
  ): T | { readonly trouble: string }
  /** Within `work`, which waits for nothing, neighbours share the opening of their directory. */
  together<T>(work: () => T): T
}

/** What outlives a restart: device numbers do not, being a mount point does. */
interface Memory {
  fact(name: string): string
  setFact(name: string, value: string): void
}

interface Seen {
  readonly dev: bigint
  readonly ino: bigint
  readonly bornNs: bigint
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

function createNeighbours(files: Files, open: RootGuard['open']) {
  let isTogether = false
  let shared: { readonly root: BytePath; readonly parent: BytePath; readonly fd: Fd } | undefined
  const release = () => {
    const last = shared
    shared = undefined
    if (last) files.close(last.fd)
  }
  const openDirectory = ({ root, path }: Place): Fd | { readonly trouble: string } => {
    const opened = open(root)
    if ('trouble' in opened) return opened
    try {
      return openParent(files, opened, path)
    } finally {
      files.close(opened.fd)
    }
  }
  return {
    within<T>(place: Place, work: (directory: Fd, name: BytePath) => T) {
      const { root } = place
      const parent = parentOf(place.path)
      const name = baseName(place.path)
      if (shared?.parent === parent && shared.root === root) return work(shared.fd, name)
      release()
      const fd = openDirectory(place)
      if (typeof fd === 'object') return fd
      shared = { root, parent, fd }
      try {
        return work(fd, name)
      } finally {
        if (!isTogether) release()
      }
    },
    together<T>(work: () => T): T {
      isTogether = true
      try {
        return work()
      } finally {
        isTogether = false
        release()
      }
    },
  }
}

/** Without `claims` it does not matter who else works in a root. */
export function createRootGuard(
  files: Files,
  memory: Memory,
  claims?: Pick<Claims, 'claim' | 'release'>,
): RootGuard {
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
      const { dev, ino, bornNs = 0n } = files.stat(fd)
      return { dev, ino, bornNs, isMount: files.statAt(fd, '..' as BytePath)?.dev !== dev }
    } catch (error) {
      return errorCode(error)
    }
  }
  const open = (path: BytePath): OpenedRoot => {
    const fd = tryOpen(path)
    if (typeof fd === 'string') {
      claims?.release(path)
      return { trouble: `root ${display(path)} ${fd}` }
    }
    const now = lookAt(fd)
    if (typeof now === 'string') {
      files.close(fd)
      return { trouble: `root ${display(path)} cannot be looked at (${now})` }
    }
    const fact = `mount ${display(path)}`
    const before = seen.get(path)
    const wasMount = before ? before.isMount : memory.fact(fact) === 'yes'
    const changed = difference(before, wasMount, now)
    if (changed !== '') claims?.release(path)
    const trouble = changed || (claims?.claim(path, now) ?? '')
    if (trouble !== '') {
      files.close(fd)
      return { trouble: `root ${display(path)} ${trouble}` }
    }
    seen.set(path, now)
    if (now.isMount && !wasMount) memory.setFact(fact, 'yes')
    return { fd, path }
  }
  return { open, ...createNeighbours(files, open) }
}
