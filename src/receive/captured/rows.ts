/** Tabular readings as rows of NDJSON, one file for each date. */
import { Undecodable } from '../../errors.ts'
import type { CaptureFacts, TabularReading } from './capture.ts'
import { structJson } from './json.ts'
import type { Arrival, Output } from './output.ts'
import { dateOf, partitionOf, rowsName, TABULAR } from './partitions.ts'

/** Each date is one file and one more reading of the source; captured files span hours. */
const MOST_DATES = 1000
const CHUNK_CHARACTERS = 64 * 1024

/** One row with Viam's columns, without a line's end. Equal readings give equal text. */
export function rowText(facts: CaptureFacts, reading: TabularReading, storedAt: string): string {
  return JSON.stringify({
    organization_id: null,
    location_id: null,
    robot_id: null,
    part_id: facts.partId,
    component_type: facts.componentType,
    component_name: facts.componentName,
    method_name: facts.methodName,
    time_requested: reading.requested,
    time_received: reading.received,
    time_stored: storedAt,
    tags: facts.tags,
    additional_parameters: facts.methodParameters,
    data: structJson(reading.struct),
  })
}

function* lines(
  facts: CaptureFacts,
  readings: Iterable<TabularReading>,
  storedAt: string,
): Generator<Uint8Array> {
  let text = ''
  for (const reading of readings) {
    text += `${rowText(facts, reading, storedAt)}\n`
    if (text.length < CHUNK_CHARACTERS) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}

function* ofDate(readings: Iterable<TabularReading>, date: string): Generator<TabularReading> {
  for (const reading of readings) if (dateOf(reading.requested) === date) yield reading
}

/** Reads everything once, so that what cannot be decoded fails here. Fails with `Undecodable`. */
export function tabularOutputs(
  facts: CaptureFacts,
  readings: () => Iterable<TabularReading>,
  { name, storedAt }: Arrival,
): Output[] {
  const times = new Map<string, string | null>()
  for (const { requested } of readings()) {
    times.set(dateOf(requested), requested)
    if (times.size > MOST_DATES)
      throw new Undecodable(`more than ${MOST_DATES} dates in one upload`)
  }
  return [...times].map(([date, time]) => ({
    folder: partitionOf(TABULAR, facts, time),
    name: rowsName(name),
    content: lines(facts, ofDate(readings(), date), storedAt),
  }))
}
