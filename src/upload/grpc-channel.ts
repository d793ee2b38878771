/** A gRPC client as every protocol here uses it. */
import type * as Tls from 'node:tls'
import type * as Grpc from '@grpc/grpc-js'
import { isAddress, type NetAddress } from './http2/socket.ts'

/** How often the other end is asked for a sign of life, and how long it may take to give one. */
export const KEEPALIVE_MS = 20_000
export const KEEPALIVE_TIMEOUT_MS = 10_000
/** Answers are small. */
const LARGEST_ANSWER_BYTES = 4 << 20
/**
 * What may be answered before we say that we read it. We say so behind all that waits to be sent: on
 * a narrow link that is seconds, and what is stored there in that time must be known here all the same.
 */
const ANSWERS_WINDOW_BYTES = 4 << 20

function channelOptions({ host, secure }: NetAddress): Grpc.ChannelOptions {
  return {
    'grpc.enable_retries': 0,
    // What is kept for an attempt more counts as written before it is, and is then changed.
    'grpc.per_rpc_retry_buffer_size': 0,
    'grpc.enable_channelz': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.max_receive_message_length': LARGEST_ANSWER_BYTES,
    'grpc-node.flow_control_window': ANSWERS_WINDOW_BYTES,
    // The runtime cannot put an address into the TLS handshake; the identity check below still
    // looks for the address in the certificate.
    ...(secure && isAddress(host) && { 'grpc.ssl_target_name_override': 'ferry.invalid' }),
  }
}

/** Loaded with the first call: what never makes one has no need of their memory. */
export interface GrpcModules {
  readonly grpc: typeof Grpc
  readonly tls: typeof Tls
}

export const loadGrpc = async (): Promise<GrpcModules> => ({
  grpc: await import('@grpc/grpc-js'),
  tls: await import('node:tls'),
})

/** Connects with the first call. */
export function createGrpcClient({ grpc, tls }: GrpcModules, options: NetAddress): Grpc.Client {
  const { host, port, secure, ca } = options
  const credentials = secure
    ? grpc.credentials.createSsl(ca ?? null, null, null, {
        checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(host, certificate),
      })
    : grpc.credentials.createInsecure()
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return new grpc.Client(address, credentials, channelOptions(options))
}
