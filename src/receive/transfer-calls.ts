/** ferry.transfer.v1 on gRPC: one call is one link to an agent. */
import type * as Grpc from '@grpc/grpc-js'
import { errorMessage, Transient } from '../errors.ts'
import type { Link, LinkHandlers } from '../wire/link.ts'
import { TRANSFER_PATH } from '../wire/transfer-path.ts'
import {
  type Announced,
  createMessageMemory,
  type MessageMemory,
  takeMessages,
} from './messages.ts'

type Call = Grpc.ServerDuplexStream<Buffer, Buffer>

/** What an agent sends at once; the port itself takes the larger messages of Viam's protocol. */
const MESSAGE_BYTES = 4 << 20

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

interface HandleParts extends TransferCallParts {
  readonly memory: MessageMemory
}

function linkOf(call: Call): Link {
  return {
    send(message) {
      if (!call.cancelled && !call.writableEnded) {
        call.write(Buffer.from(message.buffer, message.byteOffset, message.byteLength))
      }
    },
    ready: async () => {},
    close: () => call.end(),
  }
}

function handleCall(parts: HandleParts, live: Map<Call, string>, call: Call): void {
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
  const refuse = (details: string) => {
    close()
    call.emit('error', { code: status.INVALID_ARGUMENT, details })
    return false
  }
  const admit = ({ sizeBytes, isCompressed }: Announced) => {
    if (isCompressed) return refuse('compressed messages are not taken')
    return sizeBytes <= MESSAGE_BYTES || refuse(`larger than ${MESSAGE_BYTES} bytes`)
  }
  takeMessages(call, parts.memory, admit, (message) => {
    try {
      if (open) handlers.message(message)
    } catch (error) {
      refuse(errorMessage(error))
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
  const memory = createMessageMemory()
  return {
    handle: (call) => handleCall({ ...parts, memory }, live, call),
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
