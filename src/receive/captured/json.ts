/** Viam's messages as JSON: keys in order, so that equal messages give equal text. */
import type { Decoded } from '../../wire/codec.ts'
import { google, type viam } from '../../wire/viam.js'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

type Timestamp = google.protobuf.ITimestamp | null | undefined

const VALUE_TYPE = 'google.protobuf.Value'
/** The years 1 to 9999, as the protocol has them. */
const FIRST_SECOND = -62_135_596_800
const LAST_SECOND = 253_402_300_799

/**
 * RFC 3339 with nanoseconds, in UTC; null where there is none, or none that a calendar has. The very
 * first one is what Go's programs write for none.
 */
export function timeText(time: Timestamp): string | null {
  if (!time) return null
  const { seconds, nanos } = { seconds: Number(time.seconds ?? 0), nanos: time.nanos ?? 0 }
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanos >= 0 && nanos < 1e9)) return null
  if (seconds === FIRST_SECOND && nanos === 0) return null
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5)
  return `${whole}.${String(nanos).padStart(9, '0')}Z`
}

/** A text as `timeText` or another RFC 3339 writer gives it. */
export function parseTime(text: string): google.protobuf.ITimestamp | undefined {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) return undefined
  const fraction = /[T ]\d\d:\d\d:\d\d\.(\d{1,9})/.exec(text)?.[1] ?? ''
  return { seconds: Math.floor(ms / 1000), nanos: Number(fraction.padEnd(9, '0')) }
}

/** JSON has no word for these numbers; the text is protobuf's. */
const numberJson = (value: number): Json => (Number.isFinite(value) ? value : String(value))

function valueJson(value: google.protobuf.IValue | null | undefined): Json {
  if (!value) return null
  if (typeof value.stringValue === 'string') return value.stringValue
  if (typeof value.numberValue === 'number') return numberJson(value.numberValue)
  if (typeof value.boolValue === 'boolean') return value.boolValue
  if (value.structValue) return structJson(value.structValue)
  if (value.listValue) return (value.listValue.values ?? []).map(valueJson)
  return null
}

/** An object without a prototype: any text may be a key. */
function sorted<T>(map: { readonly [key: string]: T }, toJson: (value: T) => Json): Json {
  const result: { [key: string]: Json } = Object.create(null)
  for (const key of Object.keys(map).sort()) result[key] = toJson(map[key] as T)
  return result
}

export const structJson = ({ fields }: google.protobuf.IStruct): Json =>
  sorted(fields ?? {}, valueJson)

/** What is no `google.protobuf.Value` is kept as its type and its bytes in base64. */
function anyJson({ type_url: url = '', value }: google.protobuf.IAny): Json {
  const bytes = value ?? new Uint8Array(0)
  if (url?.endsWith(`/${VALUE_TYPE}`)) {
    try {
      return valueJson(google.protobuf.Value.decode(bytes))
    } catch {
      // Kept as it is, below.
    }
  }
  return { '@type': url ?? '', value: Buffer.from(bytes).toString('base64') }
}

export const parametersJson = (
  parameters: { readonly [key: string]: google.protobuf.IAny } | null | undefined,
): Json => sorted(parameters ?? {}, anyJson)

type Annotations = viam.app.data.v1.IAnnotations | null | undefined

function boxJson(box: Decoded<viam.app.data.v1.IBoundingBox>): Json {
  return {
    id: box.id,
    label: box.label,
    x_min_normalized: numberJson(box.xMinNormalized),
    y_min_normalized: numberJson(box.yMinNormalized),
    x_max_normalized: numberJson(box.xMaxNormalized),
    y_max_normalized: numberJson(box.yMaxNormalized),
    confidence: typeof box.confidence === 'number' ? numberJson(box.confidence) : null,
  }
}

export function annotationsJson(annotations: Annotations): Json {
  if (!annotations) return { bboxes: [], classifications: [] }
  const boxes = (annotations.bboxes ?? []) as Decoded<viam.app.data.v1.IBoundingBox>[]
  const classes = annotations.classifications ?? []
  return {
    bboxes: boxes.map(boxJson),
    classifications: classes.map(({ id, label, confidence }) => ({
      id: id ?? '',
      label: label ?? '',
      confidence: typeof confidence === 'number' ? numberJson(confidence) : null,
    })),
  }
}
