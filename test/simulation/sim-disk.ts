/** A disk with a page cache: what was not synced may be lost, kept or torn when the power goes. */
import {
  CHUNK_BYTES,
  type Change,
  crashContent,
  createNumbers,
  createSteps,
  type Inode,
  room,
  type Step,
} from './medium.ts'
import type { Rng } from './rng.ts'

export interface Disk {
  readonly root: Inode
  dev: bigint
  /** True: an fsync makes every earlier name durable too, as journals do; false: its own alone. */
  readonly isOrdered: boolean
  readonly steps: Step[]
  stampNs(): bigint
  make(kind: Inode['kind']): Inode
  /** Changes names, at once and together. */
  change(...changes: Change[]): void
  write(inode: Inode, bytes: Uint8Array, offset: number): void
  truncate(inode: Inode, size: number): void
  /** Drops what no name and no descriptor holds. */
  drop(inode: Inode): void
  /** Takes down what a sync has to make durable; the answer does it, or loses it. */
  beginSync(inode: Inode): (outcome: 'done' | 'failed') => void
  /** The power goes: back to the medium and some of what was on its way there. */
  crash(rng: Rng): void
}

const EMPTY = new Uint8Array(0)

export interface DiskOptions {
  readonly stampNs: () => bigint
  readonly isOrdered: boolean
  readonly dev: bigint
}

function newInode(ino: number, kind: Inode['kind'], stampNs: bigint): Inode {
  return {
    ino,
    kind,
    data: EMPTY,
    size: 0,
    mtimeNs: stampNs,
    ctimeNs: stampNs,
    disk: EMPTY,
    diskSize: 0,
    diskMtimeNs: stampNs,
    diskCtimeNs: stampNs,
    dirty: new Map(),
    entries: new Map(),
    durable: new Map(),
    parent: undefined,
    name: '',
    links: 0,
    opens: 0,
    writers: 0,
    leases: 0,
  }
}

export function createDisk(options: DiskOptions): Disk {
  const { stampNs, isOrdered } = options
  const numbers = createNumbers()
  const steps: Step[] = []
  const ordering = createSteps({ steps, isOrdered })
  let count = 0
  const make = (kind: Inode['kind']) => newInode(numbers.take(), kind, stampNs())
  const root = make('directory')
  root.links = 1
  const drop = (inode: Inode) => {
    if (inode.links > 0 || inode.opens > 0) return
    numbers.free(inode.ino)
  }
  const settle = (directory: Inode, rng: Rng, found: Set<Inode>) => {
    found.add(directory)
    directory.entries = new Map(directory.durable)
    for (const [name, inode] of directory.entries) {
      const isNew = !found.has(inode)
      if (isNew) inode.links = 0
      inode.links += 1
      found.add(inode)
      if (!isNew) continue
      Object.assign(inode, { opens: 0, writers: 0, leases: 0 })
      if (inode.kind === 'file') crashContent(inode, rng, stampNs)
      else {
        Object.assign(inode, { parent: directory, name })
        settle(inode, rng, found)
      }
    }
  }
  const disk: Disk = {
    root,
    dev: options.dev,
    isOrdered,
    steps,
    stampNs,
    make,
    change(...changes) {
      for (const [directory, name, inode] of changes) {
        const before = directory.entries.get(name)
        if (inode === undefined) directory.entries.delete(name)
        else {
          directory.entries.set(name, inode)
          inode.links += 1
          inode.ctimeNs = stampNs()
          if (inode.kind === 'directory') Object.assign(inode, { parent: directory, name })
        }
        if (before === undefined) continue
        before.links -= 1
        drop(before)
      }
      count += 1
      steps.push({ number: count, changes })
    },
    write(inode, bytes, offset) {
      const end = offset + bytes.length
      inode.data = room(inode.data, end)
      inode.data.set(bytes, offset)
      inode.size = Math.max(inode.size, end)
      inode.mtimeNs = stampNs()
      inode.ctimeNs = inode.mtimeNs
      count += 1
      for (let at = Math.floor(offset / CHUNK_BYTES); at * CHUNK_BYTES < end; at++) {
        inode.dirty.set(at, count)
      }
    },
    truncate(inode, size) {
      inode.data = room(inode.data, size)
      inode.data.fill(0, size)
      inode.size = size
      inode.mtimeNs = stampNs()
      inode.ctimeNs = inode.mtimeNs
      count += 1
      for (let at = Math.floor(size / CHUNK_BYTES); at * CHUNK_BYTES < inode.diskSize; at++) {
        inode.dirty.set(at, count)
      }
    },
    drop,
    beginSync(inode) {
      const upTo = count
      const { size, mtimeNs, ctimeNs } = inode
      const chunks = [...inode.dirty].map(([at, number]) => {
        const from = at * CHUNK_BYTES
        return { at, number, from, bytes: inode.data.slice(from, from + CHUNK_BYTES) }
      })
      return (outcome) => {
        for (const { at, number } of chunks) {
          if (inode.dirty.get(at) === number) inode.dirty.delete(at)
        }
        if (outcome === 'failed') return
        for (const { from, bytes } of chunks) {
          inode.disk = room(inode.disk, from + CHUNK_BYTES)
          inode.disk.set(bytes, from)
        }
        inode.disk.fill(0, size)
        inode.diskSize = size
        inode.diskMtimeNs = mtimeNs
        inode.diskCtimeNs = ctimeNs
        if (isOrdered || inode.kind === 'directory') ordering.upTo(upTo, inode)
      }
    },
    crash(rng) {
      ordering.crash(rng)
      const found = new Set<Inode>()
      settle(root, rng, found)
      numbers.recount(found)
      root.links = 1
    },
  }
  return disk
}
