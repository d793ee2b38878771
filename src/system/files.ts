/** The file system as the stages see it: directory descriptors and names, never resolved paths. */
import type { BytePath } from '../byte-path.ts'
import type { DiskUsage } from '../model.ts'
import type { Mark } from './fingerprint.ts'

/** tmpfs and ramfs, by statfs(2): what lies there is lost with the power. */
export const TMPFS = 0x01021994
export const RAMFS = 0x858458f6
export const VOLATILE_TYPES: readonly number[] = [TMPFS, RAMFS]

/** An open descriptor. */
export type Fd = number

export type FileKind = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'device'

export interface FileStat {
  readonly kind: FileKind
  readonly dev: bigint
  readonly ino: bigint
  readonly sizeBytes: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  /** Hard links to the same content. */
  readonly links: number
  /** When it was made, where the file system keeps that; else 0 or absent. */
  readonly bornNs?: bigint
}

/**
 * Whether another process has the file open for writing. While `none` holds, new writers wait
 * until the file is closed or released.
 */
export type WriterCheck = 'none' | 'open' | 'unknown'

/** Whether a regular file needs no closer look. */
export type IsSettled = (mark: Mark, sizeBytes: number) => boolean

/**
 * Every call throws the system's error (with `code`) when it fails, but for the answers named
 * below. `name` is one component or, below a trusted directory, a relative path; the last component
 * is never followed when it is a symbolic link. Names are bytes.
 */
export interface Files {
  /** Opens a directory that the operator named; links in that path are followed. */
  openRoot(path: BytePath): Fd
  openDirectoryAt(directory: Fd, name: BytePath): Fd
  /** For reading. A fifo is opened without waiting for its writer. */
  openFileAt(directory: Fd, name: BytePath): Fd
  /** For reading and writing; fails with EEXIST where the name stands. */
  createFileAt(directory: Fd, name: BytePath): Fd
  /** For reading and writing what exists. */
  openWritableAt(directory: Fd, name: BytePath): Fd
  close(fd: Fd): void
  /** Names in byte order. */
  listAt(directory: Fd): BytePath[]
  /**
   * Goes through some of the entries after those of the last call on this descriptor, in no order:
   * all names but those of settled files go to `names`. False once there are no more.
   */
  siftAt(directory: Fd, names: BytePath[], isSettled?: IsSettled): boolean
  stat(fd: Fd): FileStat
  /** undefined where nothing stands. */
  statAt(directory: Fd, name: BytePath): FileStat | undefined
  /** Bytes read: fewer than there is room for only at the end. */
  read(fd: Fd, into: Uint8Array, offsetBytes: number): number
  /** Writes all of it, in as many calls as the system needs. */
  write(fd: Fd, bytes: Uint8Array, offsetBytes: number): void
  truncate(fd: Fd, sizeBytes: number): void
  /** Sets modification and access time. */
  setTimes(fd: Fd, mtimeNs: bigint): void
  /** Resolves when content and size (of a directory: its entries) are on the medium. */
  sync(fd: Fd): Promise<void>
  renameAt(from: Fd, name: BytePath, to: Fd, newName: BytePath): void
  /** Never replaces: false where the new name stands. */
  renameNewAt(from: Fd, name: BytePath, to: Fd, newName: BytePath): boolean
  /** Never replaces: false where the new name stands. */
  linkAt(from: Fd, name: BytePath, to: Fd, newName: BytePath): boolean
  /** Each name gets what the other one had, at once; false where the system cannot. */
  exchangeAt(one: Fd, name: BytePath, other: Fd, otherName: BytePath): boolean
  unlinkAt(directory: Fd, name: BytePath): void
  /** false where the name stands. */
  makeDirectoryAt(directory: Fd, name: BytePath): boolean
  /** false where it is not empty; true too where there is none. */
  removeDirectoryAt(directory: Fd, name: BytePath): boolean
  /** `fd` must be open for reading only. */
  writers(fd: Fd): WriterCheck
  usage(fd: Fd): DiskUsage
  /** True where what is written does not outlive the machine's power (tmpfs, ramfs). */
  isVolatile(fd: Fd): boolean
}
