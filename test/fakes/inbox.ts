/** A receiver's rules over a real directory store, and the requests of an agent. */
import { crc32 } from 'node:zlib'
import { type BytePath, fromText } from '../../src/byte-path.ts'
import { markStore, openDirectoryStore } from '../../src/receive/directory/directory-store.ts'
import { createInbox, type Hold, type Inbox } from '../../src/receive/inbox.ts'
import { DEFAULT_INBOX_LIMITS, type InboxLimits } from '../../src/receive/uploads.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createDigestStream } from '../../src/system/digest.ts'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import type { OpenRequest } from '../../src/wire/frames.ts'
import { quietLog } from './quiet.ts'

export function openStoreAt(folder: string, files: Files = createPosixFiles()) {
  markStore(createPosixFiles(), fromText(folder))
  return openDirectoryStore({
    files,
    clock: createSystemClock(),
    path: fromText(folder),
    lock: () => true,
    floorBytes: 0,
    allowVolatile: true,
    receiptDays: 90,
    partDays: 14,
  })
}

export function openInboxAt(
  folder: string,
  { files, limits }: { files?: Files; limits?: Partial<InboxLimits> } = {},
): Inbox {
  const store = openStoreAt(folder, files)
  const all = { ...DEFAULT_INBOX_LIMITS, ...limits }
  return createInbox({ store, clock: createSystemClock(), log: quietLog, limits: all })
}

export const idOf = (number: number) => number.toString(16).padStart(64, '0')

export function request(id: number, path: string, sizeBytes: number, reset = false): OpenRequest {
  const metadata = {
    path: path as BytePath,
    mtimeNs: 1_600_000_000_000_000_000n,
    tags: [],
    content: 'file',
    datasetIds: [],
    partId: '',
  } as const
  return { uploadId: idOf(id), metadata, sizeBytes, offsetBytes: 0, reset }
}

export const digestOf = (bytes: Uint8Array) => {
  const stream = createDigestStream()
  stream.update(bytes)
  return stream.digest()
}

export const data = (offsetBytes: number, bytes: Uint8Array) => ({
  offsetBytes,
  crc32: crc32(bytes),
  bytes,
})

export async function openHold(inbox: Inbox, device: string, open: OpenRequest): Promise<Hold> {
  const { hold } = await inbox.open(device, open)
  if (hold === undefined) throw new Error('it is finished already')
  return hold
}

/** A whole upload; gives the receipt. */
export async function send(inbox: Inbox, device: string, open: OpenRequest, bytes: Uint8Array) {
  const { hold, opened } = await inbox.open(device, open)
  if (hold === undefined) return opened.receipt
  inbox.write(hold, data(0, bytes))
  return await inbox.finish(hold, { sizeBytes: bytes.length, digest: digestOf(bytes) })
}
