/** Directories and files by bare system calls: an entry that is settled costs no object and no text. */
import { ptr } from 'bun:ffi'
import { getSystemErrorName } from 'node:util'
import type { BytePath } from '../byte-path.ts'
import type { Fd, FileKind, FileStat, Files } from './files.ts'
import { createWords, markOfWords, STAT_WORDS } from './fingerprint.ts'
import { errnoNow, readEntries, statBeneath } from './libc.ts'
import { createNamePlace } from './raw-names.ts'

/** What of `struct stat` does not lie where the other machine has it. */
const MACHINES = {
  x64: { modeByte: 24, linksByte: 16 },
  arm64: { modeByte: 16, linksByte: 20 },
} as const

const machine = MACHINES[process.arch === 'arm64' ? 'arm64' : 'x64']

/** Larger than any of the two. */
const STAT_BYTES = 256
/** Some 2,000 names: what is looked at without a pause. */
const ENTRIES_BYTES = 65_536
const ENOENT = 2

const DOT = 0x2e
const DT_UNKNOWN = 0
const DT_REG = 8
/** Where an entry has its parts (`struct linux_dirent64`). */
const ENTRY = { lengthByte: 16, typeByte: 18, nameByte: 19 } as const

/** Where `struct stat` has its parts, in words of four bytes: the same on both machines. */
const STAT = { ino: 2, size: 12, mtime: 22, ctime: 26 } as const

const FILE = 0x8000
const KINDS: Readonly<Record<number, FileKind>> = {
  32768: 'file',
  16384: 'directory',
  40960: 'symlink',
  4096: 'fifo',
  49152: 'socket',
}
const KIND_MASK = 0xf000

function createStatBuffer() {
  const bytes = new Uint8Array(STAT_BYTES)
  const words = new Int32Array(bytes.buffer)
  const longs = new BigInt64Array(bytes.buffer)
  const address = ptr(bytes)
  const timeNs = (word: number) =>
    (longs[word / 2] as bigint) * 1_000_000_000n + (longs[word / 2 + 1] as bigint)
  const sizeBytes = () =>
    ((words[STAT.size] as number) >>> 0) + (words[STAT.size + 1] as number) * 2 ** 32
  const kindBits = () => (words[machine.modeByte / 4] as number) & KIND_MASK
  return {
    /** Of the name that begins at an address. False: it failed, for whatever reason. */
    fill: (directory: Fd, name: number) => statBeneath(directory, name, address),
    isFile: () => kindBits() === FILE,
    sizeBytes,
    /** Puts what a mark is made of behind the words of the name. */
    copyTo(into: Int32Array, at: number): void {
      into[at] = words[STAT.ino] as number
      into[at + 1] = words[STAT.ino + 1] as number
      into[at + 2] = words[STAT.size] as number
      into[at + 3] = words[STAT.size + 1] as number
      for (let word = 0; word < 3; word++) {
        into[at + 4 + word] = words[STAT.mtime + word] as number
        into[at + 7 + word] = words[STAT.ctime + word] as number
      }
    },
    read: (): FileStat => ({
      kind: KINDS[kindBits()] ?? 'device',
      dev: BigInt.asUintN(64, longs[0] as bigint),
      ino: BigInt.asUintN(64, longs[STAT.ino / 2] as bigint),
      sizeBytes: sizeBytes(),
      mtimeNs: timeNs(STAT.mtime),
      ctimeNs: timeNs(STAT.ctime),
      links: words[machine.linksByte / 4] as number,
    }),
  }
}

function createEntries() {
  const bytes = Buffer.alloc(ENTRIES_BYTES)
  const address = ptr(bytes)
  const lengths = new Uint16Array(bytes.buffer, bytes.byteOffset, ENTRIES_BYTES / 2)
  return {
    address,
    fill: (directory: Fd) => readEntries(directory, address, ENTRIES_BYTES),
    lengthAt: (entry: number) => lengths[(entry + ENTRY.lengthByte) / 2] as number,
    mayBeFile(entry: number) {
      const type = bytes[entry + ENTRY.typeByte]
      return type === DT_REG || type === DT_UNKNOWN
    },
    nameEnd(name: number) {
      let end = name
      while (bytes[end] !== 0) end += 1
      return end
    },
    /** The directory itself, or the one above. */
    isDots(name: number, end: number) {
      if (bytes[name] !== DOT || end - name > 2) return false
      return end - name === 1 || bytes[name + 1] === DOT
    },
    /** Puts the name where a mark is made; gives the number of words. */
    copyTo(into: Int32Array, name: number, end: number) {
      let count = 0
      for (let at = name; at < end; ) {
        let word = 0
        for (let bits = 0; bits < 32 && at < end; bits += 8) word |= (bytes[at++] ?? 0) << bits
        into[count++] = word
      }
      return count
    },
    text: (name: number, end: number) => bytes.toString('latin1', name, end) as BytePath,
  }
}

function failed(): Error {
  const code = getSystemErrorName(-errnoNow())
  return Object.assign(new Error(`a directory cannot be read: ${code}`), { code })
}

interface RawDirectory {
  readonly siftAt: Files['siftAt']
  /** undefined: nothing stands there; failed: look why. */
  readonly statAt: (directory: Fd, name: BytePath) => FileStat | undefined | 'failed'
}

export function createRawDirectory(): RawDirectory {
  const stat = createStatBuffer()
  const place = createNamePlace()
  const entries = createEntries()
  const words = createWords()
  const markOf = (name: number, end: number) => {
    const count = entries.copyTo(words, name, end)
    stat.copyTo(words, count)
    return markOfWords(words, count + STAT_WORDS)
  }
  const isFileAt = (directory: Fd, name: number) =>
    stat.fill(directory, entries.address + name) && stat.isFile()
  return {
    siftAt(directory, names, isSettled) {
      const filledBytes = entries.fill(directory)
      if (filledBytes < 0) throw failed()
      for (let entry = 0; entry < filledBytes; entry += entries.lengthAt(entry)) {
        const name = entry + ENTRY.nameByte
        const end = entries.nameEnd(name)
        if (entries.isDots(name, end)) continue
        const isCandidate = isSettled !== undefined && entries.mayBeFile(entry)
        if (isCandidate && isFileAt(directory, name)) {
          if (isSettled(markOf(name, end), stat.sizeBytes())) continue
        }
        names.push(entries.text(name, end))
      }
      return filledBytes > 0
    },
    statAt(directory, name) {
      const address = place.put(name)
      if (address === undefined) return 'failed'
      if (stat.fill(directory, address)) return stat.read()
      return errnoNow() === ENOENT ? undefined : 'failed'
    },
  }
}
