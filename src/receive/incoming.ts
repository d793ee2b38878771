/** One upload as it comes in: a small one in memory, a large one as a part of the store. */
import { errorCode, errorMessage, Undecodable } from '../errors.ts'
import { BLOCK_BYTES, type Chain, type Digest } from '../model.ts'
import type { Clock } from '../system/clock.ts'
import { digestOf, emptyChain, sha256Hex } from '../system/digest.ts'
import type { FailureCode, Prefix } from '../wire/frames.ts'
import { createDigesting, type Digesting } from './digesting.ts'
import type { Part } from './store.ts'

/** What the agent is told when its request is not carried out. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly retryAfterMs = 0,
  ) {
    super(message)
  }
}

/** A disk that is full says so in several ways. */
const isFull = (error: unknown) => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errorCode(error))

export function storeRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof Undecodable) return new Refusal('invalid', error.message)
  if (isFull(error)) return new Refusal('no-space', 'the receiver has no room', 10_000)
  return new Refusal('store-failed', `the receiver's store failed: ${errorMessage(error)}`, 5_000)
}

/** The bytes of one upload between Open and Finish. */
export interface Incoming {
  readonly sizeBytes: number
  receivedBytes(): number
  /** Appends; the caller has checked that it is the next byte. Throws the system's error. */
  append(bytes: Uint8Array): void
  /** Makes whole blocks durable and gives the chain up to there. Fails with the system's error. */
  commit(): Promise<Chain>
  generation(): number
  /** Stores the new epoch, makes what came durable and tells what it is. */
  takeOver(epoch: number): Promise<Prefix>
  /** Starts over with nothing, in the next generation. */
  reset(): void
  finish(): { readonly digest: Digest; readonly sha256: string }
  /** The bytes of a small file; undefined when they are in the part. */
  bytes(): Uint8Array | undefined
  close(): void
}

/** Held in memory until it is finished: nothing of it is ever committed before. */
export function createSmallIncoming(sizeBytes: number): Incoming {
  let received = 0
  const content = new Uint8Array(sizeBytes)
  const reset = () => {
    received = 0
  }
  return {
    sizeBytes,
    receivedBytes: () => received,
    append(bytes) {
      content.set(bytes, received)
      received += bytes.length
    },
    commit: async () => emptyChain(),
    generation: () => 1,
    async takeOver() {
      reset()
      return { offsetBytes: 0, digest: NOTHING_YET }
    },
    reset,
    finish: () => ({ digest: digestOf(content), sha256: sha256Hex(content) }),
    bytes: () => content,
    close: () => {},
  }
}

/** What the protocol says in place of a digest where there are no bytes. */
const NOTHING_YET: Digest = new Uint8Array(32)

/**
 * Takes up the bytes that an interrupted upload left. They are written again: where a sync failed right
 * before the process before this one was killed, the system takes pages for clean that the disk has not.
 */
async function takeUp(part: Part, clock: Clock, mostBytes: number) {
  const digesting = createDigesting()
  const sizeBytes = Math.min(part.sizeBytes(), mostBytes)
  const buffer = new Uint8Array(Math.min(BLOCK_BYTES, sizeBytes))
  let received = 0
  while (received < sizeBytes) {
    const count = part.read(buffer.subarray(0, sizeBytes - received), received)
    if (count === 0) throw new Error('a part ended while it was read')
    digesting.update(buffer.subarray(0, count))
    part.write(buffer.subarray(0, count), received)
    received += count
    await clock.sleep(0)
  }
  return { digesting, received }
}

export function createLargeIncoming(sizeBytes: number, part: Part, clock: Clock): Incoming {
  let digesting: Digesting | undefined
  let received = 0
  const current = (): Digesting => {
    digesting ??= createDigesting()
    return digesting
  }
  return {
    sizeBytes,
    receivedBytes: () => received,
    append(bytes) {
      part.write(bytes, received)
      current().update(bytes)
      received += bytes.length
    },
    async commit() {
      const { boundary } = current()
      await part.sync()
      return boundary
    },
    generation: () => part.record.generation,
    async takeOver(epoch) {
      part.mark(epoch)
      if (digesting === undefined) {
        const taken = await takeUp(part, clock, sizeBytes)
        digesting = taken.digesting
        received = taken.received
      }
      const digest = received === 0 ? NOTHING_YET : digesting.digest()
      const prefix = { offsetBytes: received, digest }
      // A write that failed may have left more.
      part.truncate(received)
      await part.sync()
      return prefix
    },
    reset() {
      part.startOver()
      digesting = createDigesting()
      received = 0
    },
    finish: () => current().finish(),
    bytes: () => undefined,
    close: () => part.close(),
  }
}
