/** Pictures as GetImages once wrote them: in base64 within a Struct. Pure. */
import { Undecodable } from '../../errors.ts'
import '../../wire/codec.ts'
import { google } from '../../wire/viam.js'
import type { Timestamp } from './metadata.ts'
import { parseTime } from './time.ts'

const { Struct } = google.protobuf
type Value = google.protobuf.Value.$Properties
type Fields = Readonly<Record<string, Value>>

export interface LegacyImage {
  readonly payload: Uint8Array
  readonly mimeType: string
}

export interface LegacyImages {
  readonly images: readonly LegacyImage[]
  /** When the camera took them; undefined: the reading's own times hold. */
  readonly capturedAt: Timestamp | undefined
}

/** By either spelling: the one of the protocol, or that of its JSON. */
const pick = (fields: Fields | null | undefined, snake: string, camel: string) =>
  fields?.[snake] ?? fields?.[camel]

function imageOf(value: Value): LegacyImage {
  const { fields } = value.structValue ?? {}
  const text = fields?.['image']?.stringValue
  if (typeof text !== 'string') throw new Undecodable('a picture of it has no content')
  const payload = Buffer.from(text, 'base64')
  // The decoder passes over what is no base64; the length tells.
  if (payload.length !== Buffer.byteLength(text, 'base64')) {
    throw new Undecodable('a picture of it is no base64')
  }
  return { payload, mimeType: pick(fields, 'mime_type', 'mimeType')?.stringValue ?? '' }
}

function timeOf(value: Value | undefined): Timestamp | undefined {
  if (typeof value?.stringValue === 'string') return parseTime(value.stringValue)
  const { seconds, nanos } = value?.structValue?.fields ?? {}
  if (typeof seconds?.numberValue !== 'number') return undefined
  return { seconds: seconds.numberValue, nanos: nanos?.numberValue ?? 0 }
}

function decodeStruct(struct: Uint8Array) {
  try {
    return Struct.decode(struct)
  } catch {
    throw new Undecodable('it says GetImages and its reading cannot be read')
  }
}

/** Fails with `Undecodable`. */
export function legacyImages(struct: Uint8Array): LegacyImages {
  const { fields } = decodeStruct(struct)
  const images = fields['images']?.listValue?.values
  if (!images) throw new Undecodable('it says GetImages and has no list of pictures')
  const metadata = pick(fields, 'response_metadata', 'responseMetadata')?.structValue?.fields
  return {
    images: images.map(imageOf),
    capturedAt: timeOf(pick(metadata, 'captured_at', 'capturedAt')),
  }
}
