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

/** Whether it is compressed, and its length. */
const PREFIX_BYTES = 5
/** The memory of a message grows with what came of it, not with what was announced. */
const FIRST_BYTES = 64 * 1024

/** `admit` is asked before any of a message is kept; after a refusal all is dropped. */
function createDecoder(admit: (message: Announced) => boolean): Decoder {
  let message = Buffer.alloc(PREFIX_BYTES)
  let filled = 0
  let total = PREFIX_BYTES
  let isRefused = false
  const announced = () => {
    const sizeBytes = message.readUInt32BE(1)
    total = PREFIX_BYTES + sizeBytes
    isRefused = !admit({ sizeBytes, isCompressed: message[0] === 1 })
  }
  const grow = () => {
    const larger = Buffer.allocUnsafe(Math.min(total, Math.max(FIRST_BYTES, 2 * message.length)))
    message.copy(larger, 0, 0, filled)
    message = larger
  }
  return {
    write(bytes) {
      const whole: Buffer[] = []
      for (let at = 0; at < bytes.length && !isRefused; ) {
        if (filled === message.length) grow()
        const taken = bytes.copy(message, filled, at, at + message.length - filled)
        at += taken
        filled += taken
        if (filled === PREFIX_BYTES) announced()
        if (filled < total || isRefused) continue
        whole.push(message)
        message = Buffer.alloc(PREFIX_BYTES)
        filled = 0
        total = PREFIX_BYTES
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
export function admitMessages(
  call: Call,
  mostBytes: number,
  admit: (message: Announced) => boolean,
): void {
  const internals = (call as unknown as Internals).call
  internals.decoder = createDecoder(admit)
  internals.maxReceiveMessageSize = mostBytes
}
