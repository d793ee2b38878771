/** Publishes a group of files with few syncs: contents, then names and receipts, then the answers. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import type { Receipt } from '../../model.ts'
import type { Fd } from '../../system/files.ts'
import type { Publication } from '../store.ts'
import { partPath, partsFolder, recordPath } from './parts.ts'
import { type PlacingParts, place } from './placing.ts'
import { receiptDocument, receiptPath, receiptsFolder, writeReceipt } from './receipts.ts'

interface Staged {
  readonly publication: Publication
  readonly path: BytePath
  readonly fd: Fd
}

/** What one publication has come to; an error ends it. */
type Step<T> = T | Error

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))

function stage({ files, root, folders }: PlacingParts, publication: Publication): Step<Staged> {
  const { device, uploadId, bytes, metadata } = publication
  const path = partPath(device, uploadId)
  try {
    folders.ensure(partsFolder(device))
    if (bytes && files.statAt(root, path) !== undefined) files.unlinkAt(root, path)
    const fd = bytes ? files.createFileAt(root, path) : files.openWritableAt(root, path)
    try {
      if (bytes && bytes.length > 0) files.write(fd, bytes, 0)
      files.setTimes(fd, metadata.mtimeNs)
      return { publication, path, fd }
    } catch (error) {
      files.close(fd)
      throw error
    }
  } catch (error) {
    return asError(error)
  }
}

async function each<A, B>(steps: readonly Step<A>[], work: (value: A) => Promise<B>) {
  return await Promise.all(
    steps.map(async (step): Promise<Step<B>> => {
      if (step instanceof Error) return step
      try {
        return await work(step)
      } catch (error) {
        return asError(error)
      }
    }),
  )
}

interface Named extends Staged {
  readonly receipt: Receipt
  readonly receiptFd: Fd
  readonly folders: readonly BytePath[]
}

async function name(parts: PlacingParts, staged: Staged): Promise<Named> {
  const { files, root, clock } = parts
  const { publication } = staged
  const { device, uploadId, sizeBytes, digest, sha256 } = publication
  const { location, existed } = await place(parts, publication, staged)
  if (existed) await syncFile(parts, location)
  const receipt = { uploadId, sizeBytes, digest, sha256, location: location as string }
  const folder = parts.folders.ensure(receiptsFolder(device))
  const document = receiptDocument(publication, location, clock.wallMs())
  const receiptFd = writeReceipt(files, root, receiptPath(device, uploadId), document)
  return { ...staged, receipt, receiptFd, folders: [parentOf(location), folder] }
}

export async function syncFile({ files, root }: PlacingParts, path: BytePath): Promise<void> {
  const fd = files.openFileAt(root, path)
  try {
    await files.sync(fd)
  } finally {
    files.close(fd)
  }
}

function cleanUp({ files, root }: PlacingParts, { device, uploadId }: Publication): void {
  for (const path of [partPath(device, uploadId), recordPath(device, uploadId)]) {
    if (files.statAt(root, path) !== undefined) files.unlinkAt(root, path)
  }
}

/** One after the other, because two of a group may be versions of one path. */
async function nameAll(parts: PlacingParts, synced: readonly Step<Staged>[]) {
  const named: Step<Named>[] = []
  for (const step of synced) {
    named.push(...(await each([step], (staged) => name(parts, staged))))
  }
  return named
}

/** Receipts that did not become durable must not be found by the next open. */
function withdraw({ files, root }: PlacingParts, { device, uploadId }: Publication): void {
  const path = receiptPath(device, uploadId)
  if (files.statAt(root, path) !== undefined) files.unlinkAt(root, path)
}

async function settle(parts: PlacingParts, named: readonly Step<Named>[]) {
  const { files, folders } = parts
  const wanted = named.flatMap((step) => (step instanceof Error ? [] : step.folders))
  const [receipts, entries] = await Promise.all([
    each(named, async ({ receiptFd, receipt }) => {
      await files.sync(receiptFd)
      return receipt
    }),
    each([wanted], (all) => folders.sync(all)),
  ])
  const [failure] = entries
  return receipts.map((receipt) => (failure instanceof Error ? failure : receipt))
}

export async function publishGroup(
  parts: PlacingParts,
  publications: readonly Publication[],
): Promise<(Receipt | Error)[]> {
  const { files } = parts
  const staged = publications.map((publication) => stage(parts, publication))
  const synced = await each(staged, async (one) => {
    await files.sync(one.fd)
    return one
  })
  const named = await nameAll(parts, synced)
  const outcomes = await settle(parts, named)
  for (const step of staged) if (!(step instanceof Error)) files.close(step.fd)
  named.forEach((step, index) => {
    if (step instanceof Error) return
    files.close(step.receiptFd)
    const tidy = outcomes[index] instanceof Error ? withdraw : cleanUp
    try {
      tidy(parts, step.publication)
    } catch (error) {
      if (tidy === withdraw) throw error
    }
  })
  return outcomes
}
