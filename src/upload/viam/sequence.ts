/** The file of a sequence, which says what belongs together, as the request that says so. Pure. */
import { Undecodable } from '../../errors.ts'
import '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import type { Timestamp } from './metadata.ts'
import { parseTime } from './time.ts'

const { CreateSequenceRequest } = viam.app.data.v1

function timeAt(document: Record<string, unknown>, key: string): Timestamp {
  const time = parseTime(String(document[key]))
  if (time === undefined) throw new Undecodable(`the sequence has no time at ${key}`)
  return time
}

/** Go writes a list without entries as null. */
function listAt(document: Record<string, unknown>, key: string): unknown[] {
  const list = document[key] ?? []
  if (!Array.isArray(list)) throw new Undecodable(`the sequence has no list at ${key}`)
  return list
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Undecodable(`the sequence has a ${what} that is no text`)
  return value
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new Undecodable('the sequence is not made of JSON objects')
}

/** Fails with `Undecodable`. */
export function sequenceRequest(partId: string, text: string): Uint8Array {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new Undecodable('the sequence is not JSON')
  }
  const document = objectOf(parsed)
  const resources = listAt(document, 'resources').map((one) => {
    const { resource_name, method_name } = objectOf(one)
    return {
      resourceName: textOf(resource_name, 'resource_name'),
      methodName: textOf(method_name, 'method_name'),
    }
  })
  return CreateSequenceRequest.encode({
    partId,
    resources,
    sequenceTags: listAt(document, 'sequence_tags').map((tag) => textOf(tag, 'tag')),
    startTime: timeAt(document, 'start_time'),
    endTime: timeAt(document, 'end_time'),
  }).finish()
}
