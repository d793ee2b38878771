/** What of one folder of rows may be merged: decided from its files and their durable records. */
import type { BytePath } from '../../byte-path.ts'
import type { Ledger } from '../store.ts'
import type { DepositParts } from './depositing.ts'
import { syncFile } from './publishing.ts'
import { readRecord, receiptPath } from './receipts.ts'

export interface RowsFile {
  readonly name: BytePath
  readonly sizeBytes: number
  readonly ino: bigint
  readonly mtimeNs: bigint
}

export const MERGED = 'merged-'
const ROWS = '.ndjson'
/** Larger ones gain nothing by being merged. */
const SMALL_BYTES = 64 << 20
/** Records that are synced side by side. */
const SYNCS = 64
const MOST_MERGED_BYTES = 256 << 20

/** undefined where something else than files stands in it. */
export function listRows({ files, root }: DepositParts, folder: BytePath): RowsFile[] | undefined {
  const fd = files.openDirectoryAt(root, folder)
  try {
    const rows: RowsFile[] = []
    for (const name of files.listAt(fd)) {
      const stat = files.statAt(fd, name)
      if (stat?.kind !== 'file') return undefined
      rows.push({ name, sizeBytes: stat.sizeBytes, ino: stat.ino, mtimeNs: stat.mtimeNs })
    }
    return rows
  } finally {
    files.close(fd)
  }
}

/** Every record of a device: the beginning of a file's name to the record's key. */
export type Records = ReadonlyMap<string, { readonly ledger: Ledger; readonly uploadId: string }>

const PREFIX_CHARACTERS = 32

export function listRecords({ files, root }: DepositParts, device: string): Records {
  const records = new Map<string, { ledger: Ledger; uploadId: string }>()
  for (const ledger of ['receipts', 'requests'] as const) {
    const folder = `${device}/meta/${ledger}` as BytePath
    if (files.statAt(root, folder)?.kind !== 'directory') continue
    const fd = files.openDirectoryAt(root, folder)
    try {
      for (const name of files.listAt(fd)) {
        records.set(name.slice(0, PREFIX_CHARACTERS), { ledger, uploadId: name })
      }
    } finally {
      files.close(fd)
    }
  }
  return records
}

interface Partition {
  readonly device: string
  readonly folder: BytePath
  readonly records: Records
}

/** Where the record of a file's upload stands; undefined: nobody has answered for it. */
function recordOf(parts: DepositParts, at: Partition, name: BytePath): BytePath | undefined {
  const { device, folder, records } = at
  const location = `${folder}/${name}` as BytePath
  const record = records.get(name.slice(0, PREFIX_CHARACTERS))
  if (record === undefined || parts.underway.has(location)) return undefined
  const key = { device, ...record }
  const found = readRecord(parts.files, parts.root, key)
  return found?.locations.includes(location) ? receiptPath(key) : undefined
}

/** Only files whose uploads are answered for are merged: else a repetition would add them again. */
async function answered(parts: DepositParts, at: Partition, rows: readonly RowsFile[]) {
  const paths: BytePath[] = []
  const small = rows.filter(({ name, sizeBytes }) => name.endsWith(ROWS) && sizeBytes < SMALL_BYTES)
  const found = small.filter(({ name }) => {
    if (name.startsWith(MERGED)) return true
    const path = recordOf(parts, at, name)
    if (path !== undefined) paths.push(path)
    return path !== undefined
  })
  if (found.length < 2) return []
  for (let index = 0; index < paths.length; index += SYNCS) {
    await Promise.all(paths.slice(index, index + SYNCS).map((path) => syncFile(parts, path)))
  }
  return found
}

/** Groups of at least two, each of which becomes one file. Records are durable when it resolves. */
export async function groupsOf(
  parts: DepositParts,
  at: Partition,
  rows: readonly RowsFile[],
): Promise<RowsFile[][]> {
  const groups: RowsFile[][] = []
  let group: RowsFile[] = []
  let groupBytes = 0
  for (const row of await answered(parts, at, rows)) {
    if (groupBytes + row.sizeBytes > MOST_MERGED_BYTES) {
      groups.push(group)
      group = []
      groupBytes = 0
    }
    group.push(row)
    groupBytes += row.sizeBytes
  }
  groups.push(group)
  const ledgers = ['receipts', 'requests'].map(
    (ledger) => `${at.device}/meta/${ledger}` as BytePath,
  )
  const standing = ledgers.filter((one) => parts.files.statAt(parts.root, one) !== undefined)
  await parts.folders.sync(standing)
  return groups.filter((one) => one.length > 1)
}
