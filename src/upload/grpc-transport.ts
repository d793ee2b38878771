/** Streams to a receiver over gRPC. */
import type * as Grpc from '@grpc/grpc-js'
import { errorMessage, Transient } from '../errors.ts'
import type { Link, LinkHandlers, Transport } from '../wire/link.ts'
import { TRANSFER_PATH } from '../wire/transfer-path.ts'
import type { Bearer } from './bearer.ts'
import { framed, sendFramed } from './framed.ts'
import { createGrpcClient, type GrpcAddress } from './grpc-channel.ts'
import { explainStatus, isRefusal } from './grpc-failures.ts'

export interface GrpcTransportOptions extends GrpcAddress {
  readonly bearer: Bearer
}

const asIs = (message: Buffer) => message

type Stream = Grpc.ClientDuplexStream<Buffer, Buffer>

interface Live {
  readonly client: Grpc.Client
  readonly stream: Stream
}

function openStream(
  grpc: typeof Grpc,
  { bearer, ...address }: GrpcTransportOptions,
  handlers: LinkHandlers,
  token: string,
): Live {
  const metadata = new grpc.Metadata()
  if (token !== '') metadata.set('authorization', `Bearer ${token}`)
  const client = createGrpcClient(grpc, address)
  sendFramed(client)
  const stream = client.makeBidiStreamRequest(TRANSFER_PATH, asIs, asIs, metadata)
  stream.on('data', (message: Buffer) => handlers.message(message))
  stream.on('status', ({ code }) => isRefusal(code) && bearer.refused(token))
  // Without a listener the error would end the process; `status` says the same.
  stream.on('error', () => {})
  return { client, stream }
}

/** Fails with `Transient`. */
async function open(options: GrpcTransportOptions, handlers: LinkHandlers): Promise<Live> {
  try {
    const grpc = await import('@grpc/grpc-js')
    return openStream(grpc, options, handlers, await options.bearer.token())
  } catch (error) {
    if (error instanceof Transient) throw error
    const cause = `the stream cannot be opened: ${errorMessage(error)}`
    throw new Transient(cause, { scope: 'destination', hint: 'check destination.key_file' })
  }
}

/** A link that exists at once, whatever becomes of the connection. */
function createLink(handlers: LinkHandlers) {
  let live: Live | undefined
  let early: Uint8Array[] = []
  let pending = 0
  let isClosed = false
  let waiters: (() => void)[] = []
  const wakeAll = () => {
    const woken = waiters
    waiters = []
    for (const wake of woken) wake()
  }
  const write = (stream: Stream, message: Uint8Array, roomBytes = 0) => {
    pending += 1
    stream.write(framed(message, roomBytes), () => {
      pending -= 1
      wakeAll()
    })
  }
  const end = (why: Transient) => {
    if (isClosed) return
    isClosed = true
    live?.stream.cancel()
    live?.client.close()
    wakeAll()
    handlers.closed(why)
  }
  const link: Link = {
    send(message, roomBytes) {
      if (isClosed) return
      if (live) write(live.stream, message, roomBytes)
      else early.push(message.slice())
    },
    async ready(count) {
      while (!isClosed && pending >= count) {
        await new Promise<void>((resolve) => waiters.push(resolve))
      }
    },
    close: () => end(new Transient('the link was closed', { scope: 'destination' })),
  }
  const start = (opened: Live) => {
    live = opened
    live.stream.on('status', ({ code, details }) => end(explainStatus(code, details)))
    for (const message of early) write(live.stream, message)
    early = []
    if (isClosed) {
      live.stream.cancel()
      live.client.close()
    }
  }
  return { link, start, end }
}

export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const links = new Set<Link>()
  return {
    connect(handlers) {
      const { link, start, end } = createLink({
        message: handlers.message,
        closed(why) {
          links.delete(link)
          handlers.closed(why)
        },
      })
      links.add(link)
      void open(options, handlers).then(start, end)
      return link
    },
    async close() {
      for (const link of [...links]) link.close()
    },
  }
}
