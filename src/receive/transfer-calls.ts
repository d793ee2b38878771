/** ferry.transfer.v1 on gRPC: one call is one link to an agent. */
import type * as Grpc from '@grpc/grpc-js'
import { errorMessage, Transient } from '../errors.ts'
import type { Link, LinkHandlers } from '../wire/link.ts'
import { TRANSFER_PATH } from '../wire/transfer-path.ts'
import { admitMessages } from './messages.ts'

type Call = Grpc.ServerDuplexStream<Buffer, Buffer>

/** What an agent sends at once; the port itself takes the larger messages of Viam's protocol. */
const MESSAGE_BYTES = 4 << 20

/**
 * Answers that an agent has not taken. Far fewer are under way to one that reads: an answer is a few
 * hundred bytes, and it has at most some hundred uploads open.
 */
const MOST_UNREAD_BYTES = 4 << 20

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
  /** Ends the calls of keys that are no longer good; tells how many. */
  check(isGood: (keyId: string) => boolean): number
}

interface TransferCallParts {
  readonly grpc: typeof Grpc
  /** undefined: the key is not good. */
  readonly authenticate: (call: Call) => { id: string; device: string } | undefined
  readonly serve: (device: string, link: Link) => LinkHandlers
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

function handleCall(parts: TransferCallParts, live: Map<Call, string>, call: Call): void {
  const { status } = parts.grpc
  const key = parts.authenticate(call)
  if (key === undefined) {
    const details = 'the key is unknown or revoked'
    call.emit('error', { code: status.UNAUTHENTICATED, details })
    return
  }
  live.set(call, key.id)
  const handlers = parts.serve(key.device, linkOf(call))
  let open = true
  const close = () => {
    if (!open) return
    open = false
    live.delete(call)
    handlers.closed(new Transient('the stream ended', { scope: 'destination' }))
  }
  admitMessages(call, MESSAGE_BYTES, ({ sizeBytes }) => {
    if (sizeBytes <= MESSAGE_BYTES) return true
    close()
    const details = `larger than ${MESSAGE_BYTES} bytes`
    call.emit('error', { code: status.INVALID_ARGUMENT, details })
    return false
  })
  call.on('data', (message: Buffer) => {
    try {
      if (open) handlers.message(message)
    } catch (error) {
      close()
      call.emit('error', { code: status.INVALID_ARGUMENT, details: errorMessage(error) })
    }
  })
  call.on('end', () => {
    close()
    call.end()
  })
  call.on('cancelled', close)
  call.on('close', close)
  call.on('error', close)
}

export function createTransferCalls(parts: TransferCallParts): TransferCalls {
  const live = new Map<Call, string>()
  return {
    handle: (call) => handleCall(parts, live, call),
    check(isGood) {
      const ended = [...live].filter(([, id]) => !isGood(id))
      for (const [call] of ended) {
        const details = 'the key was revoked'
        call.emit('error', { code: parts.grpc.status.UNAUTHENTICATED, details })
      }
      return ended.length
    },
  }
}
