/** What the operator wants for a path, by the configuration that runs now. Pure. */
import type { BytePath } from './byte-path.ts'
import { relativeTo } from './byte-path.ts'

/** none: no root holds the path, or its root leaves it out. */
export type Policy = (path: BytePath) => 'delete' | 'keep' | 'none'

/** The reason of files that were found before the configuration changed. */
export const NOT_WANTED = 'not in the configuration any more'

interface PolicyRoot {
  readonly path: BytePath
  readonly afterUpload: 'delete' | 'keep'
}

/** `sends` tells whether a root's selection takes a path below it. */
export function createPolicy<R extends PolicyRoot>(
  roots: readonly R[],
  sends: (root: R, relative: BytePath) => boolean,
): Policy {
  return (path) => {
    for (const root of roots) {
      const relative = relativeTo(root.path, path)
      if (relative !== undefined) return sends(root, relative) ? root.afterUpload : 'none'
    }
    return 'none'
  }
}
