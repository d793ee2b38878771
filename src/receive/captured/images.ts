/** The old form of a camera's GetImages: one struct with the pictures in base64. */
import { extensionFor } from '../../capture/extensions.ts'
import { Undecodable } from '../../errors.ts'
import type { google } from '../../wire/viam.js'
import type { CaptureFacts, ReadingTimes } from './capture.ts'
import { type Json, parseTime, structJson, timeText } from './json.ts'
import type { Payload } from './payloads.ts'

/** `viam.component.camera.v1.Format`. */
const FORMATS: Readonly<{ [format: string]: string }> = {
  '1': 'image/vnd.viam.rgba',
  '2': 'image/vnd.viam.dep',
  '3': 'image/jpeg',
  '4': 'image/png',
  FORMAT_RAW_RGBA: 'image/vnd.viam.rgba',
  FORMAT_RAW_DEPTH: 'image/vnd.viam.dep',
  FORMAT_JPEG: 'image/jpeg',
  FORMAT_PNG: 'image/png',
}

type JsonObject = { readonly [key: string]: Json }

const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

function capturedAt(root: JsonObject): string | null {
  const captured = object(root['response_metadata'])['captured_at']
  if (typeof captured === 'string') return timeText(parseTime(captured))
  const { seconds, nanos = 0 } = object(captured)
  return typeof seconds === 'number' && typeof nanos === 'number'
    ? timeText({ seconds, nanos })
    : null
}

/** An empty text is an empty picture. */
function bytesOf(image: Json | undefined): Buffer {
  if (typeof image !== 'string') throw new Undecodable('a picture has no content')
  const bytes = Buffer.from(image, 'base64')
  // The decoder passes over what is no base64; the length tells.
  if (bytes.length !== Buffer.byteLength(image, 'base64')) {
    throw new Undecodable('a picture is not base64')
  }
  return bytes
}

/** One payload for each picture. Fails with `Undecodable`. */
export function imagesOf(
  struct: google.protobuf.IStruct,
  facts: CaptureFacts,
  times: ReadingTimes,
): Payload[] {
  const root = object(structJson(struct))
  const images = root['images']
  if (!Array.isArray(images)) throw new Undecodable('the struct of a binary capture has no images')
  const at = capturedAt(root)
  return images.map((one: Json) => {
    const { image, format, mime_type: mime, mimeType } = object(one)
    const bytes = bytesOf(image)
    const type = [mime, mimeType].find((text) => typeof text === 'string' && text !== '')
    const known = type === undefined ? FORMATS[String(format)] : String(type)
    const named = known ?? facts.mimeType
    const extension = extensionFor(named, facts.extension)
    return {
      facts: { ...facts, mimeType: named, extension },
      requested: at ?? times.requested,
      received: at ?? times.received,
      annotations: times.annotations,
      sizeBytes: bytes.length,
      content: [bytes],
    }
  })
}
