/** Room on the disks of the roots, remembered for the forecast. */
import type { BytePath } from '../byte-path.ts'
import type { DiskUsage } from '../model.ts'
import { fullInMs, type Sample, withSample } from '../status/forecast.ts'
import type { DiskState } from '../status/snapshot.ts'
import type { Clock } from '../system/clock.ts'
import type { Files } from '../system/files.ts'

export interface DiskWatch {
  look(roots: readonly { readonly path: BytePath }[]): DiskState[]
}

function usageOf(files: Files, path: BytePath): DiskUsage | undefined {
  try {
    const fd = files.openRoot(path)
    try {
      return files.usage(fd)
    } finally {
      files.close(fd)
    }
  } catch {
    return undefined
  }
}

export function createDiskWatch(files: Files, clock: Clock): DiskWatch {
  const history = new Map<BytePath, readonly Sample[]>()
  return {
    look: (roots) =>
      roots.map(({ path }) => {
        const usage = usageOf(files, path)
        const before = history.get(path) ?? []
        const samples = usage ? withSample(before, usage, clock.monotonicMs()) : before
        history.set(path, samples)
        return { root: path, usage, fullInMs: fullInMs(samples) }
      }),
  }
}
