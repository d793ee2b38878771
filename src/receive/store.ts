/** Where the receiver keeps what it takes in. Everything it answers is durable. */
import type { Digest, Receipt } from '../model.ts'
import type { FileMetadata } from '../wire/frames.ts'

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

/** A verified whole file, to be published under its name. */
export interface Publication {
  readonly device: string
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

export interface Store {
  /** An upload that was finished, as far as the store remembers. */
  findReceipt(device: string, uploadId: string): Receipt | undefined
  /** Resolves when this answer is durable; to be awaited before each time it is given again. */
  confirm(device: string, receipt: Receipt): Promise<void>
  /** What was left of an upload, or an empty part; its record is as stored. */
  openPart(device: string, uploadId: string): Part
  removePart(device: string, uploadId: string): void
  /** One outcome for each, in order; a receipt only once everything it says is durable. */
  publish(publications: readonly Publication[]): Promise<(Receipt | Error)[]>
  /** Bytes that may still be taken in before the floor of free space is reached. */
  roomBytes(): number
  /** Drops what has expired: parts nobody asked for, receipts past their time. */
  expire(wallMs: number): void
  close(): void
}
