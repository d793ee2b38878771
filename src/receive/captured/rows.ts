/** Tabular readings as rows of NDJSON, one file for each date. */
import type { CaptureFacts, TabularReading } from './capture.ts'
import { structJson } from './json.ts'
import type { Arrival, Output, Spill, SpilledFile } from './output.ts'
import { dateOf, partitionOf, rowsName, TABULAR } from './partitions.ts'

/** Rows of one upload in memory; beyond it they go to files, one for each date. */
const MEMORY_CHARACTERS = 8 << 20
/** Some milliseconds of work. */
const TURN_CHARACTERS = 128 << 10

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

interface Rows {
  /** Of one of the readings. */
  readonly time: string | null
  /** Whole lines that are in memory. */
  text: string
  /** Those before them. */
  file: SpilledFile | undefined
}

/** The lines of every date, in one pass; what is too much for memory goes to files. */
function createSorting(spill: Spill) {
  const dates = new Map<string, Rows>()
  let characters = 0
  const toFiles = () => {
    for (const rows of dates.values()) {
      if (rows.text !== '') rows.file = spill.append(rows.file, Buffer.from(rows.text))
      rows.text = ''
    }
    characters = 0
  }
  return {
    add(time: string | null, line: string) {
      const date = dateOf(time)
      const rows = dates.get(date) ?? { time, text: '', file: undefined }
      rows.text += line
      dates.set(date, rows)
      characters += line.length
      if (characters >= MEMORY_CHARACTERS) toFiles()
    },
    finish() {
      if ([...dates.values()].some(({ file }) => file !== undefined)) toFiles()
      return [...dates.values()]
    },
  }
}

/**
 * A line for each reading. `turn` is awaited now and then, so that other calls go on.
 * Fails with `Undecodable`, and as the readings do.
 */
export async function eachLine(
  readings: Iterable<TabularReading>,
  lineOf: (reading: TabularReading) => string,
  take: (line: string, time: string | null) => void,
  turn: () => Promise<void>,
): Promise<void> {
  let characters = 0
  for (const reading of readings) {
    const line = `${lineOf(reading)}\n`
    take(line, reading.requested)
    characters += line.length
    if (characters < TURN_CHARACTERS) continue
    characters = 0
    await turn()
  }
}

/** Reads everything, so that what cannot be decoded fails here. Fails with `Undecodable`. */
export async function tabularOutputs(
  facts: CaptureFacts,
  readings: Iterable<TabularReading>,
  { name, storedAt }: Arrival,
  spill: Spill,
): Promise<Output[]> {
  const sorting = createSorting(spill)
  await eachLine(
    readings,
    (reading) => rowText(facts, reading, storedAt),
    (line, time) => sorting.add(time, line),
    spill.turn,
  )
  return sorting.finish().map(({ time, text, file }) => ({
    folder: partitionOf(TABULAR, facts, time),
    name: rowsName(name),
    content: file ?? [Buffer.from(text)],
  }))
}
