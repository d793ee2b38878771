/** Whether a name is to be sent at all, and for how long it must be quiet. Pure. */
import type { BytePath } from '../byte-path.ts'
import type { Root } from './root.ts'

export type Choice =
  | { readonly send: true; readonly quietMs: number }
  | { readonly send: false; readonly reason: string }

export type Selection = (relative: BytePath) => Choice

const skip = (reason: string): Choice => ({ send: false, reason })

/** Globs see the name as bytes, one character each; patterns are turned into the same. */
function compile(patterns: readonly string[]): Bun.Glob[] {
  return patterns.map((pattern) => new Bun.Glob(Buffer.from(pattern, 'utf8').toString('latin1')))
}

export function createSelection(root: Root, quietMs: number): Selection {
  const include = compile(root.include)
  const exclude = compile(root.exclude)
  const matches = (globs: Bun.Glob[], name: string) => globs.some((glob) => glob.match(name))
  return (relative) => {
    if (relative.endsWith('.prog')) return skip('a capture file that is still being written')
    if (include.length > 0 && !matches(include, relative)) return skip('not in "include"')
    if (matches(exclude, relative)) return skip('in "exclude"')
    return { send: true, quietMs: relative.endsWith('.capture') ? 0 : quietMs }
  }
}
