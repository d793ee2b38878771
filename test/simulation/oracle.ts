/** What must hold, judged from outside: the disks as they are and as a power loss could leave them. */

import { find, partsOf } from './descriptors.ts'
import type { Inode } from './medium.ts'
import type { Disk } from './sim-disk.ts'

/** A promise was broken. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

export const DEVICE = 'robot'
export const STORE = '/store'
/** A name put aside for deletion: in its folder, or where a full disk has no room for one. */
export const ASIDE = /\/\.ferry-aside[/.]/

const contentOf = (inode: Inode) => inode.data.subarray(0, inode.size)
const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

/** Every outcome of a power loss has this name for this inode. */
function isNameCertain(disk: Disk, directory: Inode, name: string): boolean {
  if (directory.entries.get(name) !== directory.durable.get(name)) return false
  return !disk.steps.some(({ changes }) =>
    changes.some((change) => change[0] === directory && change[1] === name),
  )
}

/** Every outcome has these first bytes of the file: those on the medium, or the same on their way. */
function isContentCertain(inode: Inode, sizeBytes: number): boolean {
  if (inode.diskSize < sizeBytes || inode.size < sizeBytes) return false
  return sameBytes(inode.data.subarray(0, sizeBytes), inode.disk.subarray(0, sizeBytes))
}

/** The inode at a path, when every outcome of a power loss has it there with all of its bytes. */
export function certainAt(disk: Disk, path: string): Inode | undefined {
  let inode: Inode | undefined = disk.root
  for (const part of partsOf(path)) {
    if (inode === undefined || !isNameCertain(disk, inode, part)) return undefined
    inode = inode.entries.get(part)
  }
  if (inode?.kind !== 'file' || inode.size !== inode.diskSize) return undefined
  return isContentCertain(inode, inode.size) ? inode : undefined
}

/** Whether the first bytes of a part would survive. */
export function isPrefixCertain(disk: Disk, path: string, sizeBytes: number): boolean {
  const [directory, name] = [path.slice(0, path.lastIndexOf('/')), path.split('/').at(-1) ?? '']
  const folder = find(disk.root, directory)
  const inode = folder?.entries.get(name)
  if (!folder || !inode || !isNameCertain(disk, folder, name)) return false
  return isContentCertain(inode, sizeBytes)
}

export function* filesBelow(directory: Inode, prefix: string): Generator<[string, Inode]> {
  for (const [name, inode] of directory.entries) {
    if (inode.kind === 'file') yield [`${prefix}/${name}`, inode]
    else yield* filesBelow(inode, `${prefix}/${name}`)
  }
}

/** The board's path that an object of the store belongs to. */
function boardPath(storePath: string): string {
  const segments = storePath.split('/').map((segment) => segment.replace(/%~.*$/, ''))
  return decodeURIComponent(segments.join('/'))
}

/** Where a file was before the agent put it aside or back under another name. */
const originalPath = (path: string) =>
  path.replace(ASIDE, '/').replace(/(\.ferry-restored-\d+)+$/, '')

function pathOf(directory: Inode): string {
  return directory.parent ? `${pathOf(directory.parent)}/${directory.name}` : ''
}

const FILES = `${STORE}/${DEVICE}/files`

export interface Oracle {
  /** The board has shown this content at this path. */
  record(path: string, inode: Inode): void
  /** The agent removes a name: P1. */
  unlinked(directory: Inode, name: string, inode: Inode): void
  /** A name in the store appeared: P3. */
  named(directory: Inode, name: string, inode: Inode): void
  written(inode: Inode): void
  /** The receiver's disk came back from a power loss: P3. */
  recheck(): void
  /** P2, and what was deleted is still in the store. */
  atEnd(): void
  /** What the store certainly has of a path, with these bytes. */
  holds(path: string, inode: Inode): boolean
}

interface OracleOptions {
  readonly receiver: Disk
  readonly mayDelete: (path: string) => boolean
  /** Unsent, as the operator said: P10. */
  readonly mayEvict: (path: string) => boolean
  /** Told within the calls of the product, which must not catch it. */
  readonly fail: (error: Violation) => void
}

interface Receipt {
  readonly upload_id: string
  readonly path_encoded: string
  readonly size: number
  readonly modified_ns: string
  readonly digest: string
}

/** Of the documents in a file the one that has its name; what was cut short is none. */
function ownDocument(text: string, name: string): Receipt | undefined {
  for (const piece of text.split(/(?<=\n\}\n)/)) {
    try {
      const receipt = JSON.parse(piece) as Receipt
      if (receipt.upload_id === name) return receipt
    } catch {
      // The power went while it was written.
    }
  }
  return undefined
}

function checkReceipts(receiver: Disk): void {
  const folder = find(receiver.root, STORE)?.entries.get(DEVICE)?.entries.get('meta')
  const seen = new Set<string>()
  const receipts = folder?.entries.get('receipts') ?? receiver.make('directory')
  for (const [path, inode] of filesBelow(receipts, '')) {
    const name = path.slice(1)
    const receipt = ownDocument(Buffer.from(contentOf(inode)).toString(), name)
    if (receipt === undefined) continue
    const { path_encoded: board, size, modified_ns: mtime, digest } = receipt
    const version = `${board} ${size} ${mtime} ${digest}`
    if (seen.has(version)) throw new Violation(`P2: a second receipt ${name} for ${version}`)
    seen.add(version)
  }
}

export function createOracle({ receiver, mayDelete, mayEvict, fail }: OracleOptions): Oracle {
  const versions = new Map<string, Set<bigint | number>>()
  const published = new Set<Inode>()
  const deleted: { path: string; bytes: Uint8Array }[] = []
  const store = () => find(receiver.root, `${FILES}/.`) ?? undefined
  const objects = () => {
    const folder = safely(store)
    return folder ? filesBelow(folder, '') : []
  }
  const isHeld = (path: string, bytes: Uint8Array) => {
    for (const [name, inode] of objects()) {
      if (boardPath(name) !== path || inode.size !== bytes.length) continue
      if (!sameBytes(contentOf(inode), bytes)) continue
      if (certainAt(receiver, `${FILES}${name}`)) return true
    }
    return false
  }
  const checkObject = (name: string, inode: Inode) => {
    published.add(inode)
    const known = versions.get(originalPath(boardPath(name)))
    if (known === undefined) return fail(new Violation(`P3: ${name} is no path of the board`))
    if (!known.has(Bun.hash(contentOf(inode)))) {
      fail(new Violation(`P3: ${name} (${inode.size} bytes) is no version the board ever had`))
    }
  }
  return {
    record(at, inode) {
      const path = originalPath(at)
      const known = versions.get(path) ?? new Set()
      versions.set(path, known.add(Bun.hash(contentOf(inode))))
    },
    unlinked(directory, name, inode) {
      const path = `${pathOf(directory)}/${name}`.replace(ASIDE, '/')
      if (mayEvict(path)) return
      if (inode.writers > 0) fail(new Violation(`P1: ${path} is open for writing and deleted`))
      if (!mayDelete(path)) fail(new Violation(`P10: ${path} was to be kept and is deleted`))
      if (!isHeld(path, contentOf(inode))) {
        fail(new Violation(`P1: ${path} (${inode.size} bytes) is deleted and not durable`))
      }
      deleted.push({ path, bytes: contentOf(inode).slice() })
    },
    named(directory, name, inode) {
      const path = `${pathOf(directory)}/${name}`
      if (path.startsWith(`${FILES}/`) && inode.kind === 'file') {
        checkObject(path.slice(FILES.length), inode)
      }
    },
    written(inode) {
      if (published.has(inode) && inode.links > 0 && isPublished(inode, objects())) {
        fail(new Violation('P7: the content of a published object changes'))
      }
    },
    recheck() {
      published.clear()
      for (const [name, inode] of objects()) checkObject(name, inode)
    },
    atEnd() {
      const seen = new Set<string>()
      for (const [name, inode] of objects()) {
        const key = `${boardPath(name)} ${Bun.hash(contentOf(inode))}`
        if (seen.has(key)) throw new Violation(`P2: ${name} is a second copy`)
        seen.add(key)
      }
      checkReceipts(receiver)
      for (const { path, bytes } of deleted) {
        if (!isHeld(path, bytes)) throw new Violation(`P1: what ${path} held has left the store`)
      }
    },
    holds: (path, inode) => isHeld(path, contentOf(inode)),
  }
}

function isPublished(inode: Inode, objects: Iterable<[string, Inode]>): boolean {
  for (const [, object] of objects) if (object === inode) return true
  return false
}

function safely<T>(work: () => T | undefined): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
