/** Unfinished uploads: `<device>/meta/parts/<id>.part` with the bytes, `<id>.json` with the record. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import type { Fd, Files } from '../../system/files.ts'
import type { Part, PartRecord } from '../store.ts'
import type { Folders } from './folders.ts'

export const partsFolder = (device: string) => [device, 'meta', 'parts']
export const partPath = (device: string, uploadId: string) =>
  `${device}/meta/parts/${uploadId}.part` as BytePath
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

/** A file of its own under the name, whatever stood there: that may have a public name by now. */
function createAnew(files: Files, root: Fd, path: BytePath): Fd {
  if (files.statAt(root, path) !== undefined) files.unlinkAt(root, path)
  return files.createFileAt(root, path)
}

/** Bytes of no known generation, and bytes that were published, are not gone on with. */
function openContent(files: Files, root: Fd, path: BytePath, isKnown: boolean) {
  const stat = files.statAt(root, path)
  const isNew = !isKnown || stat?.kind !== 'file' || stat.links !== 1
  return { isNew, fd: isNew ? createAnew(files, root, path) : files.openWritableAt(root, path) }
}

export function openPart(
  files: Files,
  root: Fd,
  folders: Folders,
  paths: { readonly part: BytePath; readonly record: BytePath },
): Part {
  const { fd: recordFd, stored } = openRecord(files, root, paths.record)
  let content: Fd
  let isNew: boolean
  try {
    ;({ fd: content, isNew } = openContent(files, root, paths.part, stored !== undefined))
  } catch (error) {
    files.close(recordFd)
    throw error
  }
  let record = stored ?? FIRST
  let isDurable = false
  const write = (next: PartRecord) => {
    files.write(recordFd, Buffer.from(JSON.stringify(next).padEnd(64)), 0)
    record = next
    isDurable = false
  }
  // What was committed under the stored generation is gone: offsets must not go back within it.
  if (stored && isNew) {
    write({ ...stored, generation: stored.generation + 1 })
  }
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
      const fresh = createAnew(files, root, paths.part)
      files.close(content)
      content = fresh
      write({ ...record, generation: record.generation + 1 })
    },
    async sync() {
      await files.sync(content)
      if (isDurable) return
      const synced = record
      await files.sync(recordFd)
      await folders.sync([parentOf(paths.part)])
      isDurable = synced === record
    },
    close() {
      files.close(content)
      files.close(recordFd)
    },
  }
}
