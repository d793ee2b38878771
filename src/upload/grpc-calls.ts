/** Calls with one answer over one connection: nothing is retried here, and nothing waits for ever. */
import type * as Grpc from '@grpc/grpc-js'
import { Transient } from '../errors.ts'
import type { RateLimit } from '../schedule/rate-limit.ts'
import type { Clock } from '../system/clock.ts'
import { createGrpcClient, loadGrpc } from './grpc-channel.ts'
import { GRPC } from './grpc-failures.ts'
import type { NetAddress } from './http2/socket.ts'
import { createMovement, type Movement } from './movement.ts'

/** The server's status of a call that was not OK. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  constructor(
    readonly code: number,
    readonly details: string,
    /** What the server asks for; 0 when it says nothing. */
    readonly retryAfterMs: number,
  ) {
    super(details)
  }
}

export interface CallOptions {
  /** `/package.Service/Method`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** Resolves when few enough messages are under way; `message` may change once 4 more are taken. */
export type Write = (message: Buffer) => Promise<void>

/** Fails with `CallFailed`, `Transient`, what `send` threw, or the signal's reason. */
export interface GrpcCalls {
  unary(options: CallOptions, message: Buffer, signal: AbortSignal): Promise<Buffer>
  /** The stream is finished only once `send` has resolved; else it is cancelled. */
  stream(options: CallOptions, send: Send, signal: AbortSignal): Promise<Buffer>
  isConnected(): boolean
  close(): void
}

interface GrpcCallsParts extends NetAddress {
  readonly clock: Clock
  readonly silenceMs: number
  readonly rateLimit: () => RateLimit
  readonly onSent: (bytes: number) => void
}

/** Messages under way at once in one stream. */
export const MESSAGES_IN_FLIGHT = 4
const PUSHBACK = 'grpc-retry-pushback-ms'

const asIs = (message: Buffer) => message

function failureOf({ code, details, metadata }: Grpc.ServiceError): CallFailed {
  const pushback = Number(metadata?.get(PUSHBACK)[0] ?? 0)
  return new CallFailed(code, details, Math.max(pushback || 0, 0))
}

interface Connection {
  readonly client: Grpc.Client
  calls: number
  isDropped: boolean
}

/** The client in use; one that could not be reached gives way, since it waits ever longer by itself. */
function createConnections(address: NetAddress) {
  let current: Connection | undefined
  const release = (connection: Connection) => {
    if (connection.isDropped && connection.calls === 0) connection.client.close()
  }
  const drop = (connection: Connection) => {
    connection.isDropped = true
    if (current === connection) current = undefined
  }
  return {
    async take() {
      const modules = await loadGrpc()
      current ??= { client: createGrpcClient(modules, address), calls: 0, isDropped: false }
      current.calls += 1
      return { grpc: modules.grpc, connection: current }
    },
    give(connection: Connection, error: unknown) {
      connection.calls -= 1
      if (error instanceof CallFailed && error.code === GRPC.unavailable) drop(connection)
      if (error instanceof Transient && error.scope !== 'file') drop(connection)
      release(connection)
    },
    isReady: () => current?.client.getChannel().getConnectivityState(false) === READY,
    close() {
      if (current === undefined) return
      const closed = current
      drop(closed)
      release(closed)
    },
  }
}

/** grpc-js's connectivityState.READY. */
const READY = 2

interface OpenCall {
  readonly stream: Grpc.ClientWritableStream<Buffer>
  readonly answer: Promise<Buffer>
  readonly fail: (error: unknown) => void
}

function openCall(
  grpc: typeof Grpc,
  client: Grpc.Client,
  { path, headers }: CallOptions,
): OpenCall {
  const { promise: answer, resolve, reject } = Promise.withResolvers<Buffer>()
  answer.catch(() => {})
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  const stream = client.makeClientStreamRequest<Buffer, Buffer>(
    path,
    asIs,
    asIs,
    metadata,
    (error, value) => (error ? reject(failureOf(error)) : resolve(value ?? Buffer.alloc(0))),
  )
  // Without a listener the error would end the process; the answer says the same.
  stream.on('error', () => {})
  return {
    stream,
    answer,
    fail(error) {
      reject(error)
      stream.cancel()
    },
  }
}

type Send = (write: Write) => Promise<void>

interface Carrying {
  readonly parts: GrpcCallsParts
  readonly call: OpenCall
  readonly movement: Movement
  /** Why the call has ended already; undefined while it has not. */
  ended: unknown
}

function createWrite(carrying: Carrying, signal: AbortSignal): Write {
  const { call, movement } = carrying
  const { clock, rateLimit, onSent } = carrying.parts
  return async (message) => {
    const waitMs = rateLimit().reserve(message.length, clock.monotonicMs())
    if (waitMs > 0) await movement.pause(waitMs, signal)
    await movement.below(MESSAGES_IN_FLIGHT)
    if (carrying.ended !== undefined) throw carrying.ended
    call.stream.write(message, movement.leaving(message.length))
    onSent(message.length)
  }
}

/** An answer before the content was finished is none. */
const earlyAnswer = () =>
  new Transient('the receiver answered before it had everything', { scope: 'file' })

async function carry(carrying: Carrying, send: Send, signal: AbortSignal): Promise<Buffer> {
  const { call, movement } = carrying
  const { promise: early, reject: endEarly } = Promise.withResolvers<never>()
  let isSent = false
  const end = (why: unknown) => {
    carrying.ended = why
    movement.end()
    endEarly(why)
  }
  call.answer.then(() => !isSent && end(earlyAnswer()), end)
  const stop = () => call.fail(signal.reason)
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    await Promise.race([send(createWrite(carrying, signal)), early])
    isSent = true
    movement.finished()
    call.stream.end()
    return await call.answer
  } catch (error) {
    call.fail(error)
    throw error
  } finally {
    movement.end()
    signal.removeEventListener('abort', stop)
  }
}

export function createGrpcCalls(parts: GrpcCallsParts): GrpcCalls {
  const { clock, silenceMs } = parts
  const connections = createConnections(parts)
  const giveUp = (call: OpenCall) => (waitedMs: number) => {
    const text = `nothing moved for ${Math.round(waitedMs / 1000)} s`
    const scope = connections.isReady() ? 'both' : 'destination'
    call.fail(new Transient(text, { scope, hint: 'the network may be down' }))
  }
  const stream: GrpcCalls['stream'] = async (options, send, signal) => {
    const { grpc, connection } = await connections.take()
    let failure: unknown
    try {
      const call = openCall(grpc, connection.client, options)
      const movement = createMovement(clock, silenceMs)
      void movement.stalled.then(giveUp(call))
      return await carry({ parts, call, movement, ended: undefined }, send, signal)
    } catch (error) {
      failure = error
      throw error
    } finally {
      connections.give(connection, failure)
    }
  }
  return {
    stream,
    unary: (options, message, signal) => stream(options, (write) => write(message), signal),
    isConnected: connections.isReady,
    close: connections.close,
  }
}
