/** Descriptors and paths of a simulated process. */
import type { Fd } from '../../src/system/files.ts'
import type { Inode } from './medium.ts'
import type { Process } from './process.ts'
import type { Disk } from './sim-disk.ts'

interface Descriptor {
  readonly inode: Inode
  readonly writable: boolean
  leased: boolean
}

export const failure = (code: string, label: string) =>
  Object.assign(new Error(`${code}: ${label}`), { code })

/** Paths come again and again, most of them names. */
const split = new Map<string, readonly string[]>()
const MOST_SPLIT = 10_000

export function partsOf(path: string): readonly string[] {
  const known = split.get(path)
  if (known !== undefined) return known
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (split.size >= MOST_SPLIT) split.clear()
  split.set(path, parts)
  return parts
}

/** The directory and the last name of a path below it. */
export function locate(from: Inode, path: string): [directory: Inode, name: string] {
  const parts = partsOf(path)
  const last = parts.length - 1
  let directory = from
  for (let at = 0; at < last; at++) {
    const part = parts[at] as string
    const next = part === '..' ? directory.parent : directory.entries.get(part)
    if (next === undefined) throw failure('ENOENT', path)
    if (next.kind !== 'directory') throw failure('ENOTDIR', path)
    directory = next
  }
  return [directory, parts[last] ?? '.']
}

export function find(from: Inode, path: string): Inode | undefined {
  const [directory, name] = locate(from, path)
  if (name === '.') return directory
  return name === '..' ? (directory.parent ?? directory) : directory.entries.get(name)
}

export function createDescriptors(disk: Disk, process: Process) {
  const table: (Descriptor | undefined)[] = []
  const close = (fd: Fd) => {
    const descriptor = table[fd]
    if (descriptor === undefined) throw failure('EBADF', 'close')
    table[fd] = undefined
    const { inode, writable, leased } = descriptor
    inode.opens -= 1
    if (writable) inode.writers -= 1
    if (leased) inode.leases -= 1
    disk.drop(inode)
  }
  process.atEnd(() => {
    table.forEach((descriptor, fd) => {
      if (descriptor) close(fd)
    })
  })
  return {
    close,
    /** The lowest free number, as the system gives it. */
    open(inode: Inode, writable: boolean): Fd {
      let fd = 3
      while (table[fd] !== undefined) fd += 1
      table[fd] = { inode, writable, leased: false }
      inode.opens += 1
      if (writable) inode.writers += 1
      return fd
    },
    get(fd: Fd): Descriptor {
      const descriptor = table[fd]
      if (descriptor === undefined) throw failure('EBADF', String(fd))
      return descriptor
    },
    count: () => table.filter((descriptor) => descriptor !== undefined).length,
  }
}

export type Descriptors = ReturnType<typeof createDescriptors>

/** undefined too where a directory on the way is missing. */
export function findQuietly(from: Inode, path: string): Inode | undefined {
  try {
    return find(from, path)
  } catch {
    return undefined
  }
}
