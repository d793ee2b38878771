/** A store that is a directory: files under their own names, all else under `<device>/meta`. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import { deviceProblem } from '../../device-name.ts'
import { ConfigError, errorMessage } from '../../errors.ts'
import type { Clock } from '../../system/clock.ts'
import type { Fd, Files } from '../../system/files.ts'
import type { Store } from '../store.ts'
import { createFolders, type Folders } from './folders.ts'
import { openPart, partsFolder, removePart } from './parts.ts'
import { publishGroup, syncFile } from './publishing.ts'
import { readReceipt, receiptPath, receiptsFolder, rewriteReceipt } from './receipts.ts'

const MARKER_FILE = 'ferry-store.json' as BytePath

export interface DirectoryStoreOptions {
  readonly files: Files
  readonly clock: Clock
  readonly path: BytePath
  /** Takes the lock of an open file; false when another process has it. */
  readonly lock: (fd: Fd) => boolean
  /** Bytes that stay free. */
  readonly floorBytes: number
  /** Takes a file system that does not outlive the machine's power, too. */
  readonly allowVolatile: boolean
  readonly receiptDays: number
  readonly partDays: number
}

const DAY_NS = 86_400_000_000_000n

function refuse(path: BytePath, problem: string, hint: string): never {
  throw new ConfigError([{ key: 'store', value: path, problem, hint }])
}

/** The marker keeps an unmounted disk's mount point from being taken for the store. */
function openMarked({ files, path, lock, allowVolatile }: DirectoryStoreOptions): [Fd, Fd] {
  let root: Fd
  try {
    root = files.openRoot(path)
  } catch (error) {
    return refuse(
      path,
      `cannot be opened: ${errorMessage(error)}`,
      'ferry receive --init makes one',
    )
  }
  if (files.statAt(root, MARKER_FILE)?.kind !== 'file') {
    return refuse(
      path,
      `has no ${MARKER_FILE}`,
      'is its disk mounted? ferry receive --init makes one',
    )
  }
  if (files.isVolatile(root) && !allowVolatile) {
    return refuse(path, 'is in memory and would be lost with the power', '--allow-volatile-store')
  }
  const marker = files.openWritableAt(root, MARKER_FILE)
  if (!lock(marker)) return refuse(path, 'is in use by another receiver', 'stop that one first')
  return [root, marker]
}

/** Makes the marker of a new store; false when it is one already. */
export function markStore(files: Files, path: BytePath): boolean {
  const root = files.openRoot(path)
  try {
    if (files.statAt(root, MARKER_FILE) !== undefined) return false
    const fd = files.createFileAt(root, MARKER_FILE)
    files.write(fd, Buffer.from('{"format":"ferry-directory-store","version":1}\n'), 0)
    files.close(fd)
    return true
  } finally {
    files.close(root)
  }
}

/** Unlinks the files of a folder that are older than so many days. */
function sweep({ files }: DirectoryStoreOptions, root: Fd, folder: BytePath, beforeNs: bigint) {
  if (files.statAt(root, folder)?.kind !== 'directory') return
  const fd = files.openDirectoryAt(root, folder)
  try {
    for (const name of files.listAt(fd)) {
      const stat = files.statAt(fd, name)
      if (stat?.kind === 'file' && stat.ctimeNs < beforeNs) files.unlinkAt(fd, name)
    }
  } finally {
    files.close(fd)
  }
}

/** A clock in the past expires nothing. What is no device's folder is not looked into. */
function createExpiry(options: DirectoryStoreOptions, root: Fd) {
  return (wallMs: number) => {
    const before = (days: number) => BigInt(Math.round(wallMs)) * 1_000_000n - BigInt(days) * DAY_NS
    for (const device of options.files.listAt(root).filter((name) => deviceProblem(name) === '')) {
      const folders = [partsFolder(device), receiptsFolder(device)]
      const [parts, receipts] = folders.map((segments) => segments.join('/') as BytePath)
      sweep(options, root, parts as BytePath, before(options.partDays))
      sweep(options, root, receipts as BytePath, before(options.receiptDays))
    }
  }
}

/** Fails with `ConfigError`. One process at a time. */
export function openDirectoryStore(options: DirectoryStoreOptions): Store {
  const { files, clock, floorBytes } = options
  const [root, marker] = openMarked(options)
  const folders: Folders = createFolders(files, root)
  const parts = { files, root, folders, clock }
  return {
    findReceipt: (device, uploadId) => readReceipt(files, root, device, uploadId),
    async confirm(device, { uploadId, location }) {
      const path = receiptPath(device, uploadId)
      const folder = folders.ensure(partsFolder(device))
      await rewriteReceipt(parts, path, `${folder}/${uploadId}.receipt` as BytePath)
      const wanted = [parentOf(path)]
      if (files.statAt(root, location as BytePath)?.kind === 'file') {
        await syncFile(parts, location as BytePath)
        wanted.push(parentOf(location as BytePath))
      }
      await folders.sync(wanted)
    },
    openPart: (device, uploadId) => openPart(files, root, folders, { device, uploadId }),
    removePart: (device, uploadId) => removePart(files, root, { device, uploadId }),
    publish: (publications) => publishGroup(parts, publications),
    roomBytes: () => files.usage(root).availableBytes - floorBytes,
    expire: createExpiry(options, root),
    close() {
      files.close(marker)
      files.close(root)
    },
  }
}
