/** Whether a name is to be sent at all, and for how long it must be quiet. Pure. */
import { type BytePath, components } from '../byte-path.ts'
import {
  FAILED_DIRECTORY,
  QUARANTINE_DIRECTORY,
  REASON_SUFFIX,
  SCRATCH_PREFIX,
} from '../system/beneath.ts'
import type { Root } from './root.ts'

export type Choice =
  | { readonly send: true; readonly quietMs: number }
  /** A capture file that is being written, or was when its program died. */
  | { readonly send: false; readonly reason: string; readonly isUnfinished?: true }

export type Selection = (relative: BytePath) => Choice

/**
 * A data set file of viam-server is uploaded by it at once. What still lies there after this long was
 * left by a crash.
 */
const LEFT_BEHIND_MS = 600_000

export const UNFINISHED = 'a capture file that is still being written'
const IN_FAILED = 'it cannot be decoded, the file beside it says why; ferry retry puts it back'
const EXPLAINS = 'says why the file beside it cannot be decoded'

const MEASURES = 'belongs to ferry bench'

const skip = (reason: string): Choice => ({ send: false, reason })

/** Globs see the name as bytes, one character each; patterns are turned into the same. */
function compile(patterns: readonly string[]): Bun.Glob[] {
  return patterns.map((pattern) => new Bun.Glob(Buffer.from(pattern, 'utf8').toString('latin1')))
}

/** What the folders of a capture directory mean; undefined: nothing special. */
function captureChoice(relative: BytePath, quietMs: number): Choice | undefined {
  const [folder, ...rest] = components(relative)
  if (rest.length === 0) return undefined
  if (folder === FAILED_DIRECTORY) {
    return skip(relative.endsWith(REASON_SUFFIX) ? EXPLAINS : IN_FAILED)
  }
  if (folder === 'sequences' && rest.length === 1) {
    if (relative.endsWith('.seq')) return { send: true, quietMs: 0 }
    if (relative.endsWith('.progseq')) return skip('a sequence that is still open')
    if (relative.endsWith('.tmp')) return skip('a sequence that is being written')
  }
  if (folder === 'datasetUpload' && rest.length === 1) {
    return { send: true, quietMs: Math.max(quietMs, LEFT_BEHIND_MS) }
  }
  return undefined
}

export function createSelection(root: Root, quietMs: number): Selection {
  const include = compile(root.include)
  const exclude = compile(root.exclude)
  const matches = (globs: Bun.Glob[], name: string) => globs.some((glob) => glob.match(name))
  return (relative) => {
    if (components(relative)[0] === QUARANTINE_DIRECTORY) {
      return skip(relative.endsWith(REASON_SUFFIX) ? EXPLAINS : IN_FAILED)
    }
    if (components(relative).some((name) => name.startsWith(SCRATCH_PREFIX))) return skip(MEASURES)
    const special = root.isCapture ? captureChoice(relative, quietMs) : undefined
    if (special !== undefined) return special
    if (relative.endsWith('.prog')) return { send: false, reason: UNFINISHED, isUnfinished: true }
    if (include.length > 0 && !matches(include, relative)) return skip('not in "include"')
    if (matches(exclude, relative)) return skip('in "exclude"')
    return { send: true, quietMs: relative.endsWith('.capture') ? 0 : quietMs }
  }
}
