/** Reads a whole capture file of Viam's data manager by position; payloads are located, never loaded. */
import {
  FIELD_START_BYTES,
  LENGTH_DELIMITED,
  LONGEST_LENGTH_BYTES,
  readField,
} from '../../capture/framing.ts'
import { Undecodable } from '../../errors.ts'
import { type Decoded, decoded } from '../../wire/codec.ts'
import { readVarint } from '../../wire/varint.ts'
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

/** Far more than any metadata, and what a message of the protocol may have: as the agent's look. */
const LARGEST_METADATA_BYTES = 1 << 20
const LARGEST_READING_BYTES = 32 << 20
const WINDOW_BYTES = 64 * 1024
/** Of a SensorData. */
const METADATA_FIELD = 1
const STRUCT_FIELD = 2
const BINARY_FIELD = 3

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

/** The message that begins here; undefined where the file ends before it does. */
function messageAt(source: CaptureSource, offsetBytes: number): Span | undefined {
  const most = Math.min(LONGEST_LENGTH_BYTES, source.sizeBytes - offsetBytes)
  const length = readVarint(source.read(offsetBytes, most), 0, LONGEST_LENGTH_BYTES)
  if (length === undefined && most === LONGEST_LENGTH_BYTES) {
    throw new Undecodable(`a length of the file is longer than ${LONGEST_LENGTH_BYTES} bytes`)
  }
  if (length === undefined || offsetBytes + length.end + length.value > source.sizeBytes) {
    return undefined
  }
  return { offsetBytes: offsetBytes + length.end, lengthBytes: length.value }
}

interface Field extends Span {
  readonly number: number
}

/** The fields of a message, in order. Fails with `Undecodable`. */
export function* fieldsOf(
  source: CaptureSource,
  { offsetBytes, lengthBytes }: Span,
): Generator<Field> {
  const end = offsetBytes + lengthBytes
  for (let at = offsetBytes; at < end; ) {
    const field = readField(source.read(at, Math.min(FIELD_START_BYTES, end - at)), 0)
    const next = field === undefined ? end + 1 : at + field.start + field.sizeBytes
    if (field === undefined || next > end) throw new Undecodable('a message is malformed')
    const { number, wireType, start, sizeBytes } = field
    if (wireType === LENGTH_DELIMITED) {
      yield { number, offsetBytes: at + start, lengthBytes: sizeBytes }
    }
    at = next
  }
}

/** Bytes that were reserved and never written, as after a loss of power. */
function isBlank(source: CaptureSource, from: number): boolean {
  for (let at = from; at < source.sizeBytes; at += WINDOW_BYTES) {
    const bytes = source.read(at, Math.min(WINDOW_BYTES, source.sizeBytes - at))
    if (bytes.some((byte) => byte !== 0)) return false
  }
  return true
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

/**
 * The SensorData that stands there. Of fields that come twice the last counts, and the others are
 * not looked at, as in the agent's look. Fails with `Undecodable`.
 */
export function recordOf(source: CaptureSource, span: Span): Record {
  let times: Span | undefined
  let data: Field | undefined
  for (const field of fieldsOf(source, span)) {
    if (field.number === METADATA_FIELD) times = field
    if (field.number === STRUCT_FIELD || field.number === BINARY_FIELD) data = field
  }
  const bytesOf = (field: Span) => load(source, field, LARGEST_READING_BYTES)
  const metadata = times && decoded(decode('times', () => SensorMetadata.decode(bytesOf(times))))
  if (data?.number !== STRUCT_FIELD) return { metadata, struct: undefined, binary: data }
  const reading = data
  const struct = decode('readings', () => google.protobuf.Struct.decode(bytesOf(reading)))
  return { metadata, struct, binary: undefined }
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
      let at = begin
      for (; at < source.sizeBytes; ) {
        const span = messageAt(source, at)
        if (span === undefined) break
        if (span.lengthBytes === 0 && isBlank(source, at)) break
        yield recordOf(source, span)
        at = span.offsetBytes + span.lengthBytes
      }
      if (at >= source.sizeBytes || (tail === 'stop' && at > begin)) return
      throw new Undecodable('the file ends before its last record does')
    },
  }
}
