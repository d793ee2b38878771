/** A store that is a directory: files under their own names, all else under `<device>/meta`. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import { deviceProblem } from '../../device-name.ts'
import { ConfigError, errorMessage } from '../../errors.ts'
import type { Clock } from '../../system/clock.ts'
import type { Fd, Files } from '../../system/files.ts'
import type { Ledger, Publication, Store } from '../store.ts'
import { publishCapture } from './captures.ts'
import { type DepositParts, depositAll } from './depositing.ts'
import { createFolders, type Folders } from './folders.ts'
import { inGroups } from './in-groups.ts'
import { createMerging } from './merging.ts'
import { openPart, partsFolder, removePart } from './parts.ts'
import { publishGroup, syncFile } from './publishing.ts'
import {
  readRecord,
  receiptPath,
  receiptsFolder,
  requestDocument,
  rewriteReceipt,
} from './receipts.ts'
import { createStagingArea, stagingFolder } from './staging.ts'

export const MARKER_FILE = 'ferry-store.json' as BytePath

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

const LEDGERS: readonly Ledger[] = ['receipts', 'requests']
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

/** A folder to be swept, and which time of its files counts. */
interface Swept {
  readonly folder: BytePath
  readonly time: 'mtimeNs' | 'ctimeNs'
}

/** Unlinks the files of a folder that are older than so many days. */
function sweep({ files }: DirectoryStoreOptions, root: Fd, swept: Swept, beforeNs: bigint) {
  const { folder, time } = swept
  if (files.statAt(root, folder)?.kind !== 'directory') return
  const fd = files.openDirectoryAt(root, folder)
  try {
    for (const name of files.listAt(fd)) {
      const stat = files.statAt(fd, name)
      if (stat?.kind === 'file' && stat[time] < beforeNs) files.unlinkAt(fd, name)
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
      const sweepAll = (segments: readonly string[], time: Swept['time'], days: number) =>
        sweep(options, root, { folder: segments.join('/') as BytePath, time }, before(days))
      // A part's own time is the board's; a receipt's other time changes when another name of it goes.
      for (const ledger of LEDGERS)
        sweepAll(receiptsFolder({ device, ledger }), 'mtimeNs', options.receiptDays)
      sweepAll(partsFolder(device), 'ctimeNs', options.partDays)
      sweepAll(stagingFolder(device), 'ctimeNs', options.partDays)
    }
  }
}

const isCapture = ({ metadata }: Publication) => metadata.content !== 'file'

/** Plain files in one group after the other: two groups must not look for the same name at once. */
function createPublishing(parts: DepositParts): Store['publish'] {
  let turn: Promise<unknown> = Promise.resolve()
  return async (publications) => {
    const plain = publications.filter((one) => !isCapture(one))
    const group = turn.then(() => publishGroup(parts, plain))
    turn = group.catch(() => {})
    const captures = publications.map((one) =>
      isCapture(one) ? publishCapture(parts, one) : undefined,
    )
    const outcomes = (await group).values()
    return await Promise.all(captures.map((one) => one ?? outcomes.next().value ?? new Error()))
  }
}

function createConfirming(parts: DepositParts): Store['confirm'] {
  const { files, root, folders } = parts
  return async (device, { uploadId }, ledger = 'receipts') => {
    const key = { device, ledger, uploadId }
    const path = receiptPath(key)
    const record = readRecord(files, root, key)
    if (record === undefined) throw new Error('the receipt is gone')
    const folder = folders.ensure(partsFolder(device))
    const copy = `${folder}/${uploadId}.${ledger.slice(0, -1)}` as BytePath
    await rewriteReceipt(parts, path, copy, record)
    const standing = record.locations.filter((one) => files.statAt(root, one)?.kind === 'file')
    await inGroups(standing, (location) => syncFile(parts, location))
    await folders.sync([parentOf(path), ...standing.map(parentOf)])
  }
}

/** How long one look at the free space counts: it is asked for each file, and the floor is a reserve. */
const ROOM_LOOK_MS = 50

function createRoom({ files, clock, floorBytes }: DirectoryStoreOptions, root: Fd) {
  let lookedMs = Number.NEGATIVE_INFINITY
  let roomBytes = 0
  return () => {
    const nowMs = clock.monotonicMs()
    if (nowMs - lookedMs > ROOM_LOOK_MS) {
      roomBytes = files.usage(root).availableBytes - floorBytes
      lookedMs = nowMs
    }
    return roomBytes
  }
}

/** Fails with `ConfigError`. One process at a time. */
export function openDirectoryStore(options: DirectoryStoreOptions): Store {
  const { files, clock } = options
  const [root, marker] = openMarked(options)
  const folders: Folders = createFolders(files, root)
  const placing = { files, root, folders, clock }
  const roomBytes = createRoom(options, root)
  const staging = createStagingArea({ ...placing, roomBytes })
  const parts: DepositParts = { ...placing, staging, underway: new Set() }
  return {
    findReceipt: (device, uploadId, ledger = 'receipts') =>
      readRecord(files, root, { device, ledger, uploadId })?.receipt,
    confirm: createConfirming(parts),
    openPart: (device, uploadId) => openPart(files, root, folders, { device, uploadId }),
    removePart: (device, uploadId) => removePart(files, root, { device, uploadId }),
    openStaging: (device) => staging.open(device),
    async deposit(deposit) {
      const { device, id: uploadId } = deposit
      await depositAll(parts, {
        ...deposit,
        key: { device, ledger: 'requests', uploadId },
        document: (names) => requestDocument(deposit, names, clock.wallMs()),
      })
    },
    publish: createPublishing(parts),
    roomBytes,
    merge: createMerging(parts),
    expire: createExpiry(options, root),
    close() {
      files.close(marker)
      files.close(root)
    },
  }
}
