/** Streams to a receiver over gRPC. */
import { isIP } from 'node:net'
import * as tls from 'node:tls'
import type * as Grpc from '@grpc/grpc-js'
import { errorMessage, Transient } from '../errors.ts'
import type { Link, LinkHandlers, Transport } from '../wire/link.ts'
import { TRANSFER_PATH } from '../wire/transfer-path.ts'
import { explainStatus } from './grpc-failures.ts'

export interface GrpcTransportOptions {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** PEM; undefined: the system's authorities. */
  readonly ca: Buffer | undefined
  /** The key, read anew for each stream; '' for none. Fails as the file does. */
  readonly readKey: () => string
}

const KEEPALIVE_MS = 20_000
const KEEPALIVE_TIMEOUT_MS = 10_000
/** Answers are small. */
const LARGEST_ANSWER_BYTES = 4 << 20

const asIs = (message: Buffer) => message

type Stream = Grpc.ClientDuplexStream<Buffer, Buffer>

function channelOptions({ host, secure }: GrpcTransportOptions): Grpc.ChannelOptions {
  return {
    'grpc.enable_retries': 0,
    'grpc.enable_channelz': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.max_receive_message_length': LARGEST_ANSWER_BYTES,
    // The runtime cannot put an address into the TLS handshake; the identity check below still
    // looks for the address in the certificate.
    ...(secure && isIP(host) !== 0 && { 'grpc.ssl_target_name_override': 'ferry.invalid' }),
  }
}

function createClient(grpc: typeof Grpc, options: GrpcTransportOptions): Grpc.Client {
  const { host, port, secure, ca } = options
  const credentials = secure
    ? grpc.credentials.createSsl(ca ?? null, null, null, {
        checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(host, certificate),
      })
    : grpc.credentials.createInsecure()
  const address = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
  return new grpc.Client(address, credentials, channelOptions(options))
}

interface Live {
  readonly client: Grpc.Client
  readonly stream: Stream
}

function openStream(
  grpc: typeof Grpc,
  options: GrpcTransportOptions,
  handlers: LinkHandlers,
): Live {
  const metadata = new grpc.Metadata()
  const key = options.readKey()
  if (key !== '') metadata.set('authorization', `Bearer ${key}`)
  const client = createClient(grpc, options)
  const stream = client.makeBidiStreamRequest(TRANSFER_PATH, asIs, asIs, metadata)
  stream.on('data', (message: Buffer) => handlers.message(message))
  // Without a listener the error would end the process; `status` says the same.
  stream.on('error', () => {})
  return { client, stream }
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
  const write = (stream: Stream, message: Uint8Array) => {
    pending += 1
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
    stream.write(bytes, () => {
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
    send(message) {
      if (isClosed) return
      if (live) write(live.stream, message)
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
      import('@grpc/grpc-js')
        .then((grpc) => start(openStream(grpc, options, handlers)))
        .catch((error: unknown) => {
          const cause = `the stream cannot be opened: ${errorMessage(error)}`
          end(new Transient(cause, { scope: 'destination', hint: 'check destination.key_file' }))
        })
      return link
    },
    async close() {
      for (const link of [...links]) link.close()
    },
  }
}
