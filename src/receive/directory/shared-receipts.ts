/** Receipts that become durable together share a file, which has the name of each of them. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import { errorCode } from '../../errors.ts'
import type { Fd, Files } from '../../system/files.ts'
import { unlinkIfThere } from './names-at.ts'
import { writeReceipt } from './receipts.ts'

/** One receipt to be written: its document under its name. */
export interface Pending {
  readonly path: BytePath
  readonly document: Uint8Array
}

/** Open until they are synced. */
export interface Written {
  readonly fds: readonly Fd[]
  readonly folder: BytePath
}

interface Place {
  readonly files: Files
  readonly root: Fd
}

/** A copy of the store without hard links has each document so often; a disk has blocks for as many. */
const MOST_IN_FILE = 16
/** Documents are smaller by far, unless somebody has very many tags. */
const MOST_BYTES = 64 * 1024

/** File systems without hard links, or with few for a file, answer so. */
const NO_LINKS = ['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EMLINK']

/** What may share a file: what lies in one folder, some at a time, in the order given. */
export function shares<T extends Pending>(pending: readonly T[]): T[][] {
  const filling = new Map<BytePath, { members: T[]; bytes: number }>()
  const all: T[][] = []
  for (const one of pending) {
    const folder = parentOf(one.path)
    const { length } = one.document
    const share = filling.get(folder)
    const fits = share && share.members.length < MOST_IN_FILE && share.bytes + length <= MOST_BYTES
    if (fits) {
      share.members.push(one)
      share.bytes += length
      continue
    }
    const members = [one]
    all.push(members)
    filling.set(folder, { members, bytes: length })
  }
  return all
}

function linkAnew({ files, root }: Place, from: BytePath, to: BytePath): void {
  if (files.linkAt(root, from, root, to)) return
  unlinkIfThere(files, root, to)
  if (!files.linkAt(root, from, root, to)) throw new Error(`${to} cannot be replaced`)
}

function writeOne(place: Place, share: readonly Pending[]): Fd {
  const [first, ...others] = share
  if (first === undefined) throw new Error('nothing to write')
  const document = Buffer.concat(share.map((one) => one.document))
  const fd = writeReceipt(place.files, place.root, first.path, document)
  try {
    for (const { path } of others) linkAnew(place, first.path, path)
    return fd
  } catch (error) {
    place.files.close(fd)
    throw error
  }
}

function writeEach(place: Place, share: readonly Pending[]): Fd[] {
  const fds: Fd[] = []
  try {
    for (const one of share) fds.push(writeOne(place, [one]))
    return fds
  } catch (error) {
    for (const fd of fds) place.files.close(fd)
    throw error
  }
}

/** Writes what shares a file, in place of whatever had those names. Where it fails some may stand. */
export function writeShare(place: Place, share: readonly Pending[]): Written {
  const folder = parentOf(share[0]?.path ?? ('' as BytePath))
  try {
    return { fds: [writeOne(place, share)], folder }
  } catch (error) {
    if (share.length < 2 || !NO_LINKS.includes(errorCode(error))) throw error
    return { fds: writeEach(place, share), folder }
  }
}

/** Syncs and closes. */
export async function syncWritten({ files }: Place, { fds }: Written): Promise<void> {
  try {
    for (const fd of fds) await files.sync(fd)
  } finally {
    for (const fd of fds) files.close(fd)
  }
}
