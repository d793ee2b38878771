/** Messages on their way out, in a few buffers that are used again and again. */
import { HEADER_ROOM_BYTES } from '../../wire/data-frame.ts'
import { LINK_ROOM_BYTES, type Link } from '../../wire/link.ts'
import type { Pace } from './pace.ts'

/** Messages that may be on their way out at once. */
const MESSAGES_IN_FLIGHT = 4
/** Small messages leave together, in one message of up to this size. */
const BATCH_BYTES = 64 * 1024

/** What a channel reads file content into; `payload` starts where a header fits before it. */
export interface Lent {
  readonly buffer: Uint8Array
  readonly payload: Uint8Array
}

export interface Outbox {
  /**
   * Good until the next `send`; hands out the same buffer until a message in it has been sent.
   * The payload has room for `wholeBytes`, or for as much as one message carries now.
   */
  lend(wholeBytes?: number): Lent
  /** In order. Small messages may stay until `flush`. */
  send(messages: readonly Uint8Array[]): Promise<void>
  flush(): Promise<void>
}

export function createOutbox(link: Link, maxDataBytes: number, pace: Pace): Outbox {
  const size = LINK_ROOM_BYTES + Math.max(HEADER_ROOM_BYTES + maxDataBytes, BATCH_BYTES)
  /** Buffers in the order in which they left; all but the last few have arrived. */
  const sent: Uint8Array[] = []
  const take = (): Uint8Array =>
    (sent.length > MESSAGES_IN_FLIGHT ? sent.shift() : undefined) ?? new Uint8Array(size)
  let spare: Uint8Array | undefined
  let batch: Uint8Array | undefined
  let filled = 0
  const leave = async (message: Uint8Array, buffer: Uint8Array | undefined) => {
    await link.ready(MESSAGES_IN_FLIGHT)
    link.send(message, buffer ? LINK_ROOM_BYTES : 0)
    if (buffer) sent.push(buffer)
  }
  const flush = async () => {
    if (batch === undefined) return
    const buffer = batch
    const message = buffer.subarray(LINK_ROOM_BYTES, LINK_ROOM_BYTES + filled)
    batch = undefined
    filled = 0
    await leave(message, buffer)
  }
  const append = (message: Uint8Array) => {
    batch ??= take()
    batch.set(message, LINK_ROOM_BYTES + filled)
    filled += message.length
  }
  return {
    lend(wholeBytes = pace.pieceBytes()) {
      spare ??= take()
      const bytes = Math.min(wholeBytes, maxDataBytes)
      const payload = spare.subarray(HEADER_ROOM_BYTES, HEADER_ROOM_BYTES + bytes)
      return { buffer: spare, payload }
    },
    async send(messages) {
      for (const message of messages) {
        if (filled + message.length > BATCH_BYTES) await flush()
        if (message.length <= BATCH_BYTES / 2) append(message)
        else {
          await flush()
          const buffer = message.buffer === spare?.buffer ? spare : undefined
          if (buffer) spare = undefined
          await leave(message, buffer)
        }
      }
    },
    flush,
  }
}
