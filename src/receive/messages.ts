/** gRPC's messages out of the bytes of a call: each is admitted or refused by its length alone. */
import type * as Grpc from '@grpc/grpc-js'

/** What a message's first bytes say of it. */
export interface Announced {
  /** As it is sent. */
  readonly sizeBytes: number
  readonly isCompressed: boolean
}

interface Decoder {
  /** Whole messages, each with the bytes before it. */
  write(bytes: Buffer): Buffer[]
}

/** Whoever takes a message, without the bytes before it, at once: they are good until it returns. */
type Take = (message: Buffer) => void

/** Whether it is compressed, and its length. */
const PREFIX_BYTES = 5
/** The memory of a message grows with what came of it, not with what was announced. */
const FIRST_BYTES = 64 * 1024

type Admit = (message: Announced) => boolean

/** Memory for messages, used again: new pages cost more than the copy into them. */
export interface MessageMemory {
  /** At least so long; of `wantedBytes` where such memory lies idle. */
  lend(bytes: number, wantedBytes: number): Buffer
  giveBack(buffer: Buffer): void
}

/** Beyond what the few messages that are joined at one time need. */
const MOST_SPARE_BYTES = 8 << 20

/** Shared by all calls, so that a call which waits for its next message holds none. */
export function createMessageMemory(): MessageMemory {
  let spare: Buffer[] = []
  let spareBytes = 0
  return {
    lend(bytes, wantedBytes) {
      const atLeast = (least: number) => spare.find(({ length }) => length >= least)
      const found = atLeast(wantedBytes) ?? atLeast(bytes)
      if (found === undefined) return Buffer.allocUnsafeSlow(bytes)
      spare = spare.filter((buffer) => buffer !== found)
      spareBytes -= found.length
      return found
    },
    giveBack(buffer) {
      if (spareBytes + buffer.length > MOST_SPARE_BYTES) return
      spare.push(buffer)
      spareBytes += buffer.length
    },
  }
}

interface Taking {
  readonly memory: MessageMemory
  readonly take: Take
}

/**
 * `admit` is asked before any of a message is kept; after a refusal all is dropped. What `take` is
 * given is not given to grpc-js.
 */
function createDecoder(admit: Admit, taking?: Taking): Decoder {
  const first = Buffer.alloc(PREFIX_BYTES)
  let message: Buffer = first
  let filled = 0
  let total = PREFIX_BYTES
  let isRefused = false
  const announced = () => {
    const sizeBytes = message.readUInt32BE(1)
    total = PREFIX_BYTES + sizeBytes
    isRefused = !admit({ sizeBytes, isCompressed: message[0] === 1 })
  }
  const grow = () => {
    const enough = Math.max(FIRST_BYTES, 2 * message.length)
    const larger = taking?.memory.lend(enough, total) ?? Buffer.allocUnsafe(Math.min(total, enough))
    message.copy(larger, 0, 0, filled)
    if (message !== first) taking?.memory.giveBack(message)
    message = larger
  }
  /** Ends a message that is whole. */
  const ended = (whole: Buffer[]) => {
    if (taking) {
      taking.take(message.subarray(PREFIX_BYTES, total))
      if (message !== first) taking.memory.giveBack(message)
    } else whole.push(message)
    message = taking ? first : Buffer.alloc(PREFIX_BYTES)
    filled = 0
    total = PREFIX_BYTES
  }
  return {
    write(bytes) {
      const whole: Buffer[] = []
      for (let at = 0; at < bytes.length && !isRefused; ) {
        if (filled === message.length) grow()
        const room = Math.min(message.length, total) - filled
        const taken = bytes.copy(message, filled, at, at + room)
        at += taken
        filled += taken
        if (filled === PREFIX_BYTES && total === PREFIX_BYTES) announced()
        if (filled === total && !isRefused) ended(whole)
      }
      return whole
    },
  }
}

/** What grpc-js has an option for only once for all calls of a server. */
interface Internals {
  readonly call: { decoder: Decoder; maxReceiveMessageSize: number }
}

type Call = Grpc.ServerReadableStream<Buffer, Buffer> | Grpc.ServerDuplexStream<Buffer, Buffer>

/**
 * Before anything of the call is read. `mostBytes` is what a compressed message may become; where
 * `admit` gives false it ends the call itself.
 */
export function admitMessages(call: Call, mostBytes: number, admit: Admit): void {
  const internals = (call as unknown as Internals).call
  internals.decoder = createDecoder(admit)
  internals.maxReceiveMessageSize = mostBytes
}

/** As `admitMessages`, for a call whose messages are not compressed and are used up at once. */
export function takeMessages(call: Call, memory: MessageMemory, admit: Admit, take: Take): void {
  const internals = (call as unknown as Internals).call
  internals.decoder = createDecoder(admit, { memory, take })
  // Nothing comes this way; it lets the call's end be seen.
  call.resume()
}
