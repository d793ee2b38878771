/** The table of unfinished uploads: what may be in it, and how an entry comes and goes. */
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import type { OpenRequest } from '../wire/frames.ts'
import { createLargeIncoming, createSmallIncoming, type Incoming, Refusal } from './incoming.ts'
import type { Store } from './store.ts'

export interface InboxLimits {
  /** Up to this size a file is held in memory until it is finished. */
  readonly smallFileBytes: number
  readonly largestFileBytes: number
  /** Unfinished uploads of one device. */
  readonly openUploads: number
  /** Small files of all devices in memory at once. */
  readonly memoryBytes: number
  /** Bytes after which a part is made durable while it comes in. */
  readonly commitEveryBytes: number
}

export const DEFAULT_INBOX_LIMITS: InboxLimits = {
  smallFileBytes: 256 * 1024,
  largestFileBytes: 2 ** 44,
  openUploads: 1024,
  memoryBytes: 64 << 20,
  commitEveryBytes: 4 << 20,
}

export interface InboxParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly limits: InboxLimits
}

export interface Entry {
  readonly device: string
  readonly request: OpenRequest
  readonly incoming: Incoming
  epoch: number
  /** Opening, committing and finishing take their turns. */
  turn: Promise<unknown>
  committing: boolean
  syncedBytes: number
  held: boolean
  /** What its part holds is unknown and could not be put aside: it starts over before anything else. */
  broken: boolean
  /** Turns that have not ended; until then the entry stays. */
  busy: number
  /** When a byte came last, on the monotonic clock. */
  lastMs: number
  /** Content bytes taken in, again ones included, as long as this process remembers. */
  takenBytes: number
}

/** One device may have this part of the memory for small files. */
const DEVICE_SHARE = 2

/** Interrupted uploads that stay open in memory, so that going on needs no reading. */
const KEPT_OPEN = 32

/** What one device has open. */
interface Share {
  readonly open: number
  /** Of small files, in memory. */
  readonly heldBytes: number
}

const NOTHING: Share = { open: 0, heldBytes: 0 }

export interface Uploads {
  readonly entries: Map<string, Entry>
  /** Kept with the entries, since it is asked for each file. */
  readonly devices: Map<string, Share>
  memoryBytes: number
}

export const createUploads = (): Uploads => ({
  entries: new Map(),
  devices: new Map(),
  memoryBytes: 0,
})

/** Counts an entry that comes or goes. */
function count(state: Uploads, { device, incoming }: Entry, by: 1 | -1): void {
  const bytes = incoming.bytes() === undefined ? 0 : incoming.sizeBytes
  const { open, heldBytes } = state.devices.get(device) ?? NOTHING
  const share = { open: open + by, heldBytes: heldBytes + by * bytes }
  state.memoryBytes += by * bytes
  if (share.open === 0) state.devices.delete(device)
  else state.devices.set(device, share)
}

export const keyOf = (device: string, uploadId: string) => `${device}/${uploadId}`
const isSmall = ({ sizeBytes }: OpenRequest, limits: InboxLimits) =>
  sizeBytes <= limits.smallFileBytes

/** What is taken apart is written a second time, beside the part. */
function neededBytes({ metadata, sizeBytes, offsetBytes }: OpenRequest): number {
  const isTakenApart = metadata.content !== 'file'
  return sizeBytes - offsetBytes + (isTakenApart ? sizeBytes : 0)
}

function admit({ store, limits }: InboxParts, state: Uploads, device: string, r: OpenRequest) {
  if (store.roomBytes() < neededBytes(r)) {
    throw new Refusal('no-space', 'the receiver has no room', 10_000)
  }
  const { open, heldBytes } = state.devices.get(device) ?? NOTHING
  if (isSmall(r, limits) && heldBytes + r.sizeBytes > limits.memoryBytes / DEVICE_SHARE) {
    throw new Refusal('busy', 'too many small files of this device at once', 200)
  }
  if (open >= limits.openUploads) throw new Refusal('busy', 'too many unfinished uploads', 1000)
  if (isSmall(r, limits) && state.memoryBytes + r.sizeBytes > limits.memoryBytes) {
    throw new Refusal('busy', 'too many small files at once', 200)
  }
}

export function forget(state: Uploads, entry: Entry): void {
  const key = keyOf(entry.device, entry.request.uploadId)
  if (state.entries.get(key) !== entry) return
  state.entries.delete(key)
  count(state, entry, -1)
  entry.incoming.close()
}

/** Ends an entry whose content will never be taken. */
export function drop({ store }: InboxParts, state: Uploads, entry: Entry): void {
  forget(state, entry)
  store.removePart(entry.device, entry.request.uploadId)
}

/**
 * Ends an entry whose store failed: what it holds is unknown, so the next open starts over. Where the
 * store cannot even put it aside, the entry stays, and no hold on it counts any more.
 */
export function discard({ store, log }: InboxParts, state: Uploads, entry: Entry, cause: unknown) {
  if (state.entries.get(keyOf(entry.device, entry.request.uploadId)) !== entry) return
  log.warn('upload discarded, the store failed', { device: entry.device, cause: String(cause) })
  entry.epoch += 1
  try {
    entry.incoming.reset()
  } catch {
    try {
      store.removePart(entry.device, entry.request.uploadId)
    } catch {
      entry.broken = true
      entry.held = false
      return
    }
  }
  forget(state, entry)
}

export function create(
  parts: InboxParts,
  state: Uploads,
  device: string,
  request: OpenRequest,
): Entry {
  const { store, limits, clock } = parts
  admit(parts, state, device, request)
  const base = { device, request, turn: Promise.resolve(), committing: false, syncedBytes: 0 }
  const small = isSmall(request, limits)
  const part = small ? undefined : store.openPart(device, request.uploadId)
  const incoming = part
    ? createLargeIncoming(request.sizeBytes, part, clock)
    : createSmallIncoming(request.sizeBytes)
  const lastMs = clock.monotonicMs()
  const entry: Entry = {
    ...base,
    incoming,
    epoch: part?.record.epoch ?? 0,
    held: false,
    broken: false,
    takenBytes: 0,
    busy: 0,
    lastMs,
  }
  state.entries.set(keyOf(device, request.uploadId), entry)
  count(state, entry, 1)
  return entry
}

/** Forgets uploads that nobody holds, but for the large ones that were interrupted last. */
export function dropIdle(state: Uploads): void {
  const idle = [...state.entries.values()].filter(
    ({ held, busy, broken }) => !held && busy === 0 && !broken,
  )
  const small = idle.filter((entry) => entry.incoming.bytes() !== undefined)
  const large = idle.filter((entry) => entry.incoming.bytes() === undefined)
  for (const entry of small) forget(state, entry)
  for (const entry of large.slice(0, Math.max(0, large.length - KEPT_OPEN))) forget(state, entry)
}

/** Takes small files away from agents that began them and went silent. */
export function dropSilent(state: Uploads, beforeMs: number): void {
  for (const entry of [...state.entries.values()]) {
    if (entry.lastMs > beforeMs || entry.busy > 0 || entry.incoming.bytes() === undefined) continue
    entry.epoch += 1
    forget(state, entry)
  }
}
