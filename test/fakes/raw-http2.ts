/** HTTP/2 by hand, so that a client can do what no library lets it do. Plaintext, one connection. */
import * as net from 'node:net'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const TYPES = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  windowUpdate: 8,
  continuation: 9,
} as const
const END_HEADERS = 4
export const END_STREAM = 1
/** SETTINGS_INITIAL_WINDOW_SIZE */
const WINDOW = 4
const LARGEST_FRAME_BYTES = 16_384
const MOST_UNSENT_BYTES = 1 << 20

interface FrameAt {
  readonly stream?: number
  readonly flags?: number
}

export function frame(type: keyof typeof TYPES, content: Uint8Array, at: FrameAt = {}): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(content.length, 0, 3)
  head.writeUInt8(TYPES[type], 3)
  head.writeUInt8(at.flags ?? 0, 4)
  head.writeUInt32BE(at.stream ?? 0, 5)
  return Buffer.concat([head, content])
}

/** A number as HPACK writes it behind seven bits. */
function lengthOf(length: number): Buffer {
  if (length < 127) return Buffer.of(length)
  const bytes = [127]
  let rest = length - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

/** Headers, each in full and not to be remembered. */
function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const literal = (text: string) => Buffer.concat([lengthOf(text.length), Buffer.from(text)])
  return Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => [
      Buffer.of(0),
      literal(name),
      literal(value),
    ]),
  )
}

/** The headers of a gRPC call. */
const callHeaders = (path: string, key: string, more: Record<string, string> = {}) =>
  headerBlock({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': path,
    ':authority': 'localhost',
    te: 'trailers',
    'content-type': 'application/grpc',
    ...(key !== '' && { authorization: `Bearer ${key}` }),
    ...more,
  })

/** A message with gRPC's five bytes before it. */
export function grpcMessage(content: Uint8Array, isCompressed = false): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt8(isCompressed ? 1 : 0, 0)
  prefix.writeUInt32BE(content.length, 1)
  return Buffer.concat([prefix, content])
}

export interface RawHttp2 {
  send(...frames: Uint8Array[]): void
  /** Begins a call on the stream. */
  call(stream: number, path: string, key: string, more?: Record<string, string>): void
  /** Sends content as fast as the server takes it. False once the stream is gone. */
  upload(stream: number, content: Uint8Array, flags?: number): Promise<boolean>
  /** Streams that the server has reset. */
  readonly resets: ReadonlySet<number>
  close(): void
}

/** The frames of a growing text of bytes: their kinds, streams and contents. */
function createReader(take: (type: number, stream: number, content: Buffer) => void) {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const size = 9 + rest.readUIntBE(0, 3)
      take(rest.readUInt8(3), rest.readUInt32BE(5), rest.subarray(9, size))
      rest = rest.subarray(size)
    }
  }
}

/** `windowBytes` is what it lets the server send on each stream; it never lets it send more. */
export async function rawHttp2(port: number, windowBytes = 65_535): Promise<RawHttp2> {
  const socket = net.connect(port, '127.0.0.1')
  const changed = new EventTarget()
  let closed = false
  /** What the server takes on the whole connection. */
  let credit = 65_535
  const resets = new Set<number>()
  const tell = () => changed.dispatchEvent(new Event('change'))
  socket.on('error', () => {})
  socket.on('drain', tell)
  socket.on('close', () => {
    closed = true
    tell()
  })
  const read = createReader((type, stream, content) => {
    if (type === TYPES.reset) resets.add(stream)
    else if (type === TYPES.windowUpdate && stream === 0) credit += content.readUInt32BE(0)
    else return
    tell()
  })
  socket.on('data', read)
  await new Promise<void>((resolve) => socket.on('connect', resolve).on('close', resolve))
  const settings = Buffer.alloc(6)
  settings.writeUInt16BE(WINDOW, 0)
  settings.writeUInt32BE(windowBytes, 2)
  const send = (...frames: Uint8Array[]) => {
    if (!closed) socket.write(Buffer.concat(frames))
  }
  send(Buffer.from(PREFACE), frame('settings', settings))
  send(frame('settings', Buffer.alloc(0), { flags: 1 }))
  const mustWait = () =>
    !closed && (credit < LARGEST_FRAME_BYTES || socket.writableLength > MOST_UNSENT_BYTES)
  const change = () =>
    new Promise<void>((resolve) => {
      changed.addEventListener('change', () => resolve(), { once: true })
    })
  return {
    send,
    call: (stream, path, key, more) =>
      send(frame('headers', callHeaders(path, key, more), { stream, flags: END_HEADERS })),
    async upload(stream, content, flags = 0) {
      for (let at = 0; at < content.length; at += LARGEST_FRAME_BYTES) {
        while (mustWait()) await change()
        if (closed || resets.has(stream)) return false
        const piece = content.subarray(at, at + LARGEST_FRAME_BYTES)
        credit -= piece.length
        const isLast = at + piece.length === content.length
        send(frame('data', piece, { stream, flags: isLast ? flags : 0 }))
      }
      return true
    },
    resets,
    close: () => socket.destroy(),
  }
}
