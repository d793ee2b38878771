/** Reads a whole capture file of Viam's data manager by position; payloads are located, never loaded. */
import { Undecodable } from '../../errors.ts'
import { type Decoded, decoded } from '../../wire/codec.ts'
import { google, viam } from '../../wire/viam.js'

const { DataCaptureMetadata, SensorMetadata } = viam.app.datasync.v1

/** A file, or bytes that are like one. `read` gives as many bytes as were asked for, or throws. */
export interface CaptureSource {
  readonly sizeBytes: number
  read(offsetBytes: number, lengthBytes: number): Uint8Array
}

export interface Span {
  readonly offsetBytes: number
  readonly lengthBytes: number
}

/** One SensorData; `struct` and `binary` exclude each other. */
export interface Record {
  readonly metadata: Decoded<viam.app.datasync.v1.ISensorMetadata> | undefined
  readonly struct: google.protobuf.IStruct | undefined
  readonly binary: Span | undefined
}

export interface CaptureFile {
  readonly metadata: Decoded<viam.app.datasync.v1.IDataCaptureMetadata>
  /** From the first one, each time; `tail` says what a last record that was cut short means. */
  records(tail: 'stop' | 'fail'): Iterable<Record>
}

/** Far more than any metadata, and what a message of the protocol may have. */
const LARGEST_METADATA_BYTES = 1 << 20
const LARGEST_STRUCT_BYTES = 32 << 20
const WINDOW_BYTES = 64 * 1024
const LONGEST_VARINT_BYTES = 10

/** Small reads come from one larger one. */
function throughWindow({ sizeBytes, read }: CaptureSource): CaptureSource {
  let start = 0
  let window: Uint8Array = new Uint8Array(0)
  return {
    sizeBytes,
    read(offsetBytes, lengthBytes) {
      if (lengthBytes > WINDOW_BYTES) return read(offsetBytes, lengthBytes)
      if (offsetBytes < start || offsetBytes + lengthBytes > start + window.length) {
        start = offsetBytes
        window = read(start, Math.min(WINDOW_BYTES, sizeBytes - start))
      }
      return window.subarray(offsetBytes - start, offsetBytes - start + lengthBytes)
    },
  }
}

/** undefined where the end comes before the number's last byte. */
function varint(source: CaptureSource, offsetBytes: number, endBytes: number) {
  const most = Math.min(LONGEST_VARINT_BYTES, endBytes - offsetBytes)
  const bytes = source.read(offsetBytes, most)
  let value = 0
  for (let at = 0; at < most; at++) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { value, next: offsetBytes + at + 1 }
  }
  if (most === LONGEST_VARINT_BYTES) throw new Undecodable('a number of the file has no end')
  return undefined
}

/** The message that begins here; undefined where the file ends before it does. */
function messageAt(source: CaptureSource, offsetBytes: number): Span | undefined {
  const length = varint(source, offsetBytes, source.sizeBytes)
  if (length === undefined || length.next + length.value > source.sizeBytes) return undefined
  return { offsetBytes: length.next, lengthBytes: length.value }
}

interface Field extends Span {
  readonly number: number
}

const FIXED: Readonly<{ [wireType: number]: number }> = { 1: 8, 5: 4 }

/** The fields of a message, in order; numbers have no length. Fails with `Undecodable`. */
export function* fieldsOf(
  source: CaptureSource,
  { offsetBytes, lengthBytes }: Span,
): Generator<Field> {
  const end = offsetBytes + lengthBytes
  const cutShort = () => new Undecodable('a message of the file has a field longer than itself')
  for (let at = offsetBytes; at < end; ) {
    const tag = varint(source, at, end)
    if (tag === undefined) throw cutShort()
    const value = tag.value & 7
    const number = Math.floor(tag.value / 8)
    const length = value === 0 || value === 2 ? varint(source, tag.next, end) : undefined
    const fixed = FIXED[value]
    if (length === undefined && fixed === undefined) throw cutShort()
    const start = length?.next ?? tag.next
    const span = value === 0 ? 0 : (fixed ?? length?.value ?? 0)
    if (start + span > end) throw cutShort()
    yield { number, offsetBytes: start, lengthBytes: span }
    at = start + span
  }
}

function load(source: CaptureSource, span: Span, most: number): Uint8Array {
  if (span.lengthBytes > most) throw new Undecodable(`a message is larger than ${most} bytes`)
  return source.read(span.offsetBytes, span.lengthBytes)
}

function decode<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof Undecodable) throw cause
    throw new Undecodable(`the ${what} of the file cannot be decoded`, { cause })
  }
}

/** The SensorData that stands there. Fails with `Undecodable`. */
export function recordOf(source: CaptureSource, span: Span): Record {
  let metadata: Record['metadata']
  let struct: Record['struct']
  let binary: Span | undefined
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) {
      const bytes = load(source, field, LARGEST_METADATA_BYTES)
      metadata = decoded(decode('times', () => SensorMetadata.decode(bytes)))
    } else if (field.number === 2) {
      const bytes = load(source, field, LARGEST_STRUCT_BYTES)
      struct = decode('readings', () => google.protobuf.Struct.decode(bytes))
      binary = undefined
    } else if (field.number === 3) {
      binary = { offsetBytes: field.offsetBytes, lengthBytes: field.lengthBytes }
      struct = undefined
    }
  }
  return { metadata, struct, binary }
}

/** Fails with `Undecodable`, here or while records are taken. */
export function openCaptureFile(whole: CaptureSource): CaptureFile {
  const source = throughWindow(whole)
  const first = messageAt(source, 0)
  if (first === undefined) throw new Undecodable('the file ends before its metadata does')
  const bytes = load(source, first, LARGEST_METADATA_BYTES)
  const metadata = decoded(decode('metadata', () => DataCaptureMetadata.decode(bytes)))
  const begin = first.offsetBytes + first.lengthBytes
  return {
    metadata,
    *records(tail) {
      for (let at = begin; at < source.sizeBytes; ) {
        const span = messageAt(source, at)
        if (span === undefined) {
          if (tail === 'stop') return
          throw new Undecodable('the file ends before its last record does')
        }
        yield recordOf(source, span)
        at = span.offsetBytes + span.lengthBytes
      }
    },
  }
}
