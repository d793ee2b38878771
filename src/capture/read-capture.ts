/** What a capture file of Viam's data manager holds, record by record; payloads are not read. */
import { Undecodable } from '../errors.ts'
import { type Decoded, decoded } from '../wire/codec.ts'
import { readVarint } from '../wire/varint.ts'
import { viam } from '../wire/viam.js'
import {
  FIELD_START_BYTES,
  isWellFormed,
  LENGTH_DELIMITED,
  LONGEST_LENGTH_BYTES,
  readField,
  SENSOR_METADATA_SHAPE,
  type Span,
  STRUCT_SHAPE,
} from './framing.ts'
import { createWindow, type ReadAt, type Window } from './window.ts'

const { DataCaptureMetadata, DataType } = viam.app.datasync.v1

export type CaptureMetadata = Decoded<viam.app.datasync.v1.DataCaptureMetadata.$Properties>

/** One SensorData; offsets are those of the file. */
export interface CaptureRecord {
  /** The message with its length before it, as it stands in the file. */
  readonly framed: Span
  readonly kind: 'binary' | 'tabular'
  /** The SensorMetadata. */
  readonly metadata: Span
  /** The payload or the Struct. */
  readonly data: Span
}

/** images: the old form of GetImages, pictures within a Struct in a file of binary type. */
type CaptureKind = 'tabular' | 'binary' | 'images' | 'empty'

export interface CaptureFile {
  readonly metadata: CaptureMetadata
  readonly kind: CaptureKind
  readonly records: number
  /** Of a record at the end that was not written whole. */
  readonly tornBytes: number
  /** The whole records, in order. */
  read(): AsyncGenerator<CaptureRecord>
  /** Bytes of the file; good until the next call. */
  bytes(span: Span): Promise<Uint8Array>
}

/** Metadata is some hundred bytes. */
const LARGEST_METADATA_BYTES = 1 << 20
/** No server takes a larger message, and a board's memory has its bounds. */
const LARGEST_READING_BYTES = 32 << 20
const METADATA_FIELD = 1
const STRUCT_FIELD = 2
const BINARY_FIELD = 3
const IMAGES_METHOD = 'GetImages'

/** A message's place, 'torn' where the file ends within it or before it is a length at all. */
async function messageAt(window: Window, at: number, fileBytes: number): Promise<Span | 'torn'> {
  if (!window.covers(at, LONGEST_LENGTH_BYTES)) await window.fill(at, LONGEST_LENGTH_BYTES)
  const length = readVarint(window.bytes, at - window.start, LONGEST_LENGTH_BYTES)
  if (length === undefined) {
    if (fileBytes - at < LONGEST_LENGTH_BYTES) return 'torn'
    throw new Undecodable(`the length at byte ${at} is longer than ${LONGEST_LENGTH_BYTES} bytes`)
  }
  const span = { offsetBytes: window.start + length.end, sizeBytes: length.value }
  return span.offsetBytes + span.sizeBytes > fileBytes ? 'torn' : span
}

/** Bytes that were reserved and never written, as after a loss of power. */
async function isBlank(window: Window, from: number, fileBytes: number): Promise<boolean> {
  for (let at = from; at < fileBytes; ) {
    const bytes = await window.at(at, 4096)
    if (bytes.some((byte) => byte !== 0)) return false
    at += bytes.length
  }
  return true
}

/**
 * Whether what is left of the file can be the beginning of one reading. If not, a length is damaged,
 * and whole readings may stand behind it.
 */
async function isBeginning(window: Window, at: number, fileBytes: number): Promise<boolean> {
  const length = readVarint(await window.at(at, LONGEST_LENGTH_BYTES), 0, LONGEST_LENGTH_BYTES)
  if (length === undefined) return true
  if (length.value > LARGEST_READING_BYTES) return false
  const end = at + length.end + length.value
  for (let from = at + length.end; from < fileBytes; ) {
    const field = readField(await window.at(from, FIELD_START_BYTES), 0)
    if (field === undefined) {
      return fileBytes - from < FIELD_START_BYTES || (await isBlank(window, from, fileBytes))
    }
    const next = from + field.start + field.sizeBytes
    if (next > fileBytes) return next <= end
    // The reading itself comes last, so the message would be whole.
    if (field.number === STRUCT_FIELD || field.number === BINARY_FIELD) return false
    from = next
  }
  return true
}

async function readMetadata(window: Window, fileBytes: number) {
  if (fileBytes === 0) throw new Undecodable('the file is empty')
  const span = await messageAt(window, 0, fileBytes)
  if (span === 'torn') throw new Undecodable('the metadata at its start is cut short')
  if (span.sizeBytes > LARGEST_METADATA_BYTES) {
    throw new Undecodable(`its metadata would be ${span.sizeBytes} bytes long`)
  }
  const bytes = await window.at(span.offsetBytes, span.sizeBytes)
  try {
    const metadata = decoded(DataCaptureMetadata.decode(bytes))
    return { metadata, end: span.offsetBytes + span.sizeBytes }
  } catch {
    throw new Undecodable('the metadata at its start cannot be read')
  }
}

/** The record in a message. Of fields that come twice the last counts, as protobuf has it. */
async function recordAt(window: Window, at: number, message: Span): Promise<CaptureRecord> {
  const end = message.offsetBytes + message.sizeBytes
  const malformed = () => new Undecodable(`the message at byte ${at} is malformed`)
  let metadata: Span = { offsetBytes: end, sizeBytes: 0 }
  let data: Span | undefined
  let kind: CaptureRecord['kind'] = 'tabular'
  for (let from = message.offsetBytes; from < end; ) {
    if (!window.covers(from, FIELD_START_BYTES)) await window.fill(from, FIELD_START_BYTES)
    const field = readField(window.bytes, from - window.start)
    if (field === undefined) throw malformed()
    const content = { offsetBytes: window.start + field.start, sizeBytes: field.sizeBytes }
    from = content.offsetBytes + content.sizeBytes
    if (from > end) throw malformed()
    if (field.wireType !== LENGTH_DELIMITED) continue
    if (field.number === METADATA_FIELD) metadata = content
    if (field.number !== STRUCT_FIELD && field.number !== BINARY_FIELD) continue
    data = content
    kind = field.number === BINARY_FIELD ? 'binary' : 'tabular'
  }
  if (data === undefined) {
    throw new Undecodable(`the message at byte ${at} holds neither a reading nor a payload`)
  }
  const framed = { offsetBytes: at, sizeBytes: end - at }
  return { framed, kind, metadata, data }
}

async function checkContent(window: Window, record: CaptureRecord): Promise<void> {
  const { offsetBytes: at } = record.framed
  const isReading = record.kind === 'tabular'
  const checked = isReading ? [record.metadata, record.data] : [record.metadata]
  for (const { offsetBytes, sizeBytes } of checked) {
    if (sizeBytes > LARGEST_READING_BYTES) {
      throw new Undecodable(`the message at byte ${at} has a reading of ${sizeBytes} bytes`)
    }
    if (!window.covers(offsetBytes, sizeBytes)) await window.fill(offsetBytes, sizeBytes)
    const span = { offsetBytes: offsetBytes - window.start, sizeBytes }
    const shape =
      isReading && offsetBytes === record.data.offsetBytes ? STRUCT_SHAPE : SENSOR_METADATA_SHAPE
    if (isWellFormed(window.bytes, span, shape)) continue
    throw new Undecodable(`the message at byte ${at} is malformed`)
  }
}

function kindOf(metadata: CaptureMetadata, seen: ReadonlySet<CaptureRecord['kind']>): CaptureKind {
  const { type, methodName } = metadata
  if (type !== DataType.DATA_TYPE_BINARY_SENSOR && type !== DataType.DATA_TYPE_TABULAR_SENSOR) {
    const name = type === DataType.DATA_TYPE_FILE ? 'FILE' : `${type}`
    throw new Undecodable(`its metadata gives the type ${name}, which no capture file has`)
  }
  if (seen.size > 1) throw new Undecodable('it mixes readings and binary payloads')
  const [found] = seen
  if (found === undefined) return 'empty'
  const wanted = type === DataType.DATA_TYPE_BINARY_SENSOR ? 'binary' : 'tabular'
  if (found === wanted) return wanted
  if (wanted === 'binary' && methodName === IMAGES_METHOD) return 'images'
  throw new Undecodable(`its metadata says ${wanted}, its content is ${found}`)
}

interface Scanned {
  readonly kinds: ReadonlySet<CaptureRecord['kind']>
  readonly records: number
  /** Where the last whole record ends. */
  readonly end: number
}

async function scan(window: Window, from: number, fileBytes: number): Promise<Scanned> {
  const kinds = new Set<CaptureRecord['kind']>()
  let records = 0
  let at = from
  while (at < fileBytes) {
    const message = await messageAt(window, at, fileBytes)
    if (message === 'torn') {
      if (await isBeginning(window, at, fileBytes)) break
      throw new Undecodable(
        `the length at byte ${at} is damaged, what follows it is no one reading`,
      )
    }
    if (message.sizeBytes === 0 && (await isBlank(window, at, fileBytes))) break
    const record = await recordAt(window, at, message)
    await checkContent(window, record)
    kinds.add(record.kind)
    records += 1
    at = message.offsetBytes + message.sizeBytes
  }
  return { kinds, records, end: at }
}

/**
 * Looks at the whole file before anything of it is sent. Fails with `Undecodable`, or as `read` does.
 * A tabular file whose last record was not written whole counts with the records before it.
 */
export async function readCapture(read: ReadAt, fileBytes: number): Promise<CaptureFile> {
  const window = createWindow(read, fileBytes)
  const { metadata, end: from } = await readMetadata(window, fileBytes)
  const { kinds, records, end } = await scan(window, from, fileBytes)
  const kind = kindOf(metadata, kinds)
  const tornBytes = fileBytes - end
  if (tornBytes > 0 && kind !== 'tabular') {
    throw new Undecodable(`it is cut short: ${tornBytes} bytes at its end are no whole message`)
  }
  return {
    metadata,
    kind,
    records,
    tornBytes,
    async *read() {
      for (let at = from; at < end; ) {
        const message = await messageAt(window, at, end)
        if (message === 'torn') throw new Undecodable('the file is not what it was')
        const record = await recordAt(window, at, message)
        yield record
        at = message.offsetBytes + message.sizeBytes
      }
    },
    bytes: ({ offsetBytes, sizeBytes }) => window.at(offsetBytes, sizeBytes),
  }
}
