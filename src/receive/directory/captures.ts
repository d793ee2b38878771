/** Publishes files of the data manager: taken apart, with a receipt once every part is durable. */
import type { Receipt } from '../../model.ts'
import { hashParts } from '../../system/digest.ts'
import { fromHex, toHex } from '../../wire/codec.ts'
import type { CaptureSource } from '../captured/capture-file.ts'
import type { Output, Spill } from '../captured/output.ts'
import { shortId } from '../captured/partitions.ts'
import { unpackCapture, unpackSequence } from '../captured/unpack.ts'
import type { Publication } from '../store.ts'
import { type DepositParts, depositAll } from './depositing.ts'
import { unlinkIfThere } from './names-at.ts'
import { partPath, recordPath } from './parts.ts'
import { receiptDocument, receiptPath } from './receipts.ts'

/** Enough of the digest to tell versions of one upload apart. */
const DIGEST_HEX = 16

async function outputsOf(
  source: CaptureSource,
  publication: Publication,
  wallMs: number,
  spill: Spill,
): Promise<Output[]> {
  const { metadata, uploadId, digest, device } = publication
  const { content, tags, datasetIds } = metadata
  const partId = metadata.partId === '' ? device : metadata.partId
  const arrival = {
    id: toHex(hashParts([fromHex(uploadId), digest])),
    name: `${shortId(uploadId)}-${toHex(digest).slice(0, DIGEST_HEX)}`,
    storedAt: new Date(wallMs).toISOString(),
  }
  return content === 'sequence'
    ? unpackSequence(source, partId, arrival)
    : await unpackCapture(source, { partId, tags, datasetIds }, arrival, spill)
}

function openSource({ files, root }: DepositParts, publication: Publication) {
  const { device, uploadId, generation, bytes, sizeBytes } = publication
  if (bytes !== undefined) {
    const read = (at: number, length: number) => bytes.subarray(at, at + length)
    return { source: { sizeBytes, read }, close: () => {} }
  }
  const fd = files.openFileAt(root, partPath(device, uploadId, generation))
  const read = (at: number, length: number) => {
    const into = new Uint8Array(length)
    if (files.read(fd, into, at) !== length) throw new Error('a part ended while it was read')
    return into
  }
  return { source: { sizeBytes, read }, close: () => files.close(fd) }
}

/** What cannot be tidied up is found again by the next open. A small file has left nothing. */
function tidyUp({ files, root }: DepositParts, publication: Publication): void {
  const { device, uploadId, generation, bytes } = publication
  if (bytes !== undefined) return
  try {
    unlinkIfThere(files, root, partPath(device, uploadId, generation))
    unlinkIfThere(files, root, recordPath(device, uploadId))
  } catch {
    // The answer is durable already.
  }
}

/** The receipt says where the first output stands; where there is none, it points at itself. */
export async function publishCapture(
  parts: DepositParts,
  publication: Publication,
): Promise<Receipt | Error> {
  const { uploadId, sizeBytes, digest, sha256 } = publication
  const { source, close } = openSource(parts, publication)
  try {
    const wallMs = parts.clock.wallMs()
    const own = receiptPath(publication)
    const at = (locations: readonly string[]) => (locations.length > 0 ? locations : [own])
    const locations = await depositAll(parts, {
      key: publication,
      sizeBytes,
      outputs: (spill) => outputsOf(source, publication, wallMs, spill),
      isWanted: () => true,
      document: (names) => receiptDocument(publication, at(names), wallMs),
    })
    tidyUp(parts, publication)
    return { uploadId, sizeBytes, digest, sha256, location: at(locations)[0] ?? '' }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    close()
  }
}
