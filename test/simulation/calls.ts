/** Calls of a simulated process that may fail, and what they tell whom. */

import { failure } from './descriptors.ts'
import type { Inode } from './medium.ts'
import type { Process } from './process.ts'
import type { Rng } from './rng.ts'
import type { Timeline } from './sim-clock.ts'
import type { Disk } from './sim-disk.ts'

export interface FileFaults {
  /** Chances of EIO, for reads, other calls and syncs. */
  readonly readError: () => number
  readonly callError: () => number
  readonly syncError: () => number
  readonly isFull: () => boolean
  readonly unknownWriters: () => number
  readonly syncMs: () => number
}

export interface FilesHooks {
  /** A name is about to go: the inode it stands for, its directory and itself. */
  readonly onUnlink: (directory: Inode, name: string, inode: Inode) => void
  /** A name has appeared. */
  readonly onNamed: (directory: Inode, name: string, inode: Inode) => void
  /** Content is about to change. */
  readonly onWrite: (inode: Inode) => void
}

export interface SimFilesOptions {
  readonly disk: Disk
  readonly process: Process
  readonly timeline: Timeline
  readonly rng: Rng
  readonly faults: FileFaults
  readonly hooks: FilesHooks
}

/** Runs a call that may fail with EIO, and, where it needs room, with ENOSPC. */
export function createCalls({ process, rng, faults }: SimFilesOptions) {
  return {
    plain: <T>(label: string, work: () => T) =>
      process.call(label, () => {
        if (rng.chance(faults.callError())) throw failure('EIO', label)
        return work()
      }),
    growing: <T>(label: string, work: () => T) =>
      process.call(label, () => {
        if (faults.isFull() && rng.chance(0.8)) throw failure('ENOSPC', label)
        if (rng.chance(faults.callError())) throw failure('EIO', label)
        return work()
      }),
    reading: <T>(label: string, work: () => T) =>
      process.call(label, () => {
        if (rng.chance(faults.readError())) throw failure('EIO', label)
        return work()
      }),
  }
}

export type Calls = ReturnType<typeof createCalls>
