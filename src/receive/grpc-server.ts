/** The receiver on the network: one port, TLS, a key for each call. */
import type { Http2Server, ServerHttp2Session } from 'node:http2'
import type * as Grpc from '@grpc/grpc-js'
import { ConfigError } from '../errors.ts'
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import type { Link, LinkHandlers } from '../wire/link.ts'
import { Refusal } from './incoming.ts'
import type { Keyring } from './keys.ts'
import { explainListening } from './listen-failures.ts'
import { createRefusedLog } from './refused.ts'
import { createStrangers, type Strangers } from './strangers.ts'
import { createTransferCalls, TRANSFER_DEFINITION, type TransferCalls } from './transfer-calls.ts'
import { type CallParts, definitionOf, handleMethod, type OpenCall } from './viam/calls.ts'
import { createMemory } from './viam/memory.ts'
import { type Method, Unauthenticated } from './viam/method.ts'

export interface ServerLimits {
  readonly connections: number
  readonly streamsPerConnection: number
  /** Viam's programs send a whole file in one. */
  readonly messageBytes: number
}

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  connections: 1024,
  streamsPerConnection: 16,
  messageBytes: 32 << 20,
}

export interface ServerOptions {
  /** `host:port`; port 0 picks one. */
  readonly listen: string
  /** Without it the port is plaintext. */
  readonly tls: { readonly certificateChain: Buffer; readonly key: Buffer } | undefined
  /** Without it every call is the device `anonymous`. */
  readonly keyring: Keyring | undefined
  readonly limits: ServerLimits
  readonly clock: Clock
  readonly log: Logger
  readonly methods: readonly Method[]
  readonly serve: (device: string, link: Link) => LinkHandlers
}

export interface RunningServer {
  readonly address: string
  /** Ends calls of keys that are no longer good, and of silent clients; to be called now and then. */
  checkCalls(): void
  /** Resolves when nothing is being stored any more. */
  close(): Promise<void>
}

/** A window as large as what one file may have in flight, and frames that need few calls. */
const STREAM_WINDOW_BYTES = 8 << 20
const FRAME_BYTES = 1 << 20
/** What all streams of a connection may have in flight together. */
const CONNECTION_WINDOW_BYTES = 16 << 20
const KEEPALIVE_MS = 20_000
const KEEPALIVE_TIMEOUT_MS = 10_000
/** A device without a key. */
const ANONYMOUS = { id: '', device: 'anonymous' }

/** Viam's services beside the transfer, each method under its own path. */
function addMethods(server: Grpc.Server, parts: CallParts, methods: readonly Method[]) {
  const open = new Set<OpenCall>()
  for (const method of methods) {
    const handle = handleMethod(parts, open, method)
    server.addService({ method: definitionOf(method) }, { method: handle })
  }
  return open
}

interface Held {
  readonly strangers: Strangers
  readonly transfers: TransferCalls
  readonly open: Set<OpenCall>
}

/** Ends the calls of revoked keys and of clients that went silent. */
function check({ keyring, clock, log }: ServerOptions, held: Held): void {
  const { strangers, transfers, open } = held
  strangers.check()
  const isGood = (id: string) => keyring === undefined || id === '' || keyring.isGood(id)
  if (transfers.check(isGood) > 0) log.warn('call ended, its key was revoked')
  for (const call of [...open]) {
    const silentMs = clock.monotonicMs() - call.lastMs
    if (!isGood(call.keyId)) call.end(new Unauthenticated('the key was revoked'))
    else if (silentMs > call.silentMs) {
      log.warn('call ended, its client went silent', { device: call.device })
      call.end(new Refusal('store-failed', 'nothing came for too long'))
    }
  }
}

/** What grpc-js has no option for: its HTTP/2 servers' settings and their count of connections. */
interface Internals {
  commonServerOptions: { settings?: object }
  http2Servers: Map<Http2Server & { maxConnections: number }, unknown>
}

/** Who calls; undefined, and a line in the log, where the key is not good. */
function createAuthenticate({ keyring, log, clock }: ServerOptions, strangers: Strangers) {
  const tellRefused = createRefusedLog(log, clock)
  const authenticate: CallParts['authenticate'] = (call) => {
    const authorization = String(call.metadata.get('authorization')[0] ?? '')
    const key = keyring ? keyring.authenticate(authorization) : ANONYMOUS
    if (key) strangers.know(call.getPeer(), key.device)
    else tellRefused('call', call.getPeer())
    return key
  }
  return { authenticate, tellRefused }
}

/** The settings are for streams alone: a connection's own window starts at 64 KiB. */
const widen = (session: ServerHttp2Session) => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES)

/** Fails with `ConfigError` when the address cannot be listened on. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const grpc = await import('@grpc/grpc-js')
  // What it would print beside the log is told by us, in words.
  grpc.setLogVerbosity(grpc.logVerbosity.NONE)
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
  const { log, clock } = options
  const strangers = createStrangers(clock)
  const memory = createMemory()
  const common = { grpc, clock, log, memory, ...createAuthenticate(options, strangers) }
  const transfers = createTransferCalls({ ...common, serve: options.serve })
  server.addService({ transfer: TRANSFER_DEFINITION }, { transfer: transfers.handle })
  const storing = new Set<Promise<unknown>>()
  const { messageBytes } = limits
  const parts = {
    ...common,
    storing,
    messageBytes,
    greet: (peer: string) => strangers.know(peer, ''),
  }
  const open = addMethods(server, parts, options.methods)
  const credentials = tls
    ? grpc.ServerCredentials.createSsl(null, [
        { cert_chain: tls.certificateChain, private_key: tls.key },
      ])
    : grpc.ServerCredentials.createInsecure()
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, bound) => {
      if (error === null) return resolve(bound)
      reject(new ConfigError([explainListening(listen, error.message)]))
    })
  })
  for (const http2 of internals.http2Servers.keys()) {
    http2.maxConnections = limits.connections
    http2.on('session', widen)
    http2.on('connection', strangers.add)
  }
  return {
    address: `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    checkCalls: () => check(options, { strangers, transfers, open }),
    async close() {
      server.forceShutdown()
      await Promise.all(storing)
    },
  }
}
