/** A folder of one's own on somebody's disk, for measuring it; nothing beside it is touched. */
import * as fs from 'node:fs'
import { SCRATCH_PREFIX } from './beneath.ts'
import { VOLATILE_TYPES } from './files.ts'
import { dropCached } from './libc.ts'

/** A file being measured. Offsets and lengths are multiples of 4096 where it is `direct`. */
export interface ScratchFile {
  write(bytes: Uint8Array, offsetBytes: number): void
  /** Bytes read. */
  read(into: Uint8Array, offsetBytes: number): number
  /** Content and size are on the medium when it returns. */
  sync(): void
  /** Bytes of it that the kernel still holds in memory after it was asked not to; undefined: unknown. */
  dropCached(sizeBytes: number): number | undefined
  close(): void
}

export interface ScratchSpace {
  readonly availableBytes: number
  readonly isVolatile: boolean
}

export interface Scratch {
  readonly path: string
  space(): ScratchSpace
  /** `direct`: past the page cache; undefined where the file system does not offer that. */
  open(name: string, how: 'cached' | 'direct'): ScratchFile | undefined
  remove(): void
}

/** Beside this alignment every disk takes smaller ones. */
export const DIRECT_BYTES = 4096
/** The runtime's constant is that of x86-64; on ARM64 the bit is another one. */
const O_DIRECT = process.arch === 'arm64' ? 0o200000 : 0o40000

function openDirect(path: string): number | undefined {
  try {
    return fs.openSync(path, fs.constants.O_RDWR | O_DIRECT)
  } catch {
    return undefined
  }
}

function openFile(path: string, how: 'cached' | 'direct'): ScratchFile | undefined {
  const { O_RDWR, O_CREAT } = fs.constants
  const fd = how === 'direct' ? openDirect(path) : fs.openSync(path, O_RDWR | O_CREAT, 0o600)
  if (fd === undefined) return undefined
  return {
    write(bytes, offsetBytes) {
      for (let done = 0; done < bytes.length; ) {
        done += fs.writeSync(fd, bytes, done, bytes.length - done, offsetBytes + done)
      }
    },
    read: (into, offsetBytes) => fs.readSync(fd, into, 0, into.length, offsetBytes),
    sync: () => fs.fdatasyncSync(fd),
    dropCached: (sizeBytes) => dropCached(fd, sizeBytes),
    close: () => fs.closeSync(fd),
  }
}

/** Fails with the system's error where the directory cannot be written to. */
export function makeScratch(directory: string): Scratch {
  const path = fs.mkdtempSync(`${directory}/${SCRATCH_PREFIX}`)
  return {
    path,
    space() {
      const { bavail, bsize, type } = fs.statfsSync(path)
      return { availableBytes: bavail * bsize, isVolatile: VOLATILE_TYPES.includes(type) }
    },
    open: (name, how) => openFile(`${path}/${name}`, how),
    remove: () => fs.rmSync(path, { recursive: true, force: true }),
  }
}

/** Folders that a killed measurement left in a directory. */
export const leftScratches = (directory: string) =>
  fs
    .readdirSync(directory)
    .filter((name) => name.startsWith(SCRATCH_PREFIX))
    .map((name) => `${directory}/${name}`)
