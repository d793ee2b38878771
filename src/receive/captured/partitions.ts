/** Where captured data stands below a device's folder: Hive-style folders, names from hashes. */
import { fromText } from '../../byte-path.ts'
import { sha256Hex } from '../../system/digest.ts'
import { type CaptureFacts, extensionOf } from './capture.ts'

export const TABULAR = 'tabular'
export const BINARY = 'binary'
export const SEQUENCES = 'sequences'

/** What stands where a value is empty. */
const NONE = '__none__'
const PLAIN = /[A-Za-z0-9_.-]/
const LONGEST_VALUE_BYTES = 180
const PREFIX_BYTES = 120
/** 128 bits: two requests never meet. */
const NAME_HEX = 32

const percent = (byte: string) =>
  `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** Percent-encoded UTF-8; a long value becomes a prefix and a hash, which the encoding cannot give. */
function partitionValue(value: string): string {
  if (value === '') return NONE
  const encoded = [...fromText(value)].map((byte) => (PLAIN.test(byte) ? byte : percent(byte)))
  const text = encoded.join('')
  if (text === NONE) return '%5F_none__'
  if (text.length <= LONGEST_VALUE_BYTES) return text
  const prefix = text.slice(0, PREFIX_BYTES).replace(/%[0-9A-F]?$/, '')
  return `${prefix}%~${sha256Hex(value).slice(0, NAME_HEX)}`
}

/** `time` is that of the reading, in RFC 3339 and UTC; its date is the last folder. */
export function partitionOf(top: string, facts: CaptureFacts, time: string | null): string[] {
  return [
    top,
    `part_id=${partitionValue(facts.partId)}`,
    `component_name=${partitionValue(facts.componentName)}`,
    `method_name=${partitionValue(facts.methodName)}`,
    `date=${dateOf(time)}`,
  ]
}

export const dateOf = (time: string | null) => time?.slice(0, 10) ?? NONE

/** The part of a record's id that begins the names of its files. */
export const shortId = (id: string) => id.slice(0, NAME_HEX)

export const rowsName = (name: string) => `${name}.ndjson`

export const payloadName = (name: string, time: string | null, extension: string) =>
  `${(time ?? NONE).replaceAll(':', '_')}-${name}${extensionOf(extension) ?? ''}`
