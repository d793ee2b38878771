/** Messages that already carry the bytes which gRPC puts before each, so that none is copied. */
import type * as Grpc from '@grpc/grpc-js'
import { MESSAGE_PREFIX_BYTES } from '../wire/link.ts'

interface Filter {
  sendMessage(message: Promise<unknown>): Promise<unknown>
}

/** What grpc-js has no option for: the last of its filters copies each message behind a prefix. */
interface Internals {
  readonly internalChannel: {
    readonly filterStackFactory: { readonly factories: { createFilter(): Filter }[] }
  }
}

/** Every message sent on this client is taken as it is, prefix included. */
export function sendFramed(client: Grpc.Client): void {
  const { internalChannel } = client.getChannel() as unknown as Internals
  const { factories } = internalChannel.filterStackFactory
  const last = factories.length - 1
  const compression = factories[last]
  if (compression === undefined) throw new Error('grpc-js has no filter that frames messages')
  factories[last] = {
    createFilter() {
      const filter = compression.createFilter()
      filter.sendMessage = (message) => message
      return filter
    },
  }
}

/** The message behind its prefix: in place where there is room before it, else in a copy. */
export function framed(message: Uint8Array, roomBytes: number): Buffer {
  const { buffer, byteOffset, length } = message
  const size = MESSAGE_PREFIX_BYTES + length
  const hasRoom = roomBytes >= MESSAGE_PREFIX_BYTES
  const whole = hasRoom
    ? Buffer.from(buffer, byteOffset - MESSAGE_PREFIX_BYTES, size)
    : Buffer.allocUnsafe(size)
  if (!hasRoom) whole.set(message, MESSAGE_PREFIX_BYTES)
  whole[0] = 0
  whole.writeUInt32BE(length, 1)
  return whole
}
