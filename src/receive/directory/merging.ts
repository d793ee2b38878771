/**
 * Merges small files of rows: a folder beside the store's data gets all that the partition has,
 * then the two change places at once, so that a reader sees each row once at every moment.
 */
import { type BytePath, parentOf } from '../../byte-path.ts'
import { deviceProblem } from '../../device-name.ts'
import { errorMessage } from '../../errors.ts'
import { sha256Hex } from '../../system/digest.ts'
import { TABULAR } from '../captured/partitions.ts'
import type { MergeOutcome, Store } from '../store.ts'
import type { DepositParts } from './depositing.ts'
import {
  groupsOf,
  listRecords,
  listRows,
  MERGED,
  type Records,
  type RowsFile,
} from './partition.ts'

const mergeFolder = (device: string) => [device, 'meta', 'merge']
const COPY_BYTES = 1 << 20
/** Folders of a partition below `tabular`: part, component, method, date. */
const DEPTH = 4
const DATE = /^date=\d{4}-\d{2}-\d{2}$/
const NAME_HEX = 32

function childrenOf({ files, root }: DepositParts, folder: BytePath): BytePath[] {
  if (files.statAt(root, folder)?.kind !== 'directory') return []
  const fd = files.openDirectoryAt(root, folder)
  try {
    return files.listAt(fd).map((name) => `${folder}/${name}` as BytePath)
  } finally {
    files.close(fd)
  }
}

function partitionsOf(parts: DepositParts, device: string): BytePath[] {
  let folders = [`${device}/${TABULAR}` as BytePath]
  for (let depth = 0; depth < DEPTH; depth++) {
    folders = folders.flatMap((folder) => childrenOf(parts, folder))
  }
  return folders
}

const lastOf = (path: BytePath) => path.slice(path.lastIndexOf('/') + 1)

/** Whatever stands there is a copy, or what a partition had before it was merged. */
async function removeLeftovers(parts: DepositParts, folder: BytePath): Promise<void> {
  const { files, root, folders } = parts
  const left = childrenOf(parts, folder)
  if (left.length === 0) return
  await folders.sync([folder])
  for (const one of left) {
    for (const file of childrenOf(parts, one)) files.unlinkAt(root, file)
    files.removeDirectoryAt(root, one)
  }
}

async function copyInto(parts: DepositParts, from: BytePath, to: number, at: number) {
  const { files, root, clock } = parts
  const fd = files.openFileAt(root, from)
  const buffer = new Uint8Array(COPY_BYTES)
  try {
    let copied = 0
    for (;;) {
      const count = files.read(fd, buffer, copied)
      if (count === 0) return copied
      files.write(to, buffer.subarray(0, count), at + copied)
      copied += count
      await clock.sleep(0)
    }
  } finally {
    files.close(fd)
  }
}

async function writeMerged(
  parts: DepositParts,
  folder: BytePath,
  into: BytePath,
  group: readonly RowsFile[],
): Promise<void> {
  const { files, root } = parts
  const hash = sha256Hex(group.map(({ name }) => name).join('\n')).slice(0, NAME_HEX)
  const fd = files.createFileAt(root, `${into}/${MERGED}${hash}.ndjson` as BytePath)
  try {
    let at = 0
    for (const { name, sizeBytes } of group) {
      const copied = await copyInto(parts, `${folder}/${name}` as BytePath, fd, at)
      if (copied !== sizeBytes) throw new Error(`${name} changed while it was merged`)
      at += copied
    }
    await files.sync(fd)
  } finally {
    files.close(fd)
  }
}

const sameRows = (a: readonly RowsFile[], b: readonly RowsFile[] | undefined) =>
  b !== undefined &&
  a.length === b.length &&
  a.every(({ name, ino, sizeBytes, mtimeNs }, index) => {
    const other = b[index]
    return (
      other?.name === name &&
      other.ino === ino &&
      other.sizeBytes === sizeBytes &&
      other.mtimeNs === mtimeNs
    )
  })

/** Between the last look and the exchange nothing else runs, so nothing can come in between. */
function exchange(parts: DepositParts, folder: BytePath, made: BytePath, rows: RowsFile[]) {
  const { files, root, folders } = parts
  if (!sameRows(rows, listRows(parts, folder))) return 'rows came in meanwhile'
  if (!files.exchangeAt(root, made, root, folder)) {
    return 'the file system cannot exchange two folders at once'
  }
  folders.exchanged(folder)
  return ''
}

interface Partition {
  readonly device: string
  readonly folder: BytePath
  readonly records: Records
}

type Merged = Omit<MergeOutcome, 'trouble'> & { readonly trouble: string }
const NOTHING: Merged = { mergedFiles: 0, mergedInto: 0, trouble: '' }

async function mergeOne(parts: DepositParts, at: Partition): Promise<Merged> {
  const { files, root, folders } = parts
  const { device, folder } = at
  const rows = listRows(parts, folder)
  if (rows === undefined) return { ...NOTHING, trouble: `${folder}: holds more than files` }
  const groups = await groupsOf(parts, at, rows)
  if (groups.length === 0) return NOTHING
  const beside = folders.ensure(mergeFolder(device))
  await removeLeftovers(parts, beside)
  const made = `${beside}/next` as BytePath
  files.makeDirectoryAt(root, made)
  for (const group of groups) await writeMerged(parts, folder, made, group)
  const merged = new Set(groups.flat())
  for (const row of rows.filter((one) => !merged.has(one))) {
    files.linkAt(root, `${folder}/${row.name}` as BytePath, root, `${made}/${row.name}` as BytePath)
  }
  await folders.sync([made])
  const trouble = exchange(parts, folder, made, rows)
  if (trouble === '') await folders.sync([parentOf(folder), folder])
  await removeLeftovers(parts, beside)
  if (trouble !== '') return { ...NOTHING, trouble: `${folder}: ${trouble}` }
  return { mergedFiles: merged.size, mergedInto: groups.length, trouble: '' }
}

/** One merge at a time. */
export function createMerging(parts: DepositParts): Store['merge'] {
  const mergeDevice = async (device: string, today: string) => {
    await removeLeftovers(parts, mergeFolder(device).join('/') as BytePath)
    const outcomes: Merged[] = []
    const isPast = (name: string) => DATE.test(name) && name < `date=${today}`
    const due = partitionsOf(parts, device).filter((folder) => isPast(lastOf(folder)))
    const records = due.length > 0 ? listRecords(parts, device) : new Map()
    for (const folder of due) {
      try {
        outcomes.push(await mergeOne(parts, { device, folder, records }))
      } catch (error) {
        outcomes.push({ ...NOTHING, trouble: `${folder}: ${errorMessage(error)}` })
      }
    }
    return outcomes
  }
  const run = async (wallMs: number): Promise<MergeOutcome> => {
    const today = new Date(wallMs).toISOString().slice(0, 10)
    const devices = parts.files.listAt(parts.root).filter((name) => deviceProblem(name) === '')
    const outcomes: Merged[] = []
    for (const device of devices) outcomes.push(...(await mergeDevice(device, today)))
    return {
      mergedFiles: outcomes.reduce((sum, one) => sum + one.mergedFiles, 0),
      mergedInto: outcomes.reduce((sum, one) => sum + one.mergedInto, 0),
      trouble: outcomes
        .map(({ trouble }) => trouble)
        .filter((one) => one !== '')
        .join('; '),
    }
  }
  let turn: Promise<unknown> = Promise.resolve()
  return (wallMs) => {
    const result = turn.then(() => run(wallMs))
    turn = result.catch(() => {})
    return result
  }
}
