/** Publishes a group of files with few syncs: contents, then names and receipts, then the answers. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import type { Receipt } from '../../model.ts'
import type { Fd } from '../../system/files.ts'
import type { Publication } from '../store.ts'
import { createAnew, unlinkIfThere } from './names-at.ts'
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

function stageIn({ files, root, folders }: PlacingParts, publication: Publication): Staged {
  const { device, uploadId, generation, bytes, metadata } = publication
  const path = partPath(device, uploadId, generation)
  folders.ensure(partsFolder(device))
  const fd = bytes ? createAnew(files, root, path) : files.openWritableAt(root, path)
  try {
    if (bytes && bytes.length > 0) files.write(fd, bytes, 0)
    files.setTimes(fd, metadata.mtimeNs)
    return { publication, path, fd }
  } catch (error) {
    files.close(fd)
    throw error
  }
}

function stage(parts: PlacingParts, publication: Publication): Step<Staged> {
  try {
    return parts.folders.within(() => stageIn(parts, publication))
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
  readonly location: BytePath
}

interface Receipted extends Named {
  readonly receipt: Receipt
  readonly receiptFd: Fd
  /** The folder of the receipt. */
  readonly folder: BytePath
}

function writeDown(parts: PlacingParts, named: Named): Receipted {
  const { files, root, clock, folders } = parts
  const { publication, location } = named
  const { uploadId, sizeBytes, digest, sha256 } = publication
  const receipt = { uploadId, sizeBytes, digest, sha256, location: location as string }
  const folder = folders.ensure(receiptsFolder(publication))
  const document = receiptDocument(publication, [location], clock.wallMs())
  const receiptFd = writeReceipt(files, root, receiptPath(publication), document)
  return { ...named, receipt, receiptFd, folder }
}

export async function syncFile({ files, root }: PlacingParts, path: BytePath): Promise<void> {
  const fd = files.openFileAt(root, path)
  try {
    await files.sync(fd)
  } finally {
    files.close(fd)
  }
}

/** Removes what staged a publication that is durable now. */
export function cleanUp({ files, root }: PlacingParts, publication: Publication): void {
  const { device, uploadId, generation, bytes } = publication
  unlinkIfThere(files, root, partPath(device, uploadId, generation))
  // A small file was staged only to be named; it has no record.
  if (bytes === undefined) unlinkIfThere(files, root, recordPath(device, uploadId))
}

/** One after the other, because two of a group may be versions of one path. */
async function nameAll(parts: PlacingParts, synced: readonly Step<Staged>[]) {
  const named: Step<Named>[] = []
  for (const step of synced) {
    named.push(
      ...(await each([step], async (staged) => ({
        ...staged,
        location: await parts.folders.withinAsync(() => place(parts, staged.publication, staged)),
      }))),
    )
  }
  return named
}

/** Receipts that did not become durable must not be found by the next open. */
function withdraw({ files, root }: PlacingParts, publication: Publication): void {
  const path = receiptPath(publication)
  unlinkIfThere(files, root, path)
}

/** Syncs folders for all of a group: where that fails, none of it is durable. */
async function syncFolders<T>(
  { folders }: PlacingParts,
  steps: readonly Step<T>[],
  folderOf: (step: T) => BytePath,
): Promise<Step<T>[]> {
  try {
    await folders.sync(steps.flatMap((step) => (step instanceof Error ? [] : folderOf(step))))
    return [...steps]
  } catch (error) {
    return steps.map((step) => (step instanceof Error ? step : asError(error)))
  }
}

/** Syncs receipts and closes them; gives back what is durable now. */
async function settle(parts: PlacingParts, written: readonly Step<Receipted>[]) {
  const { files } = parts
  const synced = await each(written, async (step) => {
    await files.sync(step.receiptFd)
    return step
  })
  for (const step of written) if (!(step instanceof Error)) files.close(step.receiptFd)
  return await syncFolders(parts, synced, ({ folder }) => folder)
}

/** What cannot be tidied up is found again, and dealt with, by the next open. */
function tidyUp(parts: PlacingParts, { publication }: Receipted, outcome: Step<Receipted>): void {
  const tidy = outcome instanceof Error ? withdraw : cleanUp
  try {
    tidy(parts, publication)
  } catch {
    // The answer is an error already, or durable already.
  }
}

/** A receipt is written only once the name it speaks of is durable. */
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
  for (const step of staged) if (!(step instanceof Error)) files.close(step.fd)
  const durable = await syncFolders(parts, named, ({ location }) => parentOf(location))
  const written = await each(durable, async (step) =>
    parts.folders.within(() => writeDown(parts, step)),
  )
  const outcomes = await settle(parts, written)
  written.forEach((step, index) => {
    if (!(step instanceof Error)) tidyUp(parts, step, outcomes[index] ?? step)
  })
  return outcomes.map((step) => (step instanceof Error ? step : step.receipt))
}
