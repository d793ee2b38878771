/** What a method of Viam's services is, and what it may use; no gRPC in here. */
import { errorMessage } from '../../errors.ts'
import type { Clock } from '../../system/clock.ts'
import { Refusal } from '../incoming.ts'
import type { Store } from '../store.ts'
import type { Requests } from './requests.ts'

/** The credentials are unknown or revoked. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated'
}

export interface CallContext {
  readonly device: string
  /** '' where the header is missing. */
  readonly header: (name: string) => string
  readonly isCancelled: () => boolean
}

/** One call as it comes in. All three may throw `Refusal` or what the system throws. */
export interface Exchange {
  /** Whether a message stays in memory after it was given. */
  readonly keepsMessages: boolean
  message(bytes: Uint8Array): void
  /** The client has ended its stream and did not cancel it. Resolves with the answer. */
  finish(): Promise<Uint8Array>
  /** Frees what the call holds, however it ended. */
  drop(): void
}

export interface Method {
  readonly path: string
  /** Login alone works without a key. */
  readonly isOpenToAll: boolean
  open(context: CallContext): Exchange
}

export interface ViamParts {
  readonly store: Store
  readonly requests: Requests
  readonly clock: Clock
  readonly largestFileBytes: number
}

export const invalid = (message: string) => new Refusal('invalid', message)

/** What cannot be decoded will never be. */
export function decodeMessage<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw invalid(`the message cannot be decoded: ${errorMessage(error)}`)
  }
}

/** The call's one message. */
export function createUnary(answer: (message: Uint8Array) => Promise<Uint8Array>): Exchange {
  let only: Uint8Array | undefined
  return {
    keepsMessages: true,
    message(bytes) {
      if (only !== undefined) throw invalid('more than one message')
      only = bytes
    },
    async finish() {
      if (only === undefined) throw invalid('no message')
      return await answer(only)
    },
    drop() {
      only = undefined
    },
  }
}

/** Calls of Ferry say how much comes, and what it hashes to; what does not fit is not stored. */
export function checkContent(context: CallContext, sizeBytes: number, sha256: string): void {
  const size = context.header('ferry-content-bytes')
  const hash = context.header('ferry-content-sha256')
  if (size !== '' && size !== String(sizeBytes)) {
    throw new Refusal('corrupt', `${sizeBytes} bytes came of ${size}`)
  }
  if (hash !== '' && hash.toLowerCase() !== sha256) {
    throw new Refusal('corrupt', 'the content does not fit its SHA-256')
  }
}

/** Before a name is given to anything. */
export function checkWanted({ isCancelled }: CallContext): void {
  if (isCancelled()) throw new Refusal('stale-epoch', 'the call was cancelled')
}
