/** The frames of `ferry.transfer.v1` in the words of the model; `proto/transfer.proto` explains them. */
import type { BytePath } from '../byte-path.ts'
import type { Content, Digest, Receipt } from '../model.ts'

/** What the receiver is told about a file, beside its bytes. */
export interface FileMetadata {
  readonly path: BytePath
  readonly mtimeNs: bigint
  readonly tags: readonly string[]
  readonly content: Content
  readonly datasetIds: readonly string[]
  /** '' where there is none. */
  readonly partId: string
}

export interface OpenRequest {
  /** Hexadecimal, 64 characters. */
  readonly uploadId: string
  readonly metadata: FileMetadata
  readonly sizeBytes: number
  readonly offsetBytes: number
  readonly reset: boolean
}

export interface Finish {
  readonly sizeBytes: number
  readonly digest: Digest
}

export type AgentFrame = { readonly channel: number } & (
  | { readonly type: 'hello'; readonly software: string; readonly machineId: string }
  | { readonly type: 'open'; readonly request: OpenRequest }
  | {
      readonly type: 'data'
      readonly offsetBytes: number
      readonly crc32: number
      readonly bytes: Uint8Array
    }
  | ({ readonly type: 'finish' } & Finish)
  | { readonly type: 'cancel' }
)

export interface Welcome {
  readonly device: string
  readonly software: string
  readonly maxChannels: number
  readonly maxDataBytes: number
  readonly windowBytes: number
  readonly smallFileBytes: number
  readonly warning: string
  /** Bytes that it may still take in; undefined where it does not tell. */
  readonly roomBytes?: number | undefined
}

/** What the receiver holds durably of an upload. */
export interface Prefix {
  /** The committed offset: any byte. */
  readonly offsetBytes: number
  /** Of the bytes before it. */
  readonly digest: Digest
}

export interface Opened {
  readonly epoch: number
  readonly generation: number
  readonly prefix: Prefix
  readonly receipt: Receipt | undefined
}

/** In the order of the protocol's numbers. */
export const FAILURE_CODES = [
  'unspecified',
  'invalid',
  'wrong-offset',
  'stale-epoch',
  'corrupt',
  'no-space',
  'busy',
  'store-failed',
] as const
export type FailureCode = (typeof FAILURE_CODES)[number]

export interface Failure {
  readonly code: FailureCode
  readonly message: string
  readonly retryAfterMs: number
}

export type ReceiverFrame = { readonly channel: number } & (
  | ({ readonly type: 'welcome' } & Welcome)
  | ({ readonly type: 'opened' } & Opened)
  | { readonly type: 'progress'; readonly committedBytes: number }
  | { readonly type: 'stored'; readonly receipt: Receipt }
  | ({ readonly type: 'failed' } & Failure)
)
