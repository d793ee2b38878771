/** Publishes finished uploads in groups: what finishes while one group syncs is the next group. */
import type { Receipt } from '../model.ts'
import type { Publication, Store } from './store.ts'

export interface Committer {
  publish(publication: Publication): Promise<Receipt>
}

/** One group's bounds: descriptors, and bytes of small files written at once. */
const GROUP_FILES = 256

interface Waiting {
  readonly publication: Publication
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

export function createCommitter(store: Store): Committer {
  let queue: Waiting[] = []
  let running = false
  const commitGroup = async (group: readonly Waiting[]) => {
    try {
      const outcomes = await store.publish(group.map(({ publication }) => publication))
      group.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index] ?? new Error('no outcome')
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      })
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
  const run = async () => {
    running = true
    while (queue.length > 0) {
      const group = queue.slice(0, GROUP_FILES)
      queue = queue.slice(GROUP_FILES)
      await commitGroup(group)
    }
    running = false
  }
  return {
    publish: (publication) =>
      new Promise((resolve, reject) => {
        queue.push({ publication, resolve, reject })
        if (!running) void run()
      }),
  }
}
