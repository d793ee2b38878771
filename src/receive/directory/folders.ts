/** Folders of the store: made on the way, and known to be durable only once synced in this run. */
import type { BytePath } from '../../byte-path.ts'
import { parentOf } from '../../byte-path.ts'
import { errorCode } from '../../errors.ts'
import type { Fd, Files } from '../../system/files.ts'
import { directoryName } from '../names.ts'
import { inGroups } from './in-groups.ts'

export interface Folders {
  /** Makes the folder and those above it; a file in the way gives the folder another name. */
  ensure(segments: readonly string[]): BytePath
  /** Runs what needs folders; where one of them was taken away meanwhile, makes them again. */
  within<T>(work: () => T): T
  withinAsync<T>(work: () => Promise<T>): Promise<T>
  /** Another folder took this one's name: it is to be made durable again. */
  exchanged(folder: BytePath): void
  /** Resolves when the entries of these folders, and of those that lead to them, are durable. */
  sync(folders: Iterable<BytePath>): Promise<void>
}

/** Folders remembered as durable; beyond it the memory starts afresh, which costs syncs only. */
const REMEMBERED = 10_000

/** Which folders' entries are known to be durable. */
function createLinks(files: Files, root: Fd) {
  const linked = new Set<BytePath>()
  let exchanges = 0
  const syncOne = async (folder: BytePath) => {
    const fd = files.openDirectoryAt(root, folder === '' ? ('.' as BytePath) : folder)
    try {
      await files.sync(fd)
    } finally {
      files.close(fd)
    }
  }
  return {
    forget: (folder: BytePath) => void linked.delete(folder),
    exchanged(folder: BytePath) {
      linked.delete(folder)
      exchanges += 1
    },
    async sync(folders: Iterable<BytePath>) {
      const wanted = new Set<BytePath>(folders)
      const ways: BytePath[] = []
      for (const folder of [...wanted]) {
        for (let way = folder; way !== '' && !linked.has(way); way = parentOf(way)) {
          ways.push(way)
          wanted.add(parentOf(way))
        }
      }
      const before = exchanges
      await inGroups([...wanted], syncOne)
      if (before !== exchanges) return
      if (linked.size > REMEMBERED) linked.clear()
      for (const way of ways) linked.add(way)
    },
  }
}

export function createFolders(files: Files, root: Fd): Folders {
  const links = createLinks(files, root)
  /** Folders that were seen to stand; each look at one costs several calls. */
  const standing = new Map<string, BytePath>()
  const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(errorCode(error))
  const place = (parent: BytePath, segment: string): BytePath => {
    const key = `${parent}/${segment}`
    const known = standing.get(key)
    if (known !== undefined) return known
    const found = make(parent, segment)
    if (standing.size > REMEMBERED) standing.clear()
    standing.set(key, found)
    return found
  }
  const make = (parent: BytePath, segment: string): BytePath => {
    const path = (parent === '' ? segment : `${parent}/${segment}`) as BytePath
    const aside = directoryName(path) as BytePath
    if (files.statAt(root, aside)?.kind === 'directory') return aside
    if (files.makeDirectoryAt(root, path)) {
      links.forget(path)
      return path
    }
    if (files.statAt(root, path)?.kind === 'directory') return path
    files.makeDirectoryAt(root, aside)
    return aside
  }
  return {
    within(work) {
      try {
        return work()
      } catch (error) {
        if (!isMissing(error)) throw error
        standing.clear()
        return work()
      }
    },
    async withinAsync(work) {
      try {
        return await work()
      } catch (error) {
        if (!isMissing(error)) throw error
        standing.clear()
        return await work()
      }
    },
    ensure: (segments) => segments.reduce<BytePath>(place, '' as BytePath),
    exchanged: links.exchanged,
    sync: links.sync,
  }
}
