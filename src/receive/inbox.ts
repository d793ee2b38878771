/** The receiver's rules: who may write which byte when, and what may be answered. */
import type { Chain, Receipt } from '../model.ts'
import { crc32, sameBytes } from '../system/digest.ts'
import type { Finish, Opened, OpenRequest } from '../wire/frames.ts'
import { type Committer, createCommitter } from './committer.ts'
import { createConfirm } from './confirming.ts'
import { Refusal, storeRefusal } from './incoming.ts'
import { pathProblem, wordsProblem } from './names.ts'
import {
  create,
  createUploads,
  discard,
  drop,
  dropIdle,
  dropSilent,
  type Entry,
  forget,
  type InboxLimits,
  type InboxParts,
  keyOf,
  type Uploads,
} from './uploads.ts'

/** One agent's hold on one upload; void once another open of the same upload came. */
export interface Hold {
  readonly entry: Entry
  readonly epoch: number
}

export interface Inbox {
  /** Fails with `Refusal`. Without a hold, the upload is finished already. */
  open(device: string, request: OpenRequest): Promise<{ opened: Opened; hold: Hold | undefined }>
  /** Appends. Fails with `Refusal`. */
  write(hold: Hold, data: { offsetBytes: number; crc32: number; bytes: Uint8Array }): void
  /** Makes what came in durable, when enough has; undefined: not now. Fails with `Refusal`. */
  commit(hold: Hold): Promise<Chain> | undefined
  /** Fails with `Refusal`. */
  finish(hold: Hold, finish: Finish): Promise<Receipt>
  /** The stream ended or the agent gave up: what is committed stays. */
  release(hold: Hold): void
  /** Frees the memory of small files whose agents went silent; to be called now and then. */
  dropSilent(): void
  /** Resolves when what was under way has ended; every hold is void at once. */
  close(): Promise<void>
}

/** An agent that began a small file sends it at once; after this it is not coming. */
const SILENT_MS = 120_000

function validate(request: OpenRequest, limits: InboxLimits): void {
  const { path, tags, datasetIds, partId } = request.metadata
  const problem = pathProblem(path) || wordsProblem([...tags, ...datasetIds, partId])
  if (problem !== '') throw new Refusal('invalid', problem)
  if (request.uploadId.length !== 64) throw new Refusal('invalid', 'the upload id is not 32 bytes')
  if (request.sizeBytes > limits.largestFileBytes) {
    throw new Refusal('invalid', `the file is larger than ${limits.largestFileBytes} bytes`)
  }
}

function checkHold({ entry, epoch }: Hold): void {
  if (entry.epoch !== epoch) throw new Refusal('stale-epoch', 'the upload was opened again')
}

/** One after the other for each upload; the caller's failure is its own. */
function inTurn<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
  entry.busy += 1
  const result = entry.turn.then(work).finally(() => {
    entry.busy -= 1
  })
  entry.turn = result.catch(() => {})
  return result
}

const isListed = (state: Uploads, entry: Entry) =>
  state.entries.get(keyOf(entry.device, entry.request.uploadId)) === entry

function createOpening(parts: InboxParts, state: Uploads) {
  const { store } = parts
  const confirm = createConfirm(store)
  const finished = async (device: string, uploadId: string) => {
    const receipt = store.findReceipt(device, uploadId)
    if (receipt === undefined) return undefined
    await confirm(device, receipt)
    const prefix = { offsetBytes: receipt.sizeBytes, digest: receipt.digest }
    return { opened: { epoch: 0, generation: 0, prefix, receipt }, hold: undefined }
  }
  const takeOver = async (entry: Entry, epoch: number, reset: boolean) => {
    if (reset || entry.broken) entry.incoming.reset()
    entry.broken = false
    const prefix = await entry.incoming.takeOver(epoch)
    entry.syncedBytes = prefix.offsetBytes
    const generation = entry.incoming.generation()
    const { device, request } = entry
    const resumed = prefix.offsetBytes
    if (resumed > 0) parts.log.debug('resumed', { device, at: resumed, bytes: request.sizeBytes })
    const opened = { epoch, generation, prefix, receipt: undefined }
    return { opened, hold: { entry, epoch } }
  }
  /** `isFresh`: made for this very open, a moment after nothing finished was found. */
  const openEntry = async (entry: Entry, epoch: number, request: OpenRequest, isFresh: boolean) => {
    const done = isFresh ? undefined : await finished(entry.device, request.uploadId)
    if (done) return done
    if (!isListed(state, entry)) throw new Refusal('stale-epoch', 'the upload ended meanwhile')
    try {
      return await takeOver(entry, epoch, request.reset)
    } catch (error) {
      discard(parts, state, entry, error)
      throw storeRefusal(error)
    }
  }
  return async (device: string, request: OpenRequest) => {
    validate(request, parts.limits)
    const known = state.entries.get(keyOf(device, request.uploadId))
    if (known === undefined) {
      const done = await finished(device, request.uploadId)
      if (done) return done
    }
    const standing = state.entries.get(keyOf(device, request.uploadId))
    const entry = standing ?? create(parts, state, device, request)
    if (entry.request.sizeBytes !== request.sizeBytes) {
      throw new Refusal('invalid', 'the upload was opened with another size')
    }
    entry.epoch += 1
    entry.held = true
    const { epoch } = entry
    try {
      return await inTurn(entry, () => openEntry(entry, epoch, request, standing === undefined))
    } catch (error) {
      release(state, { entry, epoch })
      throw error
    }
  }
}

/** What is committed stays; a small file is forgotten. */
function release(state: Uploads, { entry, epoch }: Hold): void {
  if (entry.epoch !== epoch) return
  entry.held = false
  // Most uploads end with their receipt: then there is nothing to tidy up.
  if (isListed(state, entry)) dropIdle(state)
}

function createFinishing(parts: InboxParts, state: Uploads, committer: Committer) {
  const { log } = parts
  return async ({ entry, epoch }: Hold, { sizeBytes, digest }: Finish): Promise<Receipt> => {
    checkHold({ entry, epoch })
    if (!isListed(state, entry)) throw new Refusal('stale-epoch', 'the upload ended meanwhile')
    const { device, request, incoming } = entry
    if (sizeBytes !== incoming.sizeBytes || incoming.receivedBytes() !== sizeBytes) {
      throw new Refusal('wrong-offset', `finished at ${incoming.receivedBytes()} of ${sizeBytes}`)
    }
    const computed = incoming.finish()
    if (!sameBytes(computed.digest, digest)) {
      incoming.reset()
      forget(state, entry)
      throw new Refusal('corrupt', 'the digest does not fit the bytes')
    }
    const { uploadId, metadata } = request
    const ledger = 'receipts' as const
    const publication = { device, ledger, uploadId, metadata, sizeBytes, ...computed }
    try {
      const bytes = incoming.bytes()
      const generation = bytes === undefined ? incoming.generation() : 0
      const receipt = await committer.publish({ ...publication, generation, bytes })
      const { location } = receipt
      log.debug('stored', { device, location, bytes: sizeBytes, taken: entry.takenBytes })
      forget(state, entry)
      return receipt
    } catch (error) {
      const refusal = storeRefusal(error)
      if (refusal.code === 'invalid') drop(parts, state, entry)
      else discard(parts, state, entry, error)
      throw refusal
    }
  }
}

/** `write` changes nothing unless the hold is the newest and the offset the next. */
function createWriting(parts: InboxParts, state: Uploads): Inbox['write'] {
  return (hold, { offsetBytes, crc32: expected, bytes }) => {
    checkHold(hold)
    const { incoming } = hold.entry
    if (offsetBytes !== incoming.receivedBytes()) {
      const at = incoming.receivedBytes()
      throw new Refusal('wrong-offset', `data at ${offsetBytes}, expected at ${at}`)
    }
    if (offsetBytes + bytes.length > incoming.sizeBytes) {
      throw new Refusal('invalid', 'more bytes than the file has')
    }
    if (crc32(bytes) !== expected) throw new Refusal('corrupt', 'the CRC does not fit the bytes')
    try {
      incoming.append(bytes)
      hold.entry.takenBytes += bytes.length
      hold.entry.lastMs = parts.clock.monotonicMs()
    } catch (error) {
      const refusal = storeRefusal(error)
      if (refusal.code !== 'no-space') discard(parts, state, hold.entry, error)
      throw refusal
    }
  }
}

export function createInbox(parts: InboxParts): Inbox {
  const state = createUploads()
  const committer = createCommitter(parts.store)
  let isClosed = false
  const commit = async ({ entry }: Hold): Promise<Chain> => {
    entry.committing = true
    entry.syncedBytes = entry.incoming.receivedBytes()
    try {
      return await entry.incoming.commit()
    } catch (error) {
      discard(parts, state, entry, error)
      throw storeRefusal(error)
    } finally {
      entry.committing = false
    }
  }
  return {
    open: createOpening(parts, state) as Inbox['open'],
    write: createWriting(parts, state),
    commit(hold) {
      const { incoming, committing, syncedBytes } = hold.entry
      const due = incoming.receivedBytes() - syncedBytes >= parts.limits.commitEveryBytes
      return due && !committing ? inTurn(hold.entry, () => commit(hold)) : undefined
    },
    finish: (hold, finish) =>
      inTurn(hold.entry, () => createFinishing(parts, state, committer)(hold, finish)),
    release: (hold) => release(state, hold),
    dropSilent: () => dropSilent(state, parts.clock.monotonicMs() - SILENT_MS),
    async close() {
      if (isClosed) return
      isClosed = true
      const entries = [...state.entries.values()]
      for (const entry of entries) entry.epoch += 1
      await Promise.all(entries.map(({ turn }) => turn))
      for (const entry of [...state.entries.values()]) forget(state, entry)
      parts.store.close()
    },
  }
}
