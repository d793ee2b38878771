/** The nouns that every stage shares. */
import type { BytePath } from './byte-path.ts'

/** 32 bytes: XXH3-64 of each 1 MiB block chained with BLAKE2b-256, closed with the size. */
export type Digest = Uint8Array

/** The chain over whole blocks before an offset: what a partly sent file is compared by. */
export interface Chain {
  /** A multiple of `BLOCK_BYTES`. */
  readonly offsetBytes: number
  /** 32 bytes. */
  readonly state: Uint8Array
}

/** The block of the digest, and the grain at which an interrupted upload resumes. */
export const BLOCK_BYTES = 1 << 20

/** What a file holds: anything, captured readings, or a sequence of Viam's data manager. */
export type Content = 'file' | 'capture' | 'sequence'

/** One file as one look saw it. `dev` counts within one run only: it changes across boots. */
export interface FileVersion {
  /** The configured directory under which it was found. */
  readonly root: BytePath
  /** Absolute. */
  readonly path: BytePath
  readonly dev: bigint
  readonly ino: bigint
  readonly sizeBytes: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

/** The receiver's word that one version is durable there. Only this permits deletion. */
export interface Receipt {
  /** Lower-case hexadecimal, 64 characters. */
  readonly uploadId: string
  readonly sizeBytes: number
  readonly digest: Digest
  /** Lower-case hexadecimal, or '' where the destination does not compute it. */
  readonly sha256: string
  /** Where it stands, in the destination's own words. */
  readonly location: string
}

/**
 * pending: to be sent; acknowledged: held durably, to be reclaimed; kept: held durably, stays;
 * undecodable: to be moved to `failed/`.
 */
export type UploadState = 'pending' | 'acknowledged' | 'kept' | 'undecodable'

/** slow: what was refused or cannot be read; tried seldom and never ahead of the others. */
export type Lane = 'normal' | 'slow'

/** One version on its way, as the journal remembers it. */
export interface Upload {
  readonly row: number
  readonly file: FileVersion
  readonly state: UploadState
  /** The receiver's last word, as far as it was written down; the receiver may be ahead. */
  readonly committedBytes: number
  /** The chain at or before `committedBytes`, if known. */
  readonly chain: Chain | undefined
  /** Messages of a file of several that were acknowledged one by one, where the protocol has no offset. */
  readonly deliveredMessages: number
  readonly attempts: number
  readonly waitMs: number
  readonly lane: Lane
  /** Why it waits, in words; '' when it just has its turn. */
  readonly reason: string
  readonly receipt: Receipt | undefined
}

/** As the journal first knows it. */
export const pendingUpload = (row: number, file: FileVersion): Upload => ({
  ...{ row, file, state: 'pending', lane: 'normal' },
  ...{ committedBytes: 0, chain: undefined, deliveredMessages: 0 },
  ...{ attempts: 0, waitMs: 0, reason: '', receipt: undefined },
})

/** What can happen to an upload. The row is that of `Upload.row`. */
export type UploadEvent =
  | { readonly type: 'progressed'; readonly row: number; readonly chain: Chain }
  | { readonly type: 'delivered'; readonly row: number; readonly messages: number }
  | { readonly type: 'undecodable'; readonly row: number; readonly reason: string }
  | { readonly type: 'quarantined'; readonly row: number }
  | {
      readonly type: 'postponed'
      readonly row: number
      readonly waitMs: number
      readonly lane: Lane
      readonly reason: string
      /** Bytes became durable in this attempt, so that the count of failures starts again. */
      readonly advanced: boolean
    }
  | {
      readonly type: 'acknowledged'
      readonly row: number
      readonly receipt: Receipt
      /** The destination keeps no record by which it could say so again: forgotten, it is sent twice. */
      readonly isSole?: boolean
    }
  | { readonly type: 'superseded'; readonly row: number }
  | { readonly type: 'vanished'; readonly row: number }
  | {
      readonly type: 'held'
      readonly row: number
      readonly waitMs: number
      readonly reason: string
    }
  | { readonly type: 'kept'; readonly row: number }
  | { readonly type: 'reclaimed'; readonly row: number }

/** Room on the file system of a root or a store. */
export interface DiskUsage {
  readonly totalBytes: number
  /** For users without privileges. */
  readonly availableBytes: number
  readonly totalInodes: number
  readonly freeInodes: number
}
