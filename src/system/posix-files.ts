/** `Files` on the real file system; names go through `/proc/self/fd`, so no link can redirect them. */
import * as fs from 'node:fs'
import { type BytePath, fromBytes, toBytes } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import { type Fd, type FileKind, type FileStat, type Files, VOLATILE_TYPES } from './files.ts'
import { exchangeNames } from './libc.ts'
import { createRawDirectory } from './raw-directory.ts'
import { createRawNames } from './raw-names.ts'
import { findWriters } from './writers.ts'

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = fs.constants
const CREATE = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW

// biome-ignore lint/suspicious/noControlCharactersInRegex: every byte below 128 counts
const ASCII = /^[\x01-\x7f]*$/

/** A text where it means the same bytes, because the runtime takes texts faster. */
const at = (directory: Fd, name: BytePath): string | Buffer => {
  const path = `/proc/self/fd/${directory}/${name}`
  return ASCII.test(name) ? path : Buffer.from(path, 'latin1')
}

const terminated = (path: string | Buffer) =>
  Buffer.concat([Buffer.from(path as string), Buffer.of(0)])

function kindOf(stat: fs.BigIntStats): FileKind {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'directory'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isFIFO()) return 'fifo'
  if (stat.isSocket()) return 'socket'
  return 'device'
}

function toStat(stat: fs.BigIntStats): FileStat {
  return {
    kind: kindOf(stat),
    dev: stat.dev,
    ino: stat.ino,
    sizeBytes: Number(stat.size),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    links: Number(stat.nlink),
    bornNs: stat.birthtimeNs,
  }
}

function unless(code: string, action: () => void): boolean {
  try {
    action()
    return true
  } catch (error) {
    if (errorCode(error) === code) return false
    throw error
  }
}

function writeAll(fd: Fd, bytes: Uint8Array, offsetBytes: number): void {
  let done = 0
  while (done < bytes.length) {
    const written = fs.writeSync(fd, bytes, done, bytes.length - done, offsetBytes + done)
    if (written === 0) throw Object.assign(new Error('write returned 0'), { code: 'ENOSPC' })
    done += written
  }
}

function readAll(fd: Fd, into: Uint8Array, offsetBytes: number): number {
  let done = 0
  while (done < into.length) {
    const count = fs.readSync(fd, into, done, into.length - done, offsetBytes + done)
    if (count === 0) break
    done += count
  }
  return done
}

/** Where the kernel or the file system has no such rename; a link replaces nothing either. */
function linkAndUnlink(from: string | Buffer, to: string | Buffer): boolean {
  if (fs.lstatSync(to, { throwIfNoEntry: false }) !== undefined) return false
  const linked = unless('EEXIST', () => fs.linkSync(from, to))
  if (linked) fs.unlinkSync(from)
  return linked
}

function lookAt(directory: Fd, name: BytePath): FileStat | undefined {
  try {
    const stat = fs.lstatSync(at(directory, name), { bigint: true, throwIfNoEntry: false })
    return stat === undefined ? undefined : toStat(stat)
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

const syncContent = (fd: Fd) =>
  new Promise<void>((resolve, reject) =>
    fs.fsync(fd, (error) => (error ? reject(error) : resolve())),
  )

/** What fails by a bare system call is done again by the runtime, for the system's own error. */
function createNaming(): Pick<Files, 'createFileAt' | 'renameNewAt' | 'linkAt'> {
  const names = createRawNames()
  return {
    createFileAt(directory, name) {
      const fd = names.open(directory, name, CREATE)
      return fd >= 0 ? fd : fs.openSync(at(directory, name), CREATE, 0o600)
    },
    renameNewAt: (from, name, to, newName) =>
      names.renameNew(from, name, to, newName) || linkAndUnlink(at(from, name), at(to, newName)),
    linkAt: (from, name, to, newName) =>
      names.link(from, name, to, newName) ||
      unless('EEXIST', () => fs.linkSync(at(from, name), at(to, newName))),
  }
}

export function createPosixFiles(): Files {
  const raw = createRawDirectory()
  return {
    ...createNaming(),
    openRoot: (path) => fs.openSync(toBytes(path), O_RDONLY | O_DIRECTORY),
    openDirectoryAt: (directory, name) =>
      fs.openSync(at(directory, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
    openFileAt: (directory, name) =>
      fs.openSync(at(directory, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
    openWritableAt: (directory, name) => fs.openSync(at(directory, name), O_RDWR | O_NOFOLLOW),
    close: (fd) => fs.closeSync(fd),
    listAt: (directory) =>
      fs
        .readdirSync(`/proc/self/fd/${directory}`, { encoding: 'buffer' })
        .map(fromBytes)
        .sort((a, b) => (a < b ? -1 : 1)),
    stat: (fd) => toStat(fs.fstatSync(fd, { bigint: true })),
    siftAt: raw.siftAt,
    statAt(directory, name) {
      const found = raw.statAt(directory, name)
      return found === 'failed' ? lookAt(directory, name) : found
    },
    read: readAll,
    write: writeAll,
    truncate: (fd, sizeBytes) => fs.ftruncateSync(fd, sizeBytes),
    setTimes: (fd, mtimeNs) => fs.futimesSync(fd, Number(mtimeNs) / 1e9, Number(mtimeNs) / 1e9),
    sync: syncContent,
    renameAt: (from, name, to, newName) => fs.renameSync(at(from, name), at(to, newName)),
    exchangeAt: (one, name, other, otherName) =>
      exchangeNames(terminated(at(one, name)), terminated(at(other, otherName))),
    unlinkAt: (directory, name) => fs.unlinkSync(at(directory, name)),
    makeDirectoryAt: (directory, name) =>
      unless('EEXIST', () => fs.mkdirSync(at(directory, name), 0o700)),
    removeDirectoryAt: (directory, name) => {
      try {
        return unless('ENOTEMPTY', () => fs.rmdirSync(at(directory, name)))
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return true
        throw error
      }
    },
    writers: findWriters,
    usage: (fd) => {
      const usage = fs.statfsSync(`/proc/self/fd/${fd}`)
      return {
        totalBytes: usage.blocks * usage.bsize,
        availableBytes: usage.bavail * usage.bsize,
        totalInodes: usage.files,
        freeInodes: usage.ffree,
      }
    },
    isVolatile: (fd) => VOLATILE_TYPES.includes(fs.statfsSync(`/proc/self/fd/${fd}`).type),
  }
}
