/** A receiver within the agent's own process: how `file://` works, with the same rules as gRPC. */
import { Transient } from '../errors.ts'
import type { Link, LinkHandlers, Transport } from '../wire/link.ts'

/** `serve` gets the receiver's end of a new link. Messages are handed over in a later turn. */
export function createLocalTransport(
  serve: (link: Link) => LinkHandlers,
  onClose: () => Promise<void>,
): Transport {
  const pipe = (deliver: (message: Uint8Array) => void, ended: () => boolean) => ({
    send(message: Uint8Array) {
      const copy = message.slice()
      queueMicrotask(() => {
        if (!ended()) deliver(copy)
      })
    },
    ready: async () => {},
  })
  return {
    connect(agent) {
      let closed = false
      const close = () => {
        if (closed) return
        closed = true
        const why = new Transient('the link was closed', { scope: 'destination' })
        receiver.closed(why)
        agent.closed(why)
      }
      const isClosed = () => closed
      const receiver = serve({ ...pipe((bytes) => agent.message(bytes), isClosed), close })
      return { ...pipe((bytes) => receiver.message(bytes), isClosed), close }
    },
    close: onClose,
  }
}
