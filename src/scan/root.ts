/** A directory that the operator named, and what in it is to be sent. */
import type { BytePath } from '../byte-path.ts'

export interface Root {
  /** Absolute. */
  readonly path: BytePath
  /** Globs on the path below the root; without `include` everything is. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly afterUpload: 'delete' | 'keep'
  /** The capture directory: its `.prog` files are being written, its `.capture` files complete. */
  readonly isCapture: boolean
}
