/** Between the journal's rows and the model. */
import { type BytePath, fromBytes, join } from '../byte-path.ts'
import type { Lane, Receipt, Upload, UploadState } from '../model.ts'
import type { KnownFile } from './journal.ts'

export interface UploadRow {
  readonly id: number
  readonly path: Uint8Array
  readonly name: Uint8Array
  readonly root: Uint8Array
  readonly size: number
  readonly version: string
  readonly state: UploadState
  readonly lane: Lane
  readonly wait_ms: number
  readonly attempts: number
  readonly reason: string
  readonly chain_offset: number | null
  readonly chain: Uint8Array | null
  readonly receipt: string | null
  readonly delivered: number
}

interface VersionFields {
  readonly dev: bigint
  readonly ino: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

/** One text that differs whenever the version does. */
export function versionText({ dev, ino, mtimeNs, ctimeNs }: VersionFields): string {
  return `${ino} ${mtimeNs} ${ctimeNs} ${dev}`
}

function parseVersion(text: string): VersionFields {
  const [ino = 0n, mtimeNs = 0n, ctimeNs = 0n, dev = 0n] = text.split(' ').map(BigInt)
  return { dev, ino, mtimeNs, ctimeNs }
}

export function receiptText(receipt: Receipt): string {
  const digest = Buffer.from(receipt.digest).toString('hex')
  return JSON.stringify({ ...receipt, digest })
}

function parseReceipt(text: string): Receipt {
  const stored = JSON.parse(text) as Omit<Receipt, 'digest'> & { digest: string }
  return { ...stored, digest: new Uint8Array(Buffer.from(stored.digest, 'hex')) }
}

export function toUpload(row: UploadRow): Upload {
  const directory = fromBytes(row.path)
  return {
    row: row.id,
    file: {
      root: fromBytes(row.root),
      path: join(directory, fromBytes(row.name)),
      sizeBytes: row.size,
      ...parseVersion(row.version),
    },
    state: row.state,
    lane: row.lane,
    waitMs: row.wait_ms,
    attempts: row.attempts,
    reason: row.reason,
    committedBytes: row.chain_offset ?? 0,
    chain:
      row.chain && row.chain_offset !== null
        ? { offsetBytes: row.chain_offset, state: new Uint8Array(row.chain) }
        : undefined,
    deliveredMessages: row.delivered,
    receipt: row.receipt === null ? undefined : parseReceipt(row.receipt),
  }
}

type KnownRow = Pick<UploadRow, 'id' | 'name' | 'size' | 'version' | 'state' | 'lane' | 'reason'>

export function toKnown(row: KnownRow): [BytePath, KnownFile] {
  const { ino, mtimeNs, ctimeNs } = parseVersion(row.version)
  const { id, size, state, lane, reason } = row
  return [
    fromBytes(row.name),
    { row: id, sizeBytes: size, ino, mtimeNs, ctimeNs, state, lane, reason },
  ]
}
