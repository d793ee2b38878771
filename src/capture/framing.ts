/** How protobuf lays out a message, as far as finding its fields needs: they are never decoded. Pure. */
import { LONGEST_VARINT_BYTES, readVarint, type Varint } from '../wire/varint.ts'

/** A stretch of bytes: of a file, or of a buffer. */
export interface Span {
  readonly offsetBytes: number
  readonly sizeBytes: number
}

/** The longest length before a message: 2^32 and more is no message. */
export const LONGEST_LENGTH_BYTES = 5
/** So many bytes hold the start of any field: its tag and its length. */
export const FIELD_START_BYTES = LONGEST_VARINT_BYTES + LONGEST_LENGTH_BYTES

const VARINT = 0
const FIXED64 = 1
export const LENGTH_DELIMITED = 2
const FIXED32 = 5

export interface Field {
  readonly number: number
  readonly wireType: number
  /** Its content, without tag and length. */
  readonly start: number
  readonly sizeBytes: number
}

/** The size of a field's content and where it starts; undefined where there is no such content. */
function contentAt(bytes: Uint8Array, at: number, wireType: number): Varint | undefined {
  if (wireType === FIXED64) return { value: 8, end: at }
  if (wireType === FIXED32) return { value: 4, end: at }
  if (wireType === LENGTH_DELIMITED) return readVarint(bytes, at, LONGEST_LENGTH_BYTES)
  const varint = wireType === VARINT ? readVarint(bytes, at) : undefined
  return varint && { value: varint.end - at, end: at }
}

/**
 * The field that starts there. Needs its first `FIELD_START_BYTES` only; the content may lie beyond
 * the bytes. undefined: no field starts there (groups, which nobody writes, are none).
 */
export function readField(bytes: Uint8Array, at: number): Field | undefined {
  const tag = readVarint(bytes, at, LONGEST_LENGTH_BYTES)
  if (tag === undefined) return undefined
  const number = Math.floor(tag.value / 8)
  const wireType = tag.value % 8
  const content = contentAt(bytes, tag.end, wireType)
  if (number === 0 || number >= 2 ** 29 || content === undefined) return undefined
  return { number, wireType, start: content.end, sizeBytes: content.value }
}

/** The messages within a message, by field number; fields that are not named are passed over. */
export interface Shape {
  readonly [field: number]: Shape | 'bytes'
}

/** Deeper than any reading is, so that a made-up message cannot exhaust the stack. */
const DEEPEST = 100

/** Whether a stretch of the bytes is a message, and what it holds of this shape as well. */
export function isWellFormed(bytes: Uint8Array, { offsetBytes, sizeBytes }: Span, shape: Shape) {
  const isMessage = (from: number, to: number, expected: Shape, depth: number): boolean => {
    if (depth > DEEPEST) return false
    let at = from
    while (at < to) {
      const field = readField(bytes, at)
      if (field === undefined) return false
      at = field.start + field.sizeBytes
      if (at > to) return false
      const inner = field.wireType === LENGTH_DELIMITED ? expected[field.number] : undefined
      if (inner === undefined || inner === 'bytes') continue
      if (!isMessage(field.start, at, inner, depth + 1)) return false
    }
    return true
  }
  return isMessage(offsetBytes, offsetBytes + sizeBytes, shape, 0)
}

const listOf = (value: Shape): Shape => ({ 1: value })
const structOf = (value: Shape): Shape => ({ 1: { 1: 'bytes', 2: value } })

/** google.protobuf.Value and Struct, which hold each other. */
function valueShape(): { value: Shape; struct: Shape } {
  const value: Record<number, Shape | 'bytes'> = { 3: 'bytes' }
  const struct = structOf(value)
  value[5] = struct
  value[6] = listOf(value)
  return { value, struct }
}

const TIMESTAMP: Shape = {}
const BOXES: Shape = { 1: 'bytes', 2: 'bytes' }
export const STRUCT_SHAPE = valueShape().struct
/** SensorMetadata: two times, and annotations. */
export const SENSOR_METADATA_SHAPE: Shape = {
  1: TIMESTAMP,
  2: TIMESTAMP,
  4: { 1: BOXES, 2: BOXES },
}
