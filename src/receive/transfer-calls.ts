/** ferry.transfer.v1 on gRPC: one call is one link to an agent. */
import type * as Grpc from '@grpc/grpc-js'
import { errorMessage, Transient } from '../errors.ts'
import type { Clock } from '../system/clock.ts'
import type { Link, LinkHandlers } from '../wire/link.ts'
import { TRANSFER_PATH } from '../wire/transfer-path.ts'
import {
  type Announced,
  createMessageMemory,
  type MessageMemory,
  takeMessages,
} from './messages.ts'
import { createHeld, type Memory } from './viam/memory.ts'

type Call = Grpc.ServerDuplexStream<Buffer, Buffer>

/**
 * Four times what an agent sends at once (`max_data_bytes`); the port itself takes the larger messages
 * of Viam's protocol.
 */
const MESSAGE_BYTES = 1 << 20

/**
 * Answers that an agent has not taken. Far fewer are under way to one that reads: an answer is a few
 * hundred bytes, and it has at most some hundred uploads open.
 */
const MOST_UNREAD_BYTES = 4 << 20

/** Of one device: boards have one each, and one that was cut off lasts until it is missed. */
const MOST_STREAMS = 32
/** A message that was begun goes on; the largest one of an agent takes so long at 1 KiB/s. */
const MESSAGE_MS = 300_000

const asIs = (message: Buffer) => message

export const TRANSFER_DEFINITION = {
  path: TRANSFER_PATH,
  requestStream: true,
  responseStream: true,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
} as const

export interface TransferCalls {
  readonly handle: (call: Call) => void
  /** Ends calls whose message stops in the middle, and of keys no longer good; tells how many of these. */
  check(isGood: (keyId: string) => boolean): number
}

interface TransferCallParts {
  readonly grpc: typeof Grpc
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly memory: Memory
  /** undefined: the key is not good. */
  readonly authenticate: (call: Call) => { id: string; device: string } | undefined
  readonly serve: (device: string, link: Link) => LinkHandlers
}

interface HandleParts extends TransferCallParts {
  readonly buffers: MessageMemory
}

/** The HTTP/2 stream, since an ordinary end would wait behind the answers. */
interface Internals {
  readonly call: { readonly stream: { destroy(): void } }
}

function linkOf(call: Call): Link {
  let unreadBytes = 0
  return {
    send(message) {
      if (call.cancelled || call.writableEnded || call.destroyed) return
      unreadBytes += message.byteLength
      if (unreadBytes > MOST_UNREAD_BYTES) {
        ;(call as unknown as Internals).call.stream.destroy()
        return
      }
      call.write(Buffer.from(message.buffer, message.byteOffset, message.byteLength), () => {
        unreadBytes -= message.byteLength
      })
    },
    ready: async () => {},
    close: () => call.end(),
  }
}

interface Live {
  readonly keyId: string
  readonly device: string
  /** When the message that is coming began; undefined between two. */
  sinceMs: number | undefined
  readonly end: (code: Grpc.status, details: string) => void
}

interface Taking {
  readonly live: Live
  readonly handlers: LinkHandlers
  /** Has the service forget the stream. */
  readonly close: () => void
}

/** Hands on messages as they come; one that is refused ends the call. */
function take(parts: HandleParts, call: Call, { live, handlers, close }: Taking) {
  const { status } = parts.grpc
  const held = createHeld(parts.memory, live.device, MESSAGE_BYTES)
  const refuse = (code: Grpc.status, details: string) => {
    close()
    live.end(code, details)
    return false
  }
  const admit = (message: Announced) => {
    live.sinceMs = parts.clock.monotonicMs()
    const { sizeBytes, isCompressed } = message
    if (isCompressed) {
      return refuse(status.INVALID_ARGUMENT, 'compressed messages are not taken')
    }
    if (sizeBytes > MESSAGE_BYTES) {
      return refuse(status.INVALID_ARGUMENT, `larger than ${MESSAGE_BYTES} bytes`)
    }
    try {
      held.admit(message)
      return true
    } catch (error) {
      return refuse(status.RESOURCE_EXHAUSTED, errorMessage(error))
    }
  }
  takeMessages(call, parts.buffers, admit, (message) => {
    live.sinceMs = undefined
    held.release()
    try {
      handlers.message(message)
    } catch (error) {
      refuse(status.INVALID_ARGUMENT, errorMessage(error))
    }
  })
  return held
}

function handleCall(parts: HandleParts, calls: Set<Live>, call: Call): void {
  const { status } = parts.grpc
  const end: Live['end'] = (code, details) => void call.emit('error', { code, details })
  const key = parts.authenticate(call)
  if (key === undefined) {
    end(status.UNAUTHENTICATED, 'the key is unknown or revoked')
    return
  }
  const same = [...calls].filter(({ device }) => device === key.device)
  if (same.length >= MOST_STREAMS) {
    end(status.RESOURCE_EXHAUSTED, 'too many streams of this device at once')
    return
  }
  const live: Live = { keyId: key.id, device: key.device, sinceMs: undefined, end }
  calls.add(live)
  const served = parts.serve(key.device, linkOf(call))
  let isOpen = true
  const close = () => {
    if (!isOpen) return
    isOpen = false
    calls.delete(live)
    held.releaseAll()
    served.closed(new Transient('the stream ended', { scope: 'destination' }))
  }
  const handlers: LinkHandlers = {
    ...served,
    message: (bytes) => {
      if (isOpen) served.message(bytes)
    },
  }
  const held = take(parts, call, { live, handlers, close })
  call.on('end', () => {
    close()
    call.end()
  })
  call.on('cancelled', close)
  call.on('close', close)
  call.on('error', close)
}

export function createTransferCalls(parts: TransferCallParts): TransferCalls {
  const { status } = parts.grpc
  const calls = new Set<Live>()
  const buffers = createMessageMemory()
  return {
    handle: (call) => handleCall({ ...parts, buffers }, calls, call),
    check(isGood) {
      const beforeMs = parts.clock.monotonicMs() - MESSAGE_MS
      for (const { sinceMs, end } of [...calls]) {
        if (sinceMs !== undefined && sinceMs < beforeMs)
          end(status.UNAVAILABLE, 'a message stopped')
      }
      const ended = [...calls].filter(({ keyId }) => !isGood(keyId))
      for (const { end } of ended) end(status.UNAUTHENTICATED, 'the key was revoked')
      return ended.length
    },
  }
}
