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

/** Where contents go that are too many for memory, and how others get their turn meanwhile. */
export interface Spill {
  /** Appends to a file of the store, undefined for a new one, and gives it. Throws as the store. */
  append(file: SpilledFile | undefined, bytes: Uint8Array): SpilledFile
  /** To be awaited now and then while much is decoded. */
  turn(): Promise<void>
}

export interface SpilledFile extends StagedFile {
  readonly sizeBytes: number
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
