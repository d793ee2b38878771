/** A receiver's port over a real directory store, and a client of Viam's services that is plain gRPC. */
import * as grpc from '@grpc/grpc-js'
import { startServer } from '../../src/receive/grpc-server.ts'
import { createKeyring } from '../../src/receive/keys.ts'
import { viamMethods } from '../../src/receive/viam/service.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import type { Files } from '../../src/system/files.ts'
import type { Logger } from '../../src/system/logger.ts'
import { readTree } from './ferry.ts'
import { openStoreAt } from './inbox.ts'
import { quietLog } from './quiet.ts'

export interface Answer {
  /** OK, or the name of the status. */
  readonly status: string
  readonly details: string
  readonly reply: Buffer
}

export interface ViamClient {
  unary(path: string, message: Uint8Array, headers?: Record<string, string>): Promise<Answer>
  stream(
    path: string,
    messages: readonly Uint8Array[],
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Sends the messages, and cancels without ending the stream. */
  cancel(path: string, messages: readonly Uint8Array[]): Promise<Answer>
  /** Sends the messages, and then nothing. */
  hang(path: string, messages: readonly Uint8Array[]): Promise<Answer>
  readonly address: string
  close(): void
}

const asIs = (bytes: Buffer) => bytes

function answerOf(error: grpc.ServiceError | null, reply: Buffer | undefined): Answer {
  return {
    status: grpc.status[error?.code ?? grpc.status.OK] ?? '',
    details: error?.details ?? '',
    reply: reply ?? Buffer.alloc(0),
  }
}

function metadataOf(token: string, headers: Record<string, string> = {}): grpc.Metadata {
  const metadata = new grpc.Metadata()
  if (token !== '') metadata.set('authorization', `Bearer ${token}`)
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return metadata
}

export function viamClient(
  address: string,
  token: string,
  credentials = grpc.credentials.createInsecure(),
): ViamClient {
  const client = new grpc.Client(address, credentials, {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_send_message_length': -1,
  })
  const open = (
    path: string,
    messages: readonly Uint8Array[],
    afterwards: (call: grpc.ClientWritableStream<Buffer>) => void,
  ) =>
    new Promise<Answer>((resolve) => {
      const done = (error: grpc.ServiceError | null, reply?: Buffer) =>
        resolve(answerOf(error, reply))
      const call = client.makeClientStreamRequest(path, asIs, asIs, metadataOf(token), done)
      const last = messages.length - 1
      messages.forEach((message, index) => {
        call.write(Buffer.from(message), () => {
          if (index === last) afterwards(call)
        })
      })
    })
  return {
    unary: (path, message, headers) =>
      new Promise((resolve) => {
        const done = (error: grpc.ServiceError | null, reply?: Buffer) =>
          resolve(answerOf(error, reply))
        const metadata = metadataOf(token, headers)
        client.makeUnaryRequest(path, asIs, asIs, Buffer.from(message), metadata, done)
      }),
    stream: (path, messages, headers) =>
      new Promise((resolve) => {
        const metadata = metadataOf(token, headers)
        const call = client.makeClientStreamRequest(
          path,
          asIs,
          asIs,
          metadata,
          (error, reply?: Buffer) => resolve(answerOf(error, reply)),
        )
        for (const message of messages) call.write(Buffer.from(message))
        call.end()
      }),
    cancel: (path, messages) => open(path, messages, (call) => call.cancel()),
    hang: (path, messages) => open(path, messages, () => {}),
    address,
    close: () => client.close(),
  }
}

interface ViamOptions {
  readonly files?: Files
  /** A keys file; without it every call is `anonymous`. */
  readonly keys?: string
  readonly clock?: ReturnType<typeof createSystemClock>
  readonly log?: Logger
}

/** The port of a receiver whose device is `anonymous`. */
export async function openViamAt(folder: string, options: ViamOptions = {}) {
  const store = openStoreAt(folder, options.files)
  const clock = options.clock ?? createSystemClock()
  const keyring = options.keys === undefined ? undefined : createKeyring(options.keys, () => {})
  const server = await startServer({
    listen: '127.0.0.1:0',
    tls: undefined,
    keyring,
    clock,
    limits: { connections: 16, streamsPerConnection: 65, messageBytes: 32 << 20 },
    log: options.log ?? quietLog,
    methods: viamMethods({ store, clock, keyring, largestFileBytes: 2 ** 40 }),
    serve: () => ({ message: () => {}, closed: () => {} }),
  })
  const client = viamClient(server.address, '')
  return {
    server,
    store,
    client,
    async close() {
      client.close()
      await server.close()
      store.close()
    },
  }
}

/** What stands in the store of a device, but for the receiver's own notes; in order of names. */
export const stored = (folder: string, device = 'anonymous') =>
  new Map(
    [...readTree(`${folder}/${device}`)]
      .filter(([name]) => !name.startsWith('meta/'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

/** What the receiver holds that has no name yet. */
export const staged = (folder: string, device = 'anonymous') =>
  [...readTree(`${folder}/${device}/meta`).keys()].filter((name) => /^(staging|parts)\//.test(name))
