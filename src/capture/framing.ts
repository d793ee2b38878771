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

/**
 * The messages and texts within a message, by field number; fields that are not named are passed
 * over. Every decoder refuses a message whose texts are no UTF-8.
 */
export interface Shape {
  readonly [field: number]: Shape | 'text'
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function isText(bytes: Uint8Array, from: number, to: number): boolean {
  let all = 0
  for (let at = from; at < to; at++) all |= bytes[at] ?? 0
  if (all < 0x80) return true
  try {
    utf8.decode(bytes.subarray(from, to))
    return true
  } catch {
    return false
  }
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
      if (inner === undefined) continue
      const isGood =
        inner === 'text'
          ? isText(bytes, field.start, at)
          : isMessage(field.start, at, inner, depth + 1)
      if (!isGood) return false
    }
    return true
  }
  return isMessage(offsetBytes, offsetBytes + sizeBytes, shape, 0)
}

const listOf = (value: Shape): Shape => ({ 1: value })
const structOf = (value: Shape): Shape => ({ 1: { 1: 'text', 2: value } })

/** google.protobuf.Value and Struct, which hold each other. */
function valueShape(): { value: Shape; struct: Shape } {
  const value: Record<number, Shape | 'text'> = { 3: 'text' }
  const struct = structOf(value)
  value[5] = struct
  value[6] = listOf(value)
  return { value, struct }
}

const TIMESTAMP: Shape = {}
const BOX: Shape = { 1: 'text', 2: 'text' }
const CLASSIFICATION: Shape = { 1: 'text', 3: 'text' }
export const STRUCT_SHAPE = valueShape().struct
/** SensorMetadata: two times, and annotations. */
export const SENSOR_METADATA_SHAPE: Shape = {
  1: TIMESTAMP,
  2: TIMESTAMP,
  4: { 1: BOX, 2: CLASSIFICATION },
}
