/** Takes a file of the data manager apart into what the store keeps of it. */
import { Undecodable } from '../../errors.ts'
import { hashParts } from '../../system/digest.ts'
import { toHex } from '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import { type CaptureFacts, factsOf, type TabularReading, timesOf } from './capture.ts'
import { type CaptureSource, openCaptureFile, type Record, type Span } from './capture-file.ts'
import { imagesOf } from './images.ts'
import type { Arrival, Output, Spill } from './output.ts'
import { type Payload, payloadOutputs } from './payloads.ts'
import { tabularOutputs } from './rows.ts'
import { parseSequence, sequenceOutput } from './sequences.ts'

const { DataType } = viam.app.datasync.v1
const CHUNK_BYTES = 1 << 20
const LARGEST_SEQUENCE_BYTES = 4 << 20
const LEGACY_METHOD = 'GetImages'

/** What the agent says beside the file. */
export interface BesideFile {
  readonly partId: string
  readonly tags: readonly string[]
  readonly datasetIds: readonly string[]
}

function* chunks(source: CaptureSource, { offsetBytes, lengthBytes }: Span): Generator<Uint8Array> {
  const end = offsetBytes + lengthBytes
  for (let at = offsetBytes; at < end; at += CHUNK_BYTES) {
    yield source.read(at, Math.min(CHUNK_BYTES, end - at))
  }
}

function* tabular(records: Iterable<Record>): Generator<TabularReading> {
  for (const { metadata, struct, binary } of records) {
    if (binary) throw new Undecodable('a payload among tabular readings')
    if (!struct) throw new Undecodable('a record without a reading')
    yield { ...timesOf(metadata), struct }
  }
}

function payloadsOf(source: CaptureSource, facts: CaptureFacts, record: Record): Payload[] {
  const { metadata, struct, binary } = record
  const times = timesOf(metadata)
  if (struct && facts.methodName === LEGACY_METHOD) return imagesOf(struct, facts, times)
  if (struct) throw new Undecodable('a tabular reading in a binary capture file')
  if (!binary) throw new Undecodable('a record without a payload')
  return [{ ...times, facts, sizeBytes: binary.lengthBytes, content: chunks(source, binary) }]
}

/** The identity of one of several payloads; the first one has the upload's own. */
export function partOf({ id, name }: Pick<Arrival, 'id' | 'name'>, index: number) {
  if (index === 0) return { id, name }
  const own = toHex(hashParts([Buffer.from(id), Buffer.from(String(index))]))
  return { id: own, name: `${name}-${index}` }
}

/** Fails with `Undecodable`, and so may the contents that it gives. */
export async function unpackCapture(
  source: CaptureSource,
  { partId, tags, datasetIds }: BesideFile,
  arrival: Arrival,
  spill: Spill,
): Promise<Output[]> {
  const file = openCaptureFile(source)
  const facts = factsOf(file.metadata, { partId, tags, datasetIds, fileName: '' })
  switch (file.metadata.type) {
    case DataType.DATA_TYPE_TABULAR_SENSOR:
      return await tabularOutputs(facts, tabular(file.records('stop')), arrival, spill)
    case DataType.DATA_TYPE_BINARY_SENSOR:
      return [...file.records('fail')]
        .flatMap((record) => payloadsOf(source, facts, record))
        .flatMap((payload, index) => payloadOutputs(payload, partOf(arrival, index)))
    default:
      throw new Undecodable('the capture file holds neither readings nor payloads')
  }
}

/** Fails with `Undecodable`. */
export function unpackSequence(source: CaptureSource, partId: string, arrival: Arrival): Output[] {
  if (source.sizeBytes > LARGEST_SEQUENCE_BYTES) throw new Undecodable('the sequence is too large')
  const text = Buffer.from(source.read(0, source.sizeBytes)).toString('utf8')
  return [sequenceOutput(parseSequence(text, partId), arrival)]
}
