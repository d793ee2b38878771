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

/** Bytes without a readable record are of no known generation: they are dropped. */
export function openPart(
  files: Files,
  root: Fd,
  folders: Folders,
  paths: { readonly part: BytePath; readonly record: BytePath },
): Part {
  const content = openOrCreate(files, root, paths.part)
  let recordFd: Fd
  try {
    recordFd = openOrCreate(files, root, paths.record)
  } catch (error) {
    files.close(content)
    throw error
  }
  const stored = readRecord(files, recordFd)
  if (stored === undefined) files.truncate(content, 0)
  let record = stored ?? FIRST
  let isRecordDurable = false
  return {
    get record() {
      return record
    },
    sizeBytes: () => files.stat(content).sizeBytes,
    read: (into, offsetBytes) => files.read(content, into, offsetBytes),
    write: (bytes, offsetBytes) => files.write(content, bytes, offsetBytes),
    truncate: (sizeBytes) => files.truncate(content, sizeBytes),
    mark(next) {
      const text = JSON.stringify(next).padEnd(64)
      files.write(recordFd, Buffer.from(text), 0)
      record = next
      isRecordDurable = false
    },
    async sync() {
      await files.sync(content)
      if (isRecordDurable) return
      isRecordDurable = true
      await files.sync(recordFd)
      await folders.sync([parentOf(paths.part)])
    },
    close() {
      files.close(content)
      files.close(recordFd)
    },
  }
}
