/** `Files` of one process on a simulated disk, with errors and ends at any call. */
import type { BytePath } from '../../src/byte-path.ts'
import type { Fd, FileStat, Files, WriterCheck } from '../../src/system/files.ts'
import { fingerprint } from '../../src/system/fingerprint.ts'
import { type Calls, createCalls, type SimFilesOptions } from './calls.ts'
import {
  createDescriptors,
  type Descriptors,
  failure,
  find,
  findQuietly,
  locate,
} from './descriptors.ts'
import type { Inode } from './medium.ts'

const toStat = (inode: Inode, dev: bigint): FileStat => ({
  kind: inode.kind,
  dev,
  ino: BigInt(inode.ino),
  sizeBytes: inode.size,
  mtimeNs: inode.mtimeNs,
  ctimeNs: inode.ctimeNs,
  links: inode.links,
})

function createOpening(options: SimFilesOptions, fds: Descriptors, calls: Calls) {
  const { disk, hooks } = options
  const directoryOf = (fd: Fd) => {
    const { inode } = fds.get(fd)
    if (inode.kind !== 'directory') throw failure('ENOTDIR', String(fd))
    return inode
  }
  const existing = (from: Inode, path: string, kind: Inode['kind']) => {
    const inode = find(from, path)
    if (inode === undefined) throw failure('ENOENT', path)
    if (kind === 'directory' && inode.kind !== 'directory') throw failure('ENOTDIR', path)
    return inode
  }
  const openRoot = (path: BytePath) =>
    calls.plain(`openRoot ${path}`, () => fds.open(existing(disk.root, path, 'directory'), false))
  const opened = (fd: Fd, name: BytePath, kind: Inode['kind'], writable: boolean) =>
    calls.plain(`open ${name}`, () => fds.open(existing(directoryOf(fd), name, kind), writable))
  return {
    directoryOf,
    existing,
    openRoot,
    openDirectoryAt: (fd: Fd, name: BytePath) => opened(fd, name, 'directory', false),
    openFileAt: (fd: Fd, name: BytePath) => opened(fd, name, 'file', false),
    openWritableAt: (fd: Fd, name: BytePath) => opened(fd, name, 'file', true),
    createFileAt: (fd: Fd, path: BytePath) =>
      calls.growing(`create ${path}`, () => {
        const [directory, name] = locate(directoryOf(fd), path)
        if (directory.entries.has(name)) throw failure('EEXIST', path)
        const inode = disk.make('file')
        disk.change([directory, name, inode])
        hooks.onNamed(directory, name, inode)
        return fds.open(inode, true)
      }),
  }
}

type Opening = ReturnType<typeof createOpening>

function createNaming(options: SimFilesOptions, opening: Opening, calls: Calls) {
  const { disk, hooks } = options
  const { directoryOf, existing } = opening
  const move = (from: Fd, path: BytePath, to: Fd, newPath: BytePath) => {
    const inode = existing(directoryOf(from), path, 'file')
    const [source, name] = locate(directoryOf(from), path)
    const [target, newName] = locate(directoryOf(to), newPath)
    disk.change([target, newName, inode], [source, name, undefined])
    hooks.onNamed(target, newName, inode)
  }
  const stands = (fd: Fd, path: BytePath) => find(directoryOf(fd), path) !== undefined
  const renameNewAt: Files['renameNewAt'] = (from, name, to, newName) =>
    calls.plain(`renameNew ${name} ${newName}`, () => {
      existing(directoryOf(from), name, 'file')
      if (stands(to, newName)) return false
      move(from, name, to, newName)
      return true
    })
  const linkAt: Files['linkAt'] = (from, path, to, newPath) =>
    calls.growing(`link ${path} ${newPath}`, () => {
      const inode = existing(directoryOf(from), path, 'file')
      if (stands(to, newPath)) return false
      const [directory, name] = locate(directoryOf(to), newPath)
      disk.change([directory, name, inode])
      hooks.onNamed(directory, name, inode)
      return true
    })
  const unlinkAt: Files['unlinkAt'] = (fd, path) =>
    calls.plain(`unlink ${path}`, () => {
      const inode = existing(directoryOf(fd), path, 'file')
      const [directory, name] = locate(directoryOf(fd), path)
      hooks.onUnlink(directory, name, inode)
      disk.change([directory, name, undefined])
    })
  const makeDirectoryAt: Files['makeDirectoryAt'] = (fd, path) =>
    calls.growing(`mkdir ${path}`, () => {
      const [directory, name] = locate(directoryOf(fd), path)
      if (directory.entries.has(name)) return false
      disk.change([directory, name, disk.make('directory')])
      return true
    })
  const removeDirectoryAt: Files['removeDirectoryAt'] = (fd, path) =>
    calls.plain(`rmdir ${path}`, () => {
      const [directory, name] = locate(directoryOf(fd), path)
      const inode = directory.entries.get(name)
      if (inode === undefined) return true
      if (inode.entries.size > 0) return false
      disk.change([directory, name, undefined])
      return true
    })
  const renameAt: Files['renameAt'] = (from, name, to, newName) =>
    calls.plain(`rename ${name} ${newName}`, () => move(from, name, to, newName))
  return {
    renameAt,
    renameNewAt,
    linkAt,
    exchangeAt: () => false,
    unlinkAt,
    makeDirectoryAt,
    removeDirectoryAt,
  }
}

function createContent(options: SimFilesOptions, fds: Descriptors, calls: Calls) {
  const { disk, rng, faults, hooks, process, timeline } = options
  const read: Files['read'] = (fd, into, offset) =>
    calls.reading('read', () => {
      const { inode } = fds.get(fd)
      const count = Math.min(into.length, Math.max(0, inode.size - offset))
      into.set(inode.data.subarray(offset, offset + count))
      return count
    })
  const write: Files['write'] = (fd, bytes, offset) =>
    calls.growing(`write ${bytes.length} at ${offset}`, () => {
      const { inode, writable } = fds.get(fd)
      if (!writable) throw failure('EBADF', 'write')
      hooks.onWrite(inode)
      disk.write(inode, bytes, offset)
    })
  const truncate: Files['truncate'] = (fd, size) =>
    calls.plain(`truncate ${size}`, () => {
      const { inode } = fds.get(fd)
      hooks.onWrite(inode)
      disk.truncate(inode, size)
    })
  const setTimes: Files['setTimes'] = (fd, mtimeNs) =>
    calls.plain('setTimes', () => {
      const { inode } = fds.get(fd)
      inode.mtimeNs = mtimeNs
      inode.ctimeNs = disk.stampNs()
    })
  const sync: Files['sync'] = (fd) =>
    new Promise<void>((resolve, reject) => {
      const finish = process.call('sync', () => disk.beginSync(fds.get(fd).inode))
      timeline.after(faults.syncMs(), () => {
        if (!process.isAlive()) return
        const fails = rng.chance(faults.syncError())
        try {
          process.call(fails ? 'sync failed' : 'synced', () => finish(fails ? 'failed' : 'done'))
          if (fails) reject(failure('EIO', 'sync'))
          else resolve()
        } catch {
          // The process ended with it.
        }
      })
    })
  return { read, write, truncate, setTimes, sync }
}

export function createSimFiles(options: SimFilesOptions): Files & { openCount(): number } {
  const { disk, process, rng, faults } = options
  const fds = createDescriptors(disk, process)
  const calls = createCalls(options)
  const opening = createOpening(options, fds, calls)
  const { directoryOf, existing: _, ...opens } = opening
  const writers = (fd: Fd): WriterCheck =>
    calls.plain('writers', () => {
      const descriptor = fds.get(fd)
      if (rng.chance(faults.unknownWriters())) return 'unknown'
      if (descriptor.inode.writers > 0) return 'open'
      if (!descriptor.leased) descriptor.inode.leases += 1
      descriptor.leased = true
      return 'none'
    })
  return {
    ...opens,
    ...createNaming(options, opening, calls),
    ...createContent(options, fds, calls),
    close(fd) {
      process.check()
      fds.close(fd)
    },
    listAt: (fd) =>
      calls.plain('list', () => [...directoryOf(fd).entries.keys()].sort() as BytePath[]),
    siftAt: (fd, names, isSettled = () => false) =>
      calls.plain('sift', () => {
        for (const [text, inode] of directoryOf(fd).entries) {
          const name = text as BytePath
          const { kind, sizeBytes, ...stat } = toStat(inode, disk.dev)
          const mark = fingerprint(name, { sizeBytes, ...stat })
          if (kind !== 'file' || !isSettled(mark, sizeBytes)) names.push(name)
        }
        return false
      }),
    stat: (fd) => calls.plain('fstat', () => toStat(fds.get(fd).inode, disk.dev)),
    statAt: (fd, path) =>
      calls.plain(`stat ${path}`, () => {
        const inode = findQuietly(directoryOf(fd), path)
        return inode && toStat(inode, disk.dev)
      }),
    writers,
    usage: () => {
      process.check()
      const availableBytes = faults.isFull() ? 0 : 2 ** 40
      return { totalBytes: 2 ** 41, availableBytes, totalInodes: 1e9, freeInodes: 1e9 }
    },
    isVolatile: () => false,
    openCount: fds.count,
  }
}
