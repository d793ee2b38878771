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
  /** Content bytes taken in, again ones included, as long as this process remembers. */
  takenBytes: number
}

/** Interrupted uploads that stay open in memory, so that going on needs no reading. */
const KEPT_OPEN = 32

export interface Uploads {
  readonly entries: Map<string, Entry>
  memoryBytes: number
}

export const keyOf = (device: string, uploadId: string) => `${device}/${uploadId}`
const isSmall = ({ sizeBytes }: OpenRequest, limits: InboxLimits) =>
  sizeBytes <= limits.smallFileBytes

function admit({ store, limits }: InboxParts, state: Uploads, device: string, r: OpenRequest) {
  if (store.roomBytes() < r.sizeBytes - r.offsetBytes) {
    throw new Refusal('no-space', 'the receiver has no room', 10_000)
  }
  let open = 0
  for (const entry of state.entries.values()) if (entry.device === device) open += 1
  if (open >= limits.openUploads) throw new Refusal('busy', 'too many unfinished uploads', 1000)
  if (isSmall(r, limits) && state.memoryBytes + r.sizeBytes > limits.memoryBytes) {
    throw new Refusal('busy', 'too many small files at once', 200)
  }
}

export function forget(state: Uploads, entry: Entry): void {
  const key = keyOf(entry.device, entry.request.uploadId)
  if (state.entries.get(key) !== entry) return
  state.entries.delete(key)
  if (entry.incoming.bytes() !== undefined) state.memoryBytes -= entry.incoming.sizeBytes
  entry.incoming.close()
}

/** Ends an entry whose store failed: what it holds is unknown, so the next open starts over. */
export function discard({ store, log }: InboxParts, state: Uploads, entry: Entry, cause: unknown) {
  log.warn('upload discarded, the store failed', { device: entry.device, cause: String(cause) })
  try {
    entry.incoming.reset()
  } catch {
    store.removePart(entry.device, entry.request.uploadId)
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
  if (small) state.memoryBytes += request.sizeBytes
  const entry: Entry = {
    ...base,
    incoming,
    epoch: part?.record.epoch ?? 0,
    held: false,
    takenBytes: 0,
  }
  state.entries.set(keyOf(device, request.uploadId), entry)
  return entry
}

export function dropIdle(state: Uploads): void {
  let idle = [...state.entries.values()].filter((entry) => !entry.held)
  for (const entry of idle.filter((one) => one.incoming.bytes() !== undefined)) forget(state, entry)
  idle = idle.filter((entry) => entry.incoming.bytes() === undefined)
  for (const entry of idle.slice(0, Math.max(0, idle.length - KEPT_OPEN))) forget(state, entry)
}
