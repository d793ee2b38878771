/** Receipts as files, `<device>/meta/<ledger>/<id>`: JSON documents, for people too. */
import { type BytePath, toText } from '../../byte-path.ts'
import type { Receipt } from '../../model.ts'
import type { Fd, Files } from '../../system/files.ts'
import { storeSegments } from '../names.ts'
import type { Deposit, Ledger, Publication } from '../store.ts'
import { createAnew } from './names-at.ts'

/** A document of a thousand outputs is smaller; a larger file is not one of ours. */
const LARGEST_BYTES = 4 << 20

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Names one record: whose, in which ledger, of which upload or request. */
export interface RecordKey {
  readonly device: string
  readonly ledger: Ledger
  readonly uploadId: string
}

export const receiptsFolder = ({ device, ledger }: Omit<RecordKey, 'uploadId'>) => [
  device,
  'meta',
  ledger,
]
export const receiptPath = ({ device, ledger, uploadId }: RecordKey) =>
  `${device}/meta/${ledger}/${uploadId}` as BytePath

function isoTime(ns: bigint): string {
  const date = new Date(Number(ns / 1_000_000n))
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/** The document; `path_encoded` is exact, `path` is there when the name is UTF-8. */
export function receiptDocument(
  publication: Publication,
  locations: readonly string[],
  storedMs: number,
): Uint8Array {
  const { uploadId, device, metadata, sizeBytes, digest, sha256, details } = publication
  const document = {
    upload_id: uploadId,
    device,
    path: toText(metadata.path),
    path_encoded: `/${storeSegments(metadata.path).join('/')}`,
    path_hex: toText(metadata.path) === undefined ? hexPath(metadata.path) : undefined,
    size: sizeBytes,
    modified: isoTime(metadata.mtimeNs),
    modified_ns: metadata.mtimeNs.toString(),
    part_id: details?.partId || metadata.partId || undefined,
    tags: metadata.tags.length > 0 ? metadata.tags : undefined,
    dataset_ids: metadata.datasetIds.length > 0 ? metadata.datasetIds : undefined,
    mime_type: details?.mimeType || undefined,
    file_create_time: details?.created,
    file_modify_time: details?.modified,
    sha256,
    digest: hex(digest),
    location: locations[0] ?? '',
    outputs: locations.length > 1 ? locations : undefined,
    stored: new Date(storedMs).toISOString(),
  }
  return Buffer.from(`${JSON.stringify(document, null, 1)}\n`)
}

/** The document of a request of Viam's protocol. */
export function requestDocument(
  { id, device, sizeBytes, sha256 }: Omit<Deposit, 'outputs' | 'isWanted'>,
  locations: readonly string[],
  storedMs: number,
): Uint8Array {
  const document = {
    upload_id: id,
    device,
    size: sizeBytes,
    sha256,
    location: locations[0] ?? '',
    outputs: locations.length > 1 ? locations : undefined,
    stored: new Date(storedMs).toISOString(),
  }
  return Buffer.from(`${JSON.stringify(document, null, 1)}\n`)
}

const hexPath = (path: BytePath) => Buffer.from(path, 'latin1').toString('hex')

/** What a record says, and every file that it speaks of. */
export interface Recorded {
  readonly receipt: Receipt
  readonly locations: readonly BytePath[]
  /** Its own document; others may lie in the same file. */
  readonly text: string
}

/** A document that was cut short by a power loss is none. */
function parse(text: string, uploadId: string): Recorded | undefined {
  try {
    const document = JSON.parse(text) as Record<string, unknown>
    const { size, sha256, digest, location, outputs } = document
    if (document['upload_id'] !== uploadId || typeof size !== 'number') return undefined
    const locations = Array.isArray(outputs) ? outputs.map(String) : [String(location)]
    const receipt = {
      uploadId,
      sizeBytes: size,
      digest: new Uint8Array(Buffer.from(String(digest), 'hex')),
      sha256: String(sha256),
      location: String(location),
    }
    return { receipt, locations: locations.filter((one) => one !== '') as BytePath[], text }
  } catch {
    return undefined
  }
}

/** Behind each document, and nowhere in one: what is in it is indented. */
const DOCUMENT_END = /(?<=\n\}\n)/

export function readRecord(files: Files, root: Fd, key: RecordKey): Recorded | undefined {
  const path = receiptPath(key)
  const stat = files.statAt(root, path)
  if (stat?.kind !== 'file' || stat.sizeBytes > LARGEST_BYTES) return undefined
  const fd = files.openFileAt(root, path)
  try {
    const bytes = new Uint8Array(stat.sizeBytes)
    const count = files.read(fd, bytes, 0)
    const text = Buffer.from(bytes.subarray(0, count)).toString('utf8')
    const documents = text.split(DOCUMENT_END).filter((one) => one.includes(key.uploadId))
    return documents.map((one) => parse(one, key.uploadId)).find((one) => one !== undefined)
  } finally {
    files.close(fd)
  }
}

/** Writes the document in place of whatever stood there, and gives its descriptor to be synced. */
export function writeReceipt(files: Files, root: Fd, path: BytePath, document: Uint8Array): Fd {
  const fd = createAnew(files, root, path)
  try {
    files.write(fd, document, 0)
    return fd
  } catch (error) {
    files.close(fd)
    files.unlinkAt(root, path)
    throw error
  }
}

/**
 * Makes a receipt durable that may stand in memory only: by a copy in its place (made at `copy`), because
 * after a failed sync the system counts the old bytes as written. Where that fails the old one stays: an
 * answer with it may be on its way, and each later one needs this to succeed.
 */
export async function rewriteReceipt(
  { files, root }: { readonly files: Files; readonly root: Fd },
  path: BytePath,
  copy: BytePath,
  { text }: Recorded,
): Promise<void> {
  const fresh = writeReceipt(files, root, copy, Buffer.from(text))
  try {
    await files.sync(fresh)
  } finally {
    files.close(fresh)
  }
  files.renameAt(root, copy, root, path)
}
