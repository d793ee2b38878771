/** Binary payloads as files, each with a JSON sidecar of Viam's field names. */
import { createSha256Stream } from '../../system/digest.ts'
import type { CaptureFacts, ReadingTimes } from './capture.ts'
import type { Json } from './json.ts'
import type { Arrival, Output, StagedFile } from './output.ts'
import { BINARY, partitionOf, payloadName } from './partitions.ts'

export interface Payload extends ReadingTimes {
  readonly facts: CaptureFacts
  readonly sizeBytes: number
  readonly content: Iterable<Uint8Array> | (StagedFile & { readonly sha256: string })
}

function sidecar(payload: Payload, id: string, sha256: string): Uint8Array {
  const { facts, requested, received, annotations, sizeBytes } = payload
  const document: Json = {
    id,
    binary_data_id: id,
    capture_metadata: {
      organization_id: null,
      location_id: null,
      robot_id: null,
      part_id: facts.partId,
      component_type: facts.componentType,
      component_name: facts.componentName,
      method_name: facts.methodName,
      method_parameters: facts.methodParameters,
      tags: facts.tags,
      mime_type: facts.mimeType,
    },
    time_requested: requested,
    time_received: received,
    file_name: facts.fileName,
    file_ext: facts.extension,
    file_size_bytes: sizeBytes,
    annotations,
    dataset_ids: facts.datasetIds,
    sha256,
  }
  return Buffer.from(`${JSON.stringify(document, null, 1)}\n`)
}

/** The payload and, after it, the sidecar. */
export function payloadOutputs(payload: Payload, arrival: Pick<Arrival, 'id' | 'name'>): Output[] {
  const { facts, requested, content } = payload
  const folder = partitionOf(BINARY, facts, requested)
  const { id } = arrival
  const name = payloadName(arrival.name, requested, facts.extension)
  const hash = createSha256Stream()
  const hashed = function* (chunks: Iterable<Uint8Array>) {
    for (const chunk of chunks) {
      hash.update(chunk)
      yield chunk
    }
  }
  const late = function* () {
    yield sidecar(payload, id, 'staged' in content ? content.sha256 : hash.hex())
  }
  return [
    { folder, name, content: 'staged' in content ? content : hashed(content) },
    { folder, name: `${name}.json`, content: late() },
  ]
}
