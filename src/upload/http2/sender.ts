/** What goes out on a connection with one stream: frames of control, and messages as windows allow. */
import { FRAME_HEADER_BYTES } from '../../wire/link.ts'
import { FRAME, ProtocolError, putFrameHead } from './frames.ts'

/** Each connection and each stream starts with it. */
const FIRST_WINDOW_BYTES = 65_535
const LARGEST_WINDOW_BYTES = 2 ** 31 - 1
const FIRST_FRAME_BYTES = 16_384
/** What waits in answer to the peer; one that asks for more without reading is no peer. */
const MOST_CONTROL_FRAMES = 1000

/** Takes what it can of these bytes now, and tells how many; below 0 when the connection is over. */
export type Write = (bytes: Uint8Array, at: number, lengthBytes: number) => number

interface Outgoing {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
  readonly sent: () => void
}

export interface Sender {
  /** A whole frame, ahead of messages that wait. */
  control(frame: Uint8Array): void
  /**
   * The message is `bytes` from `at` on; the `FRAME_HEADER_BYTES` before it, and the message itself,
   * are the sender's until `sent`.
   */
  message(bytes: Uint8Array, at: number, sent: () => void): void
  /** The peer takes more; on the stream where `isStream`. Fails with `ProtocolError`. */
  widen(isStream: boolean, bytes: number): void
  /** What the peer says of itself. Fails with `ProtocolError`. */
  settings(settings: { readonly windowBytes?: number; readonly frameBytes?: number }): void
  /** The connection takes bytes again. */
  flush(): void
}

/** What the peer takes, on the connection and on its one stream. */
function createWindows() {
  let first = FIRST_WINDOW_BYTES
  let stream = FIRST_WINDOW_BYTES
  let connection = FIRST_WINDOW_BYTES
  const checked = (bytes: number): number => {
    if (bytes > LARGEST_WINDOW_BYTES) throw new ProtocolError('a window is too large')
    return bytes
  }
  return {
    room: () => Math.min(stream, connection),
    use(bytes: number) {
      stream -= bytes
      connection -= bytes
    },
    widen(isStream: boolean, bytes: number) {
      if (isStream) stream = checked(stream + bytes)
      else connection = checked(connection + bytes)
    },
    /** Changes what the stream started with, also after the fact: it may fall below nothing. */
    start(bytes: number) {
      stream = checked(stream + checked(bytes) - first)
      first = bytes
    },
  }
}

export function createSender(stream: number, write: Write): Sender {
  const controls: Uint8Array[] = []
  const messages: Outgoing[] = []
  const windows = createWindows()
  let current: Outgoing | undefined
  let frameBytes = FIRST_FRAME_BYTES

  /** The next frame of the first message, laid over bytes before it that have left already. */
  const nextPiece = (): Outgoing | undefined => {
    const [message] = messages
    if (message === undefined) return undefined
    const { bytes, at, end, sent } = message
    const lengthBytes = Math.min(end - at, frameBytes, windows.room())
    if (lengthBytes <= 0) return undefined
    windows.use(lengthBytes)
    const start = at - FRAME_HEADER_BYTES
    putFrameHead(bytes, start, { lengthBytes, type: FRAME.data, flags: 0, stream })
    message.at = at + lengthBytes
    const isLast = message.at === end
    if (isLast) messages.shift()
    return { bytes, at: start, end: message.at, sent: isLast ? sent : () => {} }
  }
  const nextOut = (): Outgoing | undefined => {
    const frame = controls.shift()
    if (frame === undefined) return nextPiece()
    return { bytes: frame, at: 0, end: frame.length, sent: () => {} }
  }
  const flush = () => {
    for (;;) {
      current ??= nextOut()
      if (current === undefined) return
      const taken = write(current.bytes, current.at, current.end - current.at)
      if (taken <= 0) return
      current.at += taken
      if (current.at < current.end) return
      const { sent } = current
      current = undefined
      sent()
    }
  }
  return {
    control(frame) {
      if (controls.length >= MOST_CONTROL_FRAMES) throw new ProtocolError('too much is asked')
      controls.push(frame)
      flush()
    },
    message(bytes, at, sent) {
      messages.push({ bytes, at, end: bytes.length, sent })
      flush()
    },
    widen(isStream, bytes) {
      windows.widen(isStream, bytes)
      flush()
    },
    settings({ windowBytes, frameBytes: most }) {
      if (windowBytes !== undefined) windows.start(windowBytes)
      frameBytes = most ?? frameBytes
      flush()
    },
    flush,
  }
}
