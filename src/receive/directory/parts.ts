/** Unfinished uploads: `<device>/meta/parts/<id>.<generation>.part`, and `<id>.json` with the record. */
import type { BytePath } from '../../byte-path.ts'
import type { Fd, Files } from '../../system/files.ts'
import type { Part, PartRecord } from '../store.ts'
import type { Folders } from './folders.ts'
import { createAnew, unlinkIfThere } from './names-at.ts'

export const partsFolder = (device: string) => [device, 'meta', 'parts']
/** The generation is part of the name: bytes of one can never pass for those of another. */
export const partPath = (device: string, uploadId: string, generation: number) =>
  `${device}/meta/parts/${uploadId}.${generation}.part` as BytePath
export const recordPath = (device: string, uploadId: string) =>
  `${device}/meta/parts/${uploadId}.json` as BytePath

const FIRST: PartRecord = { epoch: 0, generation: 1 }
/** Two numbers in JSON. */
const LARGEST_RECORD_BYTES = 256

function readRecord(files: Files, fd: Fd): PartRecord | undefined {
  const bytes = new Uint8Array(LARGEST_RECORD_BYTES)
  const count = files.read(fd, bytes, 0)
  try {
    const text = Buffer.from(bytes.subarray(0, count)).toString('utf8')
    const { epoch, generation } = JSON.parse(text) as Partial<PartRecord>
    if (typeof epoch === 'number' && typeof generation === 'number') return { epoch, generation }
  } catch {
    // A record cut short by a power loss is none.
  }
  return undefined
}

function openOrCreate(files: Files, root: Fd, path: BytePath): Fd {
  return files.statAt(root, path) === undefined
    ? files.createFileAt(root, path)
    : files.openWritableAt(root, path)
}

function openRecord(files: Files, root: Fd, path: BytePath) {
  const fd = openOrCreate(files, root, path)
  try {
    return { fd, stored: readRecord(files, fd) }
  } catch (error) {
    files.close(fd)
    throw error
  }
}

interface PartKey {
  readonly device: string
  readonly uploadId: string
}

/** Goes on with the bytes of the stored generation; where they are gone or public, with the next one. */
function openContent(files: Files, root: Fd, { device, uploadId }: PartKey, stored?: PartRecord) {
  if (stored === undefined) {
    const content = createAnew(files, root, partPath(device, uploadId, FIRST.generation))
    return { content, record: FIRST, isWritten: false }
  }
  const path = partPath(device, uploadId, stored.generation)
  const stat = files.statAt(root, path)
  if (stat?.kind === 'file' && stat.links === 1) {
    return { content: files.openWritableAt(root, path), record: stored, isWritten: true }
  }
  const record = { ...stored, generation: stored.generation + 1 }
  const next = partPath(device, uploadId, record.generation)
  return { content: createAnew(files, root, next), record, isWritten: false }
}

/** A folder that was taken away is made again. */
export function openPart(files: Files, root: Fd, folders: Folders, key: PartKey): Part {
  return folders.within(() => openPartIn(files, root, folders, key))
}

function openPartIn(files: Files, root: Fd, folders: Folders, key: PartKey): Part {
  const { device, uploadId } = key
  const folder = folders.ensure(partsFolder(device))
  const { fd: recordFd, stored } = openRecord(files, root, recordPath(device, uploadId))
  let opened: ReturnType<typeof openContent>
  try {
    opened = openContent(files, root, key, stored)
  } catch (error) {
    files.close(recordFd)
    throw error
  }
  let { content, record } = opened
  let isDurable = false
  const write = (next: PartRecord) => {
    files.write(recordFd, Buffer.from(JSON.stringify(next).padEnd(64)), 0)
    record = next
    isDurable = false
  }
  if (!opened.isWritten) write(record)
  return {
    get record() {
      return record
    },
    sizeBytes: () => files.stat(content).sizeBytes,
    read: (into, offsetBytes) => files.read(content, into, offsetBytes),
    write: (bytes, offsetBytes) => files.write(content, bytes, offsetBytes),
    truncate: (sizeBytes) => files.truncate(content, sizeBytes),
    mark: (epoch) => write({ ...record, epoch }),
    startOver() {
      const old = partPath(device, uploadId, record.generation)
      const next = { ...record, generation: record.generation + 1 }
      // First, because a record that names a part which could not be made would go with the old one.
      const fresh = createAnew(files, root, partPath(device, uploadId, next.generation))
      try {
        write(next)
      } catch (error) {
        files.close(fresh)
        throw error
      }
      files.close(content)
      content = fresh
      unlinkIfThere(files, root, old)
    },
    async sync() {
      await files.sync(content)
      if (isDurable) return
      const synced = record
      await files.sync(recordFd)
      await folders.sync([folder])
      isDurable = synced === record
    },
    close() {
      files.close(content)
      files.close(recordFd)
    },
  }
}

/** Removes all that is left of an upload. */
export function removePart(files: Files, root: Fd, { device, uploadId }: PartKey): void {
  const folder = partsFolder(device).join('/') as BytePath
  if (files.statAt(root, folder)?.kind !== 'directory') return
  const fd = files.openDirectoryAt(root, folder)
  try {
    for (const name of files.listAt(fd)) {
      if (name.startsWith(`${uploadId}.`)) files.unlinkAt(fd, name)
    }
  } finally {
    files.close(fd)
  }
}
