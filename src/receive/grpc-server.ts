/** The receiver on the network: one port, TLS, a key for each call. */
import type * as Grpc from '@grpc/grpc-js'
import { ConfigError, errorMessage, Transient } from '../errors.ts'
import type { Logger } from '../system/logger.ts'
import type { Link, LinkHandlers } from '../wire/link.ts'
import { TRANSFER_PATH } from '../wire/transfer-path.ts'
import type { Keyring } from './keys.ts'

export interface ServerLimits {
  readonly connections: number
  readonly streamsPerConnection: number
  readonly messageBytes: number
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  connections: 1024,
  streamsPerConnection: 16,
  messageBytes: 4 << 20,
}

export interface ServerOptions {
  /** `host:port`; port 0 picks one. */
  readonly listen: string
  /** Without it the port is plaintext. */
  readonly tls: { readonly certificateChain: Buffer; readonly key: Buffer } | undefined
  /** Without it every call is the device `anonymous`. */
  readonly keyring: Keyring | undefined
  readonly limits: ServerLimits
  readonly log: Logger
  readonly serve: (device: string, link: Link) => LinkHandlers
}

export interface RunningServer {
  readonly address: string
  /** Cuts the calls of keys that are no longer good. */
  checkKeys(): void
  close(): Promise<void>
}

/** A window as large as what one file may have in flight, and frames that need few calls. */
const STREAM_WINDOW_BYTES = 8 << 20
const FRAME_BYTES = 1 << 20
const KEEPALIVE_MS = 20_000
const KEEPALIVE_TIMEOUT_MS = 10_000
/** Idle streams of a device without a key. */
const ANONYMOUS = { id: '', device: 'anonymous' }

type Call = Grpc.ServerDuplexStream<Buffer, Buffer>

const asIs = (message: Buffer) => message

const service = {
  transfer: {
    path: TRANSFER_PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
} as const

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

interface Calls {
  readonly live: Map<Call, string>
}

function handleCall(grpc: typeof Grpc, options: ServerOptions, calls: Calls, call: Call): void {
  const authorization = String(call.metadata.get('authorization')[0] ?? '')
  const { keyring, log } = options
  const key = keyring ? keyring.authenticate(authorization) : ANONYMOUS
  if (key === undefined) {
    log.warn('call refused, its key is unknown or revoked', { peer: call.getPeer() })
    const details = 'the key is unknown or revoked'
    call.emit('error', { code: grpc.status.UNAUTHENTICATED, details })
    return
  }
  calls.live.set(call, key.id)
  const handlers = options.serve(key.device, linkOf(call))
  let open = true
  const close = () => {
    if (!open) return
    open = false
    calls.live.delete(call)
    handlers.closed(new Transient('the stream ended', { scope: 'destination' }))
  }
  call.on('data', (message: Buffer) => {
    try {
      if (open) handlers.message(message)
    } catch (error) {
      close()
      call.emit('error', { code: grpc.status.INVALID_ARGUMENT, details: errorMessage(error) })
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

/** What grpc-js has no option for: its HTTP/2 servers' settings and their count of connections. */
interface Internals {
  commonServerOptions: { settings?: object }
  http2Servers: Map<{ maxConnections: number }, unknown>
}

/** Fails with `ConfigError` when the address cannot be listened on. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const grpc = await import('@grpc/grpc-js')
  const { limits, tls, listen } = options
  const server = new grpc.Server({
    'grpc.max_receive_message_length': limits.messageBytes,
    'grpc.max_concurrent_streams': limits.streamsPerConnection,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.enable_channelz': 0,
  })
  const internals = server as unknown as Internals
  internals.commonServerOptions.settings = {
    ...internals.commonServerOptions.settings,
    initialWindowSize: STREAM_WINDOW_BYTES,
    maxFrameSize: FRAME_BYTES,
  }
  const calls: Calls = { live: new Map() }
  server.addService(service, { transfer: (call: Call) => handleCall(grpc, options, calls, call) })
  const credentials = tls
    ? grpc.ServerCredentials.createSsl(null, [
        { cert_chain: tls.certificateChain, private_key: tls.key },
      ])
    : grpc.ServerCredentials.createInsecure()
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, bound) => {
      if (error === null) return resolve(bound)
      const problem = `cannot be listened on: ${error.message}`
      reject(new ConfigError([{ key: 'listen', value: listen, problem, hint: 'host:port' }]))
    })
  })
  for (const http2 of internals.http2Servers.keys()) http2.maxConnections = limits.connections
  return {
    address: `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    checkKeys() {
      for (const [call, id] of calls.live) {
        if (options.keyring === undefined || options.keyring.isGood(id)) continue
        options.log.warn('call ended, its key was revoked')
        const details = 'the key was revoked'
        call.emit('error', { code: grpc.status.UNAUTHENTICATED, details })
      }
    },
    close: async () => server.forceShutdown(),
  }
}
