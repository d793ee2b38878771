/** One agent works in a directory at a time: told by names of the kernel, which end with their holder. */
import { type BytePath, display } from '../byte-path.ts'
import type { FileStat } from './files.ts'
import { closeDescriptor, dropVisitors, holderOf, takeName } from './libc.ts'
import type { Logger } from './logger.ts'

type Identity = Pick<FileStat, 'dev' | 'ino' | 'bornNs'>

/**
 * No lock of the directory itself: its open descriptor would keep a file system from being
 * unmounted. No file either: a directory may be read-only, or on a file system without locks.
 * Processes in other network namespaces do not see the names.
 */
export interface Claims {
  /** '' once the directory is this process's, and each time again; else who has it, in words. */
  claim(path: BytePath, directory: Identity): string
  /** The path is that directory no more, which another may have under another path. */
  release(path: BytePath): void
  /** Gives back all but these. */
  keep(paths: readonly BytePath[]): void
}

interface Held {
  readonly name: string
  readonly fd: number
}

/** A new directory may have the inode of one that is gone, which its agent has not noticed yet. */
const nameOf = ({ dev, ino, bornNs = 0n }: Identity) => `ferry-root-${dev}-${ino}-${bornNs}`

/** A name that a stranger took must not stop an agent: only root and the same user count. */
function isTrusted(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.()
}

export function createClaims(log: Logger): Claims {
  const held = new Map<BytePath, Held>()
  const ignored = new Set<BytePath>()
  /** One that is stopped answers no more once enough have asked. */
  const others = new Map<string, NonNullable<ReturnType<typeof holderOf>>>()
  const release = (path: BytePath) => {
    const mine = held.get(path)
    held.delete(path)
    if (mine) closeDescriptor(mine.fd)
  }
  return {
    claim(path, directory) {
      const name = nameOf(directory)
      const mine = held.get(path)
      if (mine?.name === name) {
        dropVisitors(mine.fd)
        return ''
      }
      release(path)
      const fd = takeName(name)
      if (fd !== undefined) {
        held.set(path, { name, fd })
        others.delete(name)
        return ''
      }
      const holder = holderOf(name) ?? others.get(name)
      // The same directory under another path.
      if (holder?.pid === process.pid) return ''
      if (holder && isTrusted(holder.uid)) {
        others.set(name, holder)
        return `is worked in by another agent (process ${holder.pid})`
      }
      if (!ignored.has(path)) {
        log.warn("a root's name is held by a stranger, which does not count", {
          root: display(path),
        })
      }
      ignored.add(path)
      return ''
    },
    release,
    keep(paths) {
      for (const path of [...held.keys()]) if (!paths.includes(path)) release(path)
    },
  }
}
