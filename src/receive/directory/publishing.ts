/** Publishes a group of files with few syncs: contents, then names and receipts, then the answers. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import type { Receipt } from '../../model.ts'
import type { Fd } from '../../system/files.ts'
import type { Publication } from '../store.ts'
import { createAnew, unlinkIfThere } from './names-at.ts'
import { partPath, partsFolder, recordPath } from './parts.ts'
import { type PlacingParts, place } from './placing.ts'
import { receiptDocument, receiptPath, receiptsFolder } from './receipts.ts'
import { type Pending, shares, syncWritten, type Written, writeShare } from './shared-receipts.ts'

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

/** A receipt to be written. */
interface Due extends Pending {
  readonly named: Named
}

interface Receipted extends Named {
  readonly receipt: Receipt
  readonly written: Written
}

function receiptOf({ publication, location }: Named): Receipt {
  const { uploadId, sizeBytes, digest, sha256 } = publication
  return { uploadId, sizeBytes, digest, sha256, location }
}

/** Receipts that did not become durable must not be found by the next open. */
function withdraw({ files, root }: PlacingParts, { publication }: Named): void {
  unlinkIfThere(files, root, receiptPath(publication))
}

/** What cannot be tidied up is found again, and dealt with, by the next open. */
function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // The answer is an error already, or durable already.
  }
}

function writeDown(parts: PlacingParts, share: readonly Due[]): Step<Receipted>[] {
  const { folders } = parts
  try {
    const written = folders.within(() => {
      for (const { named } of share) folders.ensure(receiptsFolder(named.publication))
      return writeShare(parts, share)
    })
    return share.map(({ named }) => ({ ...named, receipt: receiptOf(named), written }))
  } catch (error) {
    for (const { named } of share) attempt(() => withdraw(parts, named))
    return share.map(() => asError(error))
  }
}

/** Writes the receipts of what is durable. */
function writeReceipts(parts: PlacingParts, durable: readonly Step<Named>[]): Step<Receipted>[] {
  const storedMs = parts.clock.wallMs()
  const due = durable.flatMap((named): Due[] => {
    if (named instanceof Error) return []
    const { publication, location } = named
    const document = receiptDocument(publication, [location], storedMs)
    return [{ named, path: receiptPath(publication), document }]
  })
  const outcomes = new Map<Named, Step<Receipted>>()
  for (const share of shares(due)) {
    const steps = writeDown(parts, share)
    for (const [index, { named }] of share.entries()) {
      outcomes.set(named, steps[index] ?? new Error())
    }
  }
  return durable.map((step) => (step instanceof Error ? step : (outcomes.get(step) ?? new Error())))
}

export async function syncFile({ files, root }: PlacingParts, path: BytePath): Promise<void> {
  const fd = files.openFileAt(root, path)
  try {
    await files.sync(fd)
  } finally {
    files.close(fd)
  }
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
async function settle(parts: PlacingParts, steps: readonly Step<Receipted>[]) {
  const syncs = new Map<Written, Promise<void>>()
  const synced = await each(steps, async (step) => {
    const sync = syncs.get(step.written) ?? syncWritten(parts, step.written)
    syncs.set(step.written, sync)
    await sync
    return step
  })
  return await syncFolders(parts, synced, ({ written }) => written.folder)
}

/** Once it has its name, a small file has left nothing; a large one its record. */
function tidyUp(parts: PlacingParts, step: Receipted, outcome: Step<Receipted>): void {
  const { device, uploadId, bytes } = step.publication
  if (outcome instanceof Error) withdraw(parts, step)
  else if (bytes === undefined) {
    unlinkIfThere(parts.files, parts.root, recordPath(device, uploadId))
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
  const written = writeReceipts(parts, durable)
  const outcomes = await settle(parts, written)
  written.forEach((step, index) => {
    if (!(step instanceof Error)) attempt(() => tidyUp(parts, step, outcomes[index] ?? step))
  })
  return outcomes.map((step) => (step instanceof Error ? step : step.receipt))
}
