/** A receiver within the agent's own process: how `file://` works, with the same rules as gRPC. */
import { errorMessage, Transient } from '../errors.ts'
import type { Link, LinkHandlers, Transport } from '../wire/link.ts'

/** A receiver that lives as long as one link. */
export interface LocalReceiver {
  readonly handlers: LinkHandlers
  /** Resolves when what was under way has ended and everything is closed. */
  readonly close: () => Promise<void>
}

const closedWhy = () => new Transient('the link was closed', { scope: 'destination' })

/**
 * `open` gets the receiver's end of a new link; where it fails the link ends with why. Messages are
 * handed over in a later turn.
 */
export function createLocalTransport(open: (link: Link) => LocalReceiver): Transport {
  const ends = new Set<() => void>()
  let closing: Promise<unknown> = Promise.resolve()
  const pipe = (deliver: (message: Uint8Array) => void, isClosed: () => boolean) => ({
    send(message: Uint8Array) {
      const copy = message.slice()
      queueMicrotask(() => {
        if (!isClosed()) deliver(copy)
      })
    },
    ready: async () => {},
  })
  return {
    connect(agent) {
      let receiver: LocalReceiver | undefined
      let closed = false
      const end = (why: Transient) => {
        if (closed) return
        closed = true
        ends.delete(close)
        receiver?.handlers.closed(why)
        const ending = receiver?.close().catch(() => {})
        closing = Promise.all([closing, ending])
        agent.closed(why)
      }
      const close = () => end(closedWhy())
      ends.add(close)
      const isClosed = () => closed
      void closing.then(() => {
        if (closed) return
        try {
          receiver = open({ ...pipe((bytes) => agent.message(bytes), isClosed), close })
        } catch (error) {
          end(new Transient(errorMessage(error), { scope: 'destination' }))
        }
      })
      const early = closing
      const deliver = (bytes: Uint8Array) =>
        void early.then(() => {
          if (!closed) receiver?.handlers.message(bytes)
        })
      return { ...pipe(deliver, isClosed), close }
    },
    async close() {
      for (const close of [...ends]) close()
      await closing
    },
  }
}
