/** Where the receiver keeps what it takes in. Everything it answers is durable. */
import type { BytePath } from '../byte-path.ts'
import type { Digest, Receipt } from '../model.ts'
import type { FileMetadata } from '../wire/frames.ts'
import type { Output, Spill } from './captured/output.ts'

/** Where it is written down what was stored: uploads of the own protocol, requests of Viam's. */
export type Ledger = 'receipts' | 'requests'

/** What people may want to know of a file beside its bytes; goes into its document. */
export interface Details {
  readonly mimeType: string
  /** RFC 3339. */
  readonly created: string | undefined
  readonly modified: string | undefined
  readonly partId: string
}

/** What stands beside a part. Both only rise; the generation by a reset alone. */
export interface PartRecord {
  readonly epoch: number
  readonly generation: number
}

/** The bytes of an unfinished upload. Failures are the system's errors. */
export interface Part {
  readonly record: PartRecord
  sizeBytes(): number
  read(into: Uint8Array, offsetBytes: number): number
  write(bytes: Uint8Array, offsetBytes: number): void
  truncate(sizeBytes: number): void
  /** Stores another epoch. */
  mark(epoch: number): void
  /** Goes on with nothing, in a file of its own, in the next generation: what was stays as it is. */
  startOver(): void
  /** Resolves when bytes, record and the entries that lead to them are durable. */
  sync(): Promise<void>
  close(): void
}

/** A verified whole file, to be published under its name, or taken apart. */
export interface Publication {
  readonly device: string
  readonly ledger: Ledger
  readonly details?: Details
  readonly uploadId: string
  readonly metadata: FileMetadata
  readonly sizeBytes: number
  readonly digest: Digest
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** Of the part that holds the bytes; 0 for a small file. */
  readonly generation: number
  /** The bytes of a small file; undefined: they are this upload's part. */
  readonly bytes: Uint8Array | undefined
}

/** Content of unknown size as it comes in. Nothing of it has a name before it is published. */
export interface Staging {
  /** Below the store. */
  readonly path: BytePath
  /** Appends. Throws the system's error. */
  write(bytes: Uint8Array): void
  sizeBytes(): number
  digests(): { readonly digest: Digest; readonly sha256: string }
  /** Becomes the bytes of a publication without any of its own. */
  toPart(uploadId: string): void
  /** Frees what is left of it; may be called again, and after it was published. */
  discard(): void
}

/** What a request becomes: files whose names come from its id, and a record of it. */
export interface Deposit {
  readonly device: string
  /** Hexadecimal, 64 characters. */
  readonly id: string
  readonly outputs: (spill: Spill) => Promise<readonly Output[]>
  /** Of the content as it came. */
  readonly sizeBytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
  /** Asked when all bytes are durable, before anything gets its name. */
  readonly isWanted: () => boolean
}

export interface MergeOutcome {
  /** Files that were put together, and what they became. */
  readonly mergedFiles: number
  readonly mergedInto: number
  /** Why folders were left as they are; '' when none was. */
  readonly trouble: string
}

export interface Store {
  /** An upload that was finished, as far as the store remembers. */
  findReceipt(device: string, uploadId: string, ledger?: Ledger): Receipt | undefined
  /** Resolves when this answer is durable; to be awaited before each time it is given again. */
  confirm(device: string, receipt: Receipt, ledger?: Ledger): Promise<void>
  openStaging(device: string): Staging
  /** Resolves when all of it is durable; a repetition adds nothing. Fails as `publish` does, and
   * with `Refusal` where there is no room. */
  deposit(deposit: Deposit): Promise<void>
  /** What was left of an upload, or an empty part; its record is as stored. */
  openPart(device: string, uploadId: string): Part
  removePart(device: string, uploadId: string): void
  /** One outcome for each, in order; a receipt only once everything it says is durable. */
  publish(publications: readonly Publication[]): Promise<(Receipt | Error)[]>
  /** Bytes that may still be taken in before the floor of free space is reached. */
  roomBytes(): number
  /** Merges small files of past dates, where nothing of it is under way. */
  merge(wallMs: number): Promise<MergeOutcome>
  /** Drops what has expired: parts nobody asked for, receipts past their time. */
  expire(wallMs: number): void
  close(): void
}
