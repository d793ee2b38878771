/** Sequences: spans of time on some resources, each a JSON document. */
import { Undecodable } from '../../errors.ts'
import type { Arrival, Output } from './output.ts'
import { SEQUENCES } from './partitions.ts'

export interface Sequence {
  readonly partId: string
  /** RFC 3339, or null where there is none. */
  readonly startTime: string | null
  readonly endTime: string | null
  readonly resources: readonly { readonly resource_name: string; readonly method_name: string }[]
  readonly tags: readonly string[]
}

/** What a closed sequence file of the data manager says. Fails with `Undecodable`. */
export function parseSequence(text: string, partId: string): Sequence {
  let document: { [key: string]: unknown }
  try {
    document = Object(JSON.parse(text))
  } catch (cause) {
    throw new Undecodable('the sequence is no JSON', { cause })
  }
  const time = (key: string) => {
    const value = document[key] ?? null
    if (value === null || (typeof value === 'string' && !Number.isNaN(Date.parse(value)))) {
      return value
    }
    throw new Undecodable(`${key} of the sequence is no time`)
  }
  const list = (key: string): unknown[] => {
    const value = document[key] ?? []
    if (!Array.isArray(value)) throw new Undecodable(`${key} of the sequence is no list`)
    return value
  }
  const resources = list('resources').map((one) => {
    const { resource_name: resource = '', method_name: method = '' } = Object(one)
    return { resource_name: String(resource), method_name: String(method) }
  })
  const tags = list('sequence_tags').map(String)
  return { partId, startTime: time('start_time'), endTime: time('end_time'), resources, tags }
}

export function sequenceOutput(sequence: Sequence, { id, name, storedAt }: Arrival): Output {
  const document = {
    id,
    part_id: sequence.partId,
    start_time: sequence.startTime,
    end_time: sequence.endTime,
    resources: sequence.resources,
    sequence_tags: sequence.tags,
    time_stored: storedAt,
  }
  return {
    folder: [SEQUENCES],
    name: `${name}.json`,
    content: [Buffer.from(`${JSON.stringify(document, null, 1)}\n`)],
  }
}
