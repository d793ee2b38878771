/** The other processes of the board: they write, rename, replace and delete files as they like. */
import { crc32 } from 'node:zlib'
import { find, locate } from './descriptors.ts'
import type { Inode } from './medium.ts'
import { filesBelow } from './oracle.ts'
import type { Rng } from './rng.ts'
import type { Disk } from './sim-disk.ts'

export interface MutatorOptions {
  readonly disk: Disk
  readonly rng: Rng
  /** Absolute paths that it works on. */
  readonly paths: readonly string[]
  /** Of the next file. */
  readonly size: () => number
  /** The share of its operations that put back an earlier modification time. */
  readonly forgery: number
  /** The content at a path is another now. */
  readonly onContent: (path: string, inode: Inode) => void
  readonly trace: (label: string) => void
}

export interface Mutator {
  /** One operation; where paths are given most likely a replacement of one of them. */
  act(among?: readonly string[]): void
  /** Closes what it holds open. */
  rest(): void
  /** The machine went down. */
  forget(): void
  openFiles(): number
}

interface Held {
  readonly path: string
  readonly inode: Inode
}

const MOST_HELD = 3

/** As long as the digest's blocks are here. */
const RECORD_BYTES = 1024

/** Records that end in their own CRC-32, as record logs do: all of one size share their CRC. */
function record(rng: Rng, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes)
  const view = new DataView(bytes.buffer)
  for (let from = 0; from < sizeBytes; from += RECORD_BYTES) {
    const end = Math.min(from + RECORD_BYTES, sizeBytes)
    if (end - from < 8) for (let at = from; at < end; at++) bytes[at] = rng.below(256)
    else {
      for (let at = from; at + 4 <= end; at += 16) view.setUint32(at, rng.below(2 ** 32))
      view.setUint32(end - 4, crc32(bytes.subarray(from, end - 4)), true)
    }
  }
  return bytes
}

function makeParents(disk: Disk, path: string): void {
  const parts = path.split('/').filter((part) => part !== '')
  let directory = disk.root
  for (const part of parts.slice(0, -1)) {
    const next = directory.entries.get(part) ?? disk.make('directory')
    if (!directory.entries.has(part)) disk.change([directory, part, next])
    directory = next
  }
}

export function createMutator(options: MutatorOptions): Mutator {
  const { disk, rng, paths, size, forgery, onContent, trace } = options
  let held: Held[] = []
  const at = (path: string): Inode | undefined => {
    try {
      const inode = find(disk.root, path)
      return inode?.kind === 'file' ? inode : undefined
    } catch {
      return undefined
    }
  }
  const isFree = (inode: Inode) => inode.leases === 0
  const forge = (inode: Inode, mtimeNs: bigint) => {
    if (rng.chance(forgery)) inode.mtimeNs = mtimeNs
  }
  const create = (path: string, sizeBytes: number): Inode => {
    makeParents(disk, path)
    const [directory, name] = locate(disk.root, path)
    const inode = disk.make('file')
    disk.change([directory, name, inode])
    if (sizeBytes > 0) disk.write(inode, record(rng, sizeBytes), 0)
    return inode
  }
  const changed = (what: string, path: string, inode: Inode) => {
    trace(`writer: ${what} ${path}, ${inode.size} bytes, inode ${inode.ino}`)
    onContent(path, inode)
    if (inode.links < 2) return
    // A power loss in the middle of a rename has left it with two names.
    for (const [name, one] of filesBelow(disk.root, '')) if (one === inode) onContent(name, inode)
  }
  const hold = (path: string, inode: Inode) => {
    if (held.length >= MOST_HELD || !isFree(inode)) return
    inode.opens += 1
    inode.writers += 1
    held.push({ path, inode })
    trace(`writer: opens ${path}`)
  }
  const release = (one: Held) => {
    one.inode.opens -= 1
    one.inode.writers -= 1
    disk.drop(one.inode)
    trace(`writer: closes ${one.path}`)
  }
  const write = (path: string) => {
    const inode = at(path)
    if (inode === undefined) return changed('creates', path, create(path, size()))
    if (!isFree(inode)) return
    const before = inode.mtimeNs
    const kinds = ['append', 'rewrite', 'truncate', 'same size'] as const
    // A forged time says most where the size stays, too.
    const kind = rng.chance(forgery / 2) ? 'same size' : rng.pick(kinds)
    if (kind === 'append') disk.write(inode, record(rng, size() % 600), inode.size)
    if (kind === 'truncate') disk.truncate(inode, rng.below(inode.size + 1))
    if (kind === 'rewrite') {
      disk.truncate(inode, 0)
      disk.write(inode, record(rng, size()), 0)
    }
    if (kind === 'same size') disk.write(inode, record(rng, inode.size), 0)
    forge(inode, before)
    changed(kind, path, inode)
  }
  const replace = (path: string) => {
    const before = at(path)
    const sizeBytes = before && rng.chance(0.5) ? before.size : size()
    const temporary = `${path}.tmp`
    const inode = at(temporary) ?? create(temporary, sizeBytes)
    onContent(temporary, inode)
    if (before) forge(inode, before.mtimeNs)
    const [directory, name] = locate(disk.root, path)
    disk.change([directory, name, inode], [directory, `${name}.tmp`, undefined])
    changed('replaces', path, inode)
  }
  const rename = (path: string) => {
    const inode = at(path)
    const target = rng.pick(paths)
    if (inode === undefined || target === path) return
    makeParents(disk, target)
    const [from, name] = locate(disk.root, path)
    const [to, newName] = locate(disk.root, target)
    disk.change([to, newName, inode], [from, name, undefined])
    trace(`writer: renames ${path}`)
    changed('has', target, inode)
    held = held.map((one) => (one.inode === inode ? { ...one, path: target } : one))
  }
  const remove = (path: string) => {
    if (at(path) === undefined) return
    const [directory, name] = locate(disk.root, path)
    disk.change([directory, name, undefined])
    trace(`writer: deletes ${path}`)
  }
  const goOn = () => {
    const one = held[rng.below(held.length)]
    if (one === undefined) return
    if (rng.chance(0.4)) {
      held = held.filter((other) => other !== one)
      return release(one)
    }
    disk.write(one.inode, record(rng, 1 + rng.below(700)), one.inode.size)
    if (one.inode.links > 0) changed('goes on with', one.path, one.inode)
  }
  const touch = (path: string) => {
    const inode = at(path)
    if (inode === undefined) return
    inode.mtimeNs = disk.stampNs()
    inode.ctimeNs = disk.stampNs()
    trace(`writer: touches ${path}`)
  }
  const settle = (path: string) => {
    const inode = at(path)
    if (inode) disk.beginSync(inode)('done')
  }
  return {
    act(among = []) {
      const path = rng.pick(among.length > 0 ? among : paths)
      if (among.length > 0 && rng.chance(0.6)) return replace(path)
      const inode = at(path)
      const kind = rng.below(20)
      if (kind < 8) write(path)
      else if (kind < 10) replace(path)
      else if (kind < 11) rename(path)
      else if (kind < 12) remove(path)
      else if (kind < 13) touch(path)
      else if (kind < 15) settle(path)
      else if (kind < 17 && inode) hold(path, inode)
      else goOn()
    },
    rest() {
      for (const one of held) release(one)
      held = []
    },
    forget() {
      held = []
    },
    openFiles: () => held.length,
  }
}
