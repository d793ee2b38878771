/** The client's side of an HTTP/2 connection that carries one gRPC stream, both ways, and no more. */
import { GRPC } from '../grpc-failures.ts'
import { createMessageReader, resetStatus, type Status, statusOf } from './answers.ts'
import {
  createFrameReader,
  encodeFrame,
  FLAG,
  FRAME,
  type Frame,
  joined,
  ProtocolError,
  putUint32,
  uint32,
  unpadded,
} from './frames.ts'
import { createHeaderDecoder, encodeHeaders, type Header } from './hpack.ts'
import { createSender, type Sender, type Write } from './sender.ts'

export interface StreamHandlers {
  /** Good until it returns. */
  readonly message: (message: Uint8Array) => void
  /** Once. */
  readonly ended: (status: Status) => void
}

export interface GrpcStream {
  /** What the connection brings. */
  received(bytes: Uint8Array): void
  /** The connection takes bytes again. */
  writable(): void
  /** As of the sender: a gRPC message with its prefix, from `at` on. */
  send(bytes: Uint8Array, at: number, sent: () => void): void
  /** Asks the peer for a sign of life. */
  ping(): void
  /** Tells the peer that nothing more will come, where that fits between two frames. */
  cancel(): void
}

const STREAM = 1
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
/** What we take: the protocol's own default. */
const LARGEST_FRAME_BYTES = 16_384
/** What each connection starts with. */
const FIRST_WINDOW_BYTES = 65_535
/**
 * Answers to all that is on its way: what widens a window waits behind megabytes of ours on a
 * narrow link, and what was stored meanwhile would be sent again if the link were cut.
 */
const WINDOW_BYTES = 4 << 20
/** Answers are small. */
const LARGEST_ANSWER_BYTES = 4 << 20
const LARGEST_HEADERS_BYTES = 64 << 10
const LARGEST_PEER_FRAME_BYTES = 2 ** 24 - 1
const SETTING = { enablePush: 2, initialWindow: 4, maxFrame: 5 } as const
const CANCEL = 8
const SETTING_BYTES = 6
const NO_HTTP2 = 'what answers speaks no HTTP/2'
const NOTHING = new Uint8Array(0)

const control = (type: number, payload: Uint8Array, { flags = 0, stream = 0 } = {}) =>
  encodeFrame({ type, flags, stream, payload })

function uint32s(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  for (const [i, value] of values.entries()) putUint32(bytes, 4 * i, value)
  return bytes
}

/** The connection's first bytes, and the call. */
function greeting(headers: readonly Header[]): Uint8Array {
  const settings = new Uint8Array(2 * SETTING_BYTES)
  settings[1] = SETTING.enablePush
  settings[SETTING_BYTES + 1] = SETTING.initialWindow
  putUint32(settings, SETTING_BYTES + 2, WINDOW_BYTES)
  const wider = control(FRAME.windowUpdate, uint32s(WINDOW_BYTES - FIRST_WINDOW_BYTES))
  const call = control(FRAME.headers, encodeHeaders(headers), {
    flags: FLAG.endHeaders,
    stream: STREAM,
  })
  return Buffer.concat([PREFACE, control(FRAME.settings, settings), wider, call])
}

function applySettings(sender: Sender, payload: Uint8Array): void {
  for (let at = 0; at < payload.length; at += SETTING_BYTES) {
    const name = uint32(payload, at) >>> 16
    const value = uint32(payload, at + 2)
    if (name === SETTING.initialWindow) sender.settings({ windowBytes: value })
    if (name === SETTING.maxFrame) {
      if (value < LARGEST_FRAME_BYTES || value > LARGEST_PEER_FRAME_BYTES) {
        throw new ProtocolError('frames of this size are not allowed')
      }
      sender.settings({ frameBytes: value })
    }
  }
}

/** Gives back what was taken, once it is half of the window. */
function createWindow(sender: Sender) {
  let taken = 0
  return (bytes: number) => {
    taken += bytes
    if (taken < WINDOW_BYTES / 2) return
    for (const stream of [0, STREAM]) {
      sender.control(control(FRAME.windowUpdate, uint32s(taken), { stream }))
    }
    taken = 0
  }
}

/** Header blocks may come in several frames, with nothing between them. */
function createHeaderBlocks(take: (headers: Header[], isEnd: boolean) => void) {
  const decode = createHeaderDecoder()
  let block: Uint8Array | undefined
  let isEnd = false
  return (frame: Frame): void => {
    const isContinued = frame.type === FRAME.continuation
    if (isContinued !== (block !== undefined)) throw new ProtocolError('headers out of order')
    if (block === undefined && frame.type !== FRAME.headers) return
    const plain = isContinued ? frame.payload : unpadded(frame)
    const part = !isContinued && frame.flags & FLAG.priority ? plain.subarray(5) : plain
    if (!isContinued) isEnd = (frame.flags & FLAG.endStream) !== 0
    block = joined(block ?? NOTHING, part).slice()
    if (block.length > LARGEST_HEADERS_BYTES) throw new ProtocolError('headers are too long')
    if ((frame.flags & FLAG.endHeaders) === 0) return
    const whole = block
    block = undefined
    take(decode(whole), isEnd)
  }
}

/** A stream that the server will not serve, or a connection that it gives up. */
function goneStatus(payload: Uint8Array): Status | undefined {
  const lastStream = uint32(payload, 0) & 0x7fffffff
  const reason = uint32(payload, 4)
  if (lastStream >= STREAM && reason === 0) return undefined
  const said = Buffer.from(payload.subarray(8, 208)).toString('latin1')
  return { code: GRPC.unavailable, details: `GOAWAY: reason ${reason} ${said}`.trim() }
}

interface Doing {
  readonly sender: Sender
  readonly end: (status: Status | undefined) => void
  readonly message: (message: Uint8Array) => void
}

/** What each kind of frame does; kinds that are unknown are passed over. */
function createDoings({ sender, end, message }: Doing) {
  const giveBack = createWindow(sender)
  const cut = createMessageReader(LARGEST_ANSWER_BYTES, message)
  const doings: Readonly<Record<number, (frame: Frame) => void>> = {
    [FRAME.data](frame) {
      cut(unpadded(frame))
      giveBack(frame.payload.length)
      if (frame.flags & FLAG.endStream) end(statusOf([], true))
    },
    [FRAME.rstStream]: ({ payload }) => end(resetStatus(uint32(payload, 0))),
    [FRAME.settings]({ flags, payload }) {
      if (flags & FLAG.ack) return
      applySettings(sender, payload)
      sender.control(control(FRAME.settings, NOTHING, { flags: FLAG.ack }))
    },
    [FRAME.ping]({ flags, payload }) {
      if (flags & FLAG.ack) return
      sender.control(control(FRAME.ping, payload.slice(), { flags: FLAG.ack }))
    },
    [FRAME.goAway]: ({ payload }) => end(goneStatus(payload)),
    [FRAME.windowUpdate]: ({ stream, payload }) =>
      sender.widen(stream === STREAM, uint32(payload, 0) & 0x7fffffff),
    [FRAME.pushPromise]() {
      throw new ProtocolError('nothing may be pushed')
    },
  }
  const takeHeaders = createHeaderBlocks((block, isEnd) => end(statusOf(block, isEnd)))
  return (frame: Frame) => {
    takeHeaders(frame)
    doings[frame.type]?.(frame)
  }
}

/** Begins at once: the connection exists. What breaks the protocol ends the stream. */
export function openStream(
  write: Write,
  headers: readonly Header[],
  handlers: StreamHandlers,
): GrpcStream {
  let isEnded = false
  const end = (status: Status | undefined) => {
    if (status === undefined || isEnded) return
    isEnded = true
    handlers.ended(status)
  }
  const sender = createSender(STREAM, write)
  const take = createDoings({
    ...{ sender, end },
    message: (message) => void (isEnded || handlers.message(message)),
  })
  /** Whether the peer began as it must; else it is something else altogether. */
  let isGreeted = false
  const read = createFrameReader(LARGEST_FRAME_BYTES, (frame) => {
    if (!isGreeted && frame.type !== FRAME.settings) throw new ProtocolError('settings come first')
    isGreeted = true
    take(frame)
  })
  sender.control(greeting(headers))
  return {
    received(bytes) {
      if (isEnded) return
      try {
        read(bytes)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        const details = isGreeted ? `HTTP/2: ${error.message}` : NO_HTTP2
        end({ code: GRPC.internal, details })
      }
    },
    writable: sender.flush,
    send: sender.message,
    ping: () => sender.control(control(FRAME.ping, new Uint8Array(8))),
    cancel: () => sender.control(control(FRAME.rstStream, uint32s(CANCEL), { stream: STREAM })),
  }
}
