/** Streams to a receiver over gRPC, each on a connection of its own. */
import { errorMessage, Transient } from '../errors.ts'
import type { Clock } from '../system/clock.ts'
import {
  LINK_ROOM_BYTES,
  type Link,
  type LinkHandlers,
  MESSAGE_PREFIX_BYTES,
  type Transport,
} from '../wire/link.ts'
import { TRANSFER_PATH } from '../wire/transfer-path.ts'
import type { Bearer } from './bearer.ts'
import { KEEPALIVE_MS, KEEPALIVE_TIMEOUT_MS } from './grpc-channel.ts'
import { explainStatus, GRPC, isRefusal } from './grpc-failures.ts'
import type { Header } from './http2/hpack.ts'
import { type NetAddress, openConnection } from './http2/socket.ts'
import { type GrpcStream, openStream } from './http2/stream.ts'

export interface GrpcTransportOptions extends NetAddress {
  readonly bearer: Bearer
  readonly clock: Clock
}

function headersOf({ host, port, secure }: NetAddress, token: string): Header[] {
  const name = host.includes(':') ? `[${host}]` : host
  return [
    [':method', 'POST'],
    [':scheme', secure ? 'https' : 'http'],
    [':path', TRANSFER_PATH],
    [':authority', `${name}:${port}`],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
    ...(token === '' ? [] : [['authorization', `Bearer ${token}`] as const]),
  ]
}

/** The message behind its prefix: in place where there is room before both, else in a copy. */
function prefixed(message: Uint8Array, roomBytes: number) {
  const hasRoom = roomBytes >= LINK_ROOM_BYTES
  const { length } = message
  const start = hasRoom ? message.byteOffset : LINK_ROOM_BYTES
  const bytes = hasRoom
    ? Buffer.from(message.buffer, 0, start + length)
    : Buffer.allocUnsafe(start + length)
  if (!hasRoom) bytes.set(message, start)
  const at = start - MESSAGE_PREFIX_BYTES
  bytes[at] = 0
  bytes.writeUInt32BE(length, at + 1)
  return { bytes, at }
}

interface Watched {
  readonly clock: Clock
  readonly live: AbortSignal
  /** Counts what came and what left. */
  readonly signs: () => number
  readonly fail: () => void
}

/**
 * Fails where nothing moves at all: on a narrow link an answer to the ping waits behind all that
 * was sent before it.
 */
async function keepAlive(stream: GrpcStream, { clock, live, signs, fail }: Watched) {
  while (!live.aborted) {
    await clock.sleep(KEEPALIVE_MS, live)
    if (live.aborted) return
    const before = signs()
    stream.ping()
    await clock.sleep(KEEPALIVE_TIMEOUT_MS, live)
    if (!live.aborted && signs() === before) fail()
  }
}

interface Live {
  stream: GrpcStream | undefined
  giveUp: () => void
}

/** A link that exists at once, whatever becomes of the connection. */
function createLink(handlers: LinkHandlers, live: Live) {
  let early: Uint8Array[] = []
  let pending = 0
  const ended = new AbortController()
  let waiters: (() => void)[] = []
  const wakeAll = () => {
    const woken = waiters
    waiters = []
    for (const wake of woken) wake()
  }
  const sent = () => {
    pending -= 1
    wakeAll()
  }
  const write = (stream: GrpcStream, message: Uint8Array, roomBytes = 0) => {
    pending += 1
    const { bytes, at } = prefixed(message, roomBytes)
    stream.send(bytes, at, sent)
  }
  const end = (why: Transient) => {
    if (ended.signal.aborted) return
    ended.abort()
    live.stream?.cancel()
    live.giveUp()
    wakeAll()
    handlers.closed(why)
  }
  const link: Link = {
    send(message, roomBytes) {
      if (ended.signal.aborted) return
      if (live.stream) write(live.stream, message, roomBytes)
      else early.push(message.slice())
    },
    async ready(count) {
      while (!ended.signal.aborted && pending >= count) {
        await new Promise<void>((resolve) => waiters.push(resolve))
      }
    },
    close: () => end(new Transient('the link was closed', { scope: 'destination' })),
  }
  const start = (stream: GrpcStream) => {
    live.stream = stream
    for (const message of early) write(stream, message)
    early = []
  }
  return { link, start, end, signal: ended.signal }
}

type Made = ReturnType<typeof createLink>

/** Connects, and says who calls. Fails with `Transient`. */
async function open(options: GrpcTransportOptions, handlers: LinkHandlers, made: Made, live: Live) {
  const { bearer, clock } = options
  const token = await bearer.token()
  if (made.signal.aborted) return
  const ended = ({ code, details }: { code: number; details: string }) => {
    if (isRefusal(code)) bearer.refused(token)
    made.end(explainStatus(code, details))
  }
  let signs = 0
  live.giveUp = openConnection(options, {
    open(connection) {
      const stream = openStream(connection.write, headersOf(options, token), {
        message: handlers.message,
        ended,
      })
      made.start(stream)
      const fail = () =>
        ended({ code: GRPC.unavailable, details: 'keepalive: no answer to a ping' })
      void keepAlive(stream, { clock, live: made.signal, signs: () => signs, fail })
    },
    data(bytes) {
      signs += 1
      live.stream?.received(bytes)
    },
    drain() {
      signs += 1
      handlers.moved?.()
      live.stream?.writable()
    },
    closed: (details) => ended({ code: GRPC.unavailable, details }),
  })
}

function explainOpening(error: unknown): Transient {
  if (error instanceof Transient) return error
  const cause = `the stream cannot be opened: ${errorMessage(error)}`
  return new Transient(cause, { scope: 'destination', hint: 'check destination.key_file' })
}

export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const links = new Set<Link>()
  return {
    connect(handlers) {
      const live: Live = { stream: undefined, giveUp: () => {} }
      const made = createLink(
        {
          message: handlers.message,
          closed(why) {
            links.delete(made.link)
            handlers.closed(why)
          },
        },
        live,
      )
      links.add(made.link)
      open(options, handlers, made, live).catch((error) => made.end(explainOpening(error)))
      return made.link
    },
    async close() {
      for (const link of [...links]) link.close()
    },
  }
}
