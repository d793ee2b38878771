/** A stream whose first message says what comes, and whose others bring it. */
import { Refusal } from '../incoming.ts'
import type { Staging } from '../store.ts'
import { type CallContext, type Exchange, invalid, type ViamParts } from './method.ts'

/** How often the room on the disk is looked at. */
const LOOK_BYTES = 1 << 20

export interface Packet<T> {
  readonly metadata: T | undefined
  readonly data: Uint8Array | undefined
}

export interface Streamed<T> {
  /** Throws `Refusal` for what cannot be decoded. */
  readonly decode: (message: Uint8Array) => Packet<T>
  /** Throws `Refusal` for what can never be stored. */
  readonly check: (metadata: T) => void
  readonly finish: (metadata: T, staging: Staging) => Promise<Uint8Array>
}

/** Content goes to the disk as it comes; nothing of it has a name before `finish`. */
export function createStreamed<T>(
  { store, largestFileBytes }: ViamParts,
  { device }: CallContext,
  { decode, check, finish }: Streamed<T>,
): Exchange {
  let begun: { readonly metadata: T; readonly staging: Staging } | undefined
  let lookAtBytes = 0
  const begin = (metadata: T | undefined) => {
    if (metadata === undefined) throw invalid('the metadata must come first')
    check(metadata)
    begun = { metadata, staging: store.openStaging(device) }
  }
  const take = (staging: Staging, data: Uint8Array) => {
    const size = staging.sizeBytes()
    if (size + data.length > largestFileBytes) throw invalid('the file is too large')
    if (size >= lookAtBytes) {
      lookAtBytes = size + LOOK_BYTES
      if (store.roomBytes() < LOOK_BYTES) throw new Refusal('no-space', 'the receiver has no room')
    }
    staging.write(data)
  }
  return {
    keepsMessages: false,
    message(bytes) {
      const { metadata, data } = decode(bytes)
      if (begun === undefined) return begin(metadata)
      if (metadata !== undefined) throw invalid('the metadata came twice')
      if (data !== undefined && data.length > 0) take(begun.staging, data)
    },
    async finish() {
      if (begun === undefined) throw invalid('the stream has no metadata')
      return await finish(begun.metadata, begun.staging)
    },
    drop() {
      begun?.staging.discard()
    },
  }
}
