/** What of a simulated disk outlives a power loss: synced chunks, and steps of its journal. */
import type { Rng } from './rng.ts'

export const CHUNK_BYTES = 256

export interface Inode {
  ino: number
  readonly kind: 'file' | 'directory'
  /** As processes see it. */
  data: Uint8Array
  size: number
  mtimeNs: bigint
  ctimeNs: bigint
  /** As the medium has it. */
  disk: Uint8Array
  diskSize: number
  diskMtimeNs: bigint
  diskCtimeNs: bigint
  /** Chunks that the medium has not, each with the number of its last write. */
  readonly dirty: Map<number, number>
  entries: Map<string, Inode>
  durable: Map<string, Inode>
  parent: Inode | undefined
  name: string
  links: number
  /** Descriptors, those for writing among them, and read leases. */
  opens: number
  writers: number
  leases: number
}

export type Change = readonly [directory: Inode, name: string, inode: Inode | undefined]

/** One step of the file system's own journal: whole or not at all. */
export interface Step {
  readonly number: number
  changes: readonly Change[]
}

export function room(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length >= size) return bytes
  const grown = new Uint8Array(Math.max(size, bytes.length * 2, CHUNK_BYTES))
  grown.set(bytes)
  return grown
}

export function createSteps(disk: { readonly steps: Step[]; readonly isOrdered: boolean }) {
  const apply = (step: Step) => {
    for (const [directory, name, inode] of step.changes) {
      if (inode === undefined) directory.durable.delete(name)
      else directory.durable.set(name, inode)
    }
  }
  /** An older step must not undo what a newer one has made durable. */
  const outdate = (older: Step, newer: Step) => {
    const names = newer.changes
    older.changes = older.changes.filter(
      ([directory, name]) => !names.some((one) => one[0] === directory && one[1] === name),
    )
  }
  const keep = (chosen: readonly Step[]) => {
    for (const step of chosen) {
      apply(step)
      const at = disk.steps.indexOf(step)
      for (const older of disk.steps.slice(0, at)) outdate(older, step)
      disk.steps.splice(at, 1)
    }
  }
  return {
    upTo(number: number, inode: Inode): void {
      const touches = (step: Step) => step.changes.some(([directory]) => directory === inode)
      keep(disk.steps.filter((s) => s.number <= number && (disk.isOrdered || touches(s))))
    },
    crash(rng: Rng): void {
      const cut = rng.below(disk.steps.length + 1)
      const share = rng.pick([0, 0.3, 0.7, 1])
      keep(disk.steps.filter((_, at) => (disk.isOrdered ? at < cut : rng.chance(share))))
      disk.steps.length = 0
    },
  }
}

export function createNumbers() {
  let free: number[] = []
  let next = 2
  return {
    /** The number freed last is the next one used. */
    take: () => free.pop() ?? next++,
    free: (ino: number) => void free.push(ino),
    /** After a crash two files may claim one number: the later found one gets another. */
    recount(inodes: Iterable<Inode>) {
      const taken = new Set<number>()
      free = []
      for (const inode of inodes) {
        if (taken.has(inode.ino)) inode.ino = next++
        taken.add(inode.ino)
      }
      for (let ino = next - 1; ino >= 2; ino--) if (!taken.has(ino)) free.push(ino)
    },
  }
}

/** What the medium has of one file after the power went. */
export function crashContent(inode: Inode, rng: Rng, stampNs: () => bigint): void {
  const isClean = inode.dirty.size === 0 && inode.size === inode.diskSize
  const fate = isClean ? 'medium' : rng.pick(['medium', 'medium', 'all', 'torn', 'torn'] as const)
  if (fate !== 'medium') {
    inode.disk = room(inode.disk, inode.size)
    const share = fate === 'all' ? 1 : rng.fraction()
    for (const chunk of inode.dirty.keys()) {
      const from = chunk * CHUNK_BYTES
      if (from >= inode.size || (fate !== 'all' && !rng.chance(share))) continue
      inode.disk.set(inode.data.subarray(from, Math.min(from + CHUNK_BYTES, inode.size)), from)
    }
    if (fate === 'all' || rng.chance(0.5)) inode.diskSize = inode.size
    else if (inode.size > inode.diskSize) inode.diskSize += rng.below(inode.size - inode.diskSize)
    inode.disk.fill(0, inode.diskSize)
  }
  if (fate === 'all') {
    inode.diskMtimeNs = inode.mtimeNs
    inode.diskCtimeNs = inode.ctimeNs
  } else if (fate === 'torn') inode.diskCtimeNs = stampNs()
  inode.data = inode.disk.slice()
  inode.size = inode.diskSize
  inode.mtimeNs = inode.diskMtimeNs
  inode.ctimeNs = inode.diskCtimeNs
  inode.dirty.clear()
}
