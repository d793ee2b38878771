/** Files that captured data becomes, before a store writes them. */
import type { BytePath } from '../../byte-path.ts'

/** A file of the store that is whole, and is to be moved. */
export interface StagedFile {
  readonly staged: BytePath
}

export interface Output {
  /** Folders below the device's. */
  readonly folder: readonly string[]
  /** Made from what is in it, so that a repetition gives the same. */
  readonly name: string
  /** Taken once, after that of the outputs before it. */
  readonly content: Iterable<Uint8Array> | StagedFile
}

/** An upload's identity and arrival. */
export interface Arrival {
  /** Hexadecimal, 64 characters. */
  readonly id: string
  /** What is stored is named after it; begins with 32 characters of the id of its record. */
  readonly name: string
  /** RFC 3339, in UTC. */
  readonly storedAt: string
}
