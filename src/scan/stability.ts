/** Which versions have stayed the same long enough, by looks on the monotonic clock. Pure. */
import type { FileVersion } from '../model.ts'

export interface Stability {
  /**
   * One look at a version that has no row yet. `stable` once two looks at least `quietMs` apart saw
   * the same size, times and inode; `full` when there is no room to remember it until then.
   */
  look(file: FileVersion, quietMs: number, monotonicMs: number): 'stable' | 'changing' | 'full'
  /** Ends a pass over everything: forgets what this pass did not see. */
  endPass(): void
  /** When the next remembered version can be stable, on the monotonic clock. */
  nextMs(): number | undefined
  /** How many are remembered. */
  readonly size: number
}

interface Look {
  readonly version: string
  /** The first look at this version, and where the quiet time ends. */
  readonly sinceMs: number
  readonly stableAtMs: number
  pass: number
}

/** About 200 bytes each; what does not fit is looked at again once these are sent. */
const DEFAULT_REMEMBERED = 50_000

/** One text that differs whenever a look sees another version. */
export const versionKey = ({ sizeBytes, mtimeNs, ctimeNs, ino }: FileVersion) =>
  `${sizeBytes} ${mtimeNs} ${ctimeNs} ${ino}`

export function createStability(capacity = DEFAULT_REMEMBERED): Stability {
  const looks = new Map<string, Look>()
  let pass = 0
  return {
    look(file, quietMs, monotonicMs) {
      const version = versionKey(file)
      const before = looks.get(file.path)
      if (before?.version === version) {
        before.pass = pass
        if (monotonicMs - before.sinceMs < quietMs) return 'changing'
        looks.delete(file.path)
        return 'stable'
      }
      if (quietMs <= 0) return 'stable'
      if (before === undefined && looks.size >= capacity) return 'full'
      looks.set(file.path, {
        version,
        sinceMs: monotonicMs,
        stableAtMs: monotonicMs + quietMs,
        pass,
      })
      return 'changing'
    },
    endPass() {
      for (const [path, look] of looks) if (look.pass !== pass) looks.delete(path)
      pass += 1
    },
    nextMs() {
      let next: number | undefined
      for (const { stableAtMs } of looks.values()) {
        if (next === undefined || stableAtMs < next) next = stableAtMs
      }
      return next
    },
    get size() {
      return looks.size
    },
  }
}
