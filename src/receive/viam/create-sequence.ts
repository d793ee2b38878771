/** CreateSequence: a span of time on some resources, kept as a JSON document. */
import { decoded } from '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import { type Json, timeText } from '../captured/json.ts'
import { shortId } from '../captured/partitions.ts'
import { type Sequence, sequenceOutput } from '../captured/sequences.ts'
import { createUnary, decodeMessage, type Method, type ViamParts } from './method.ts'
import { requestId } from './requests.ts'

const { CreateSequenceRequest, CreateSequenceResponse } = viam.app.data.v1

function sequenceOf(message: Uint8Array): Sequence {
  const request = decoded(decodeMessage(() => CreateSequenceRequest.decode(message)))
  return {
    partId: request.partId,
    startTime: timeText(request.startTime),
    endTime: timeText(request.endTime),
    resources: (request.resources ?? []).map(({ resourceName, methodName }) => ({
      resource_name: resourceName ?? '',
      method_name: methodName ?? '',
    })),
    tags: request.sequenceTags ?? [],
  }
}

export function createSequence({ store, requests, clock }: ViamParts): Method {
  return {
    path: '/viam.app.data.v1.DataService/CreateSequence',
    isOpenToAll: false,
    open: ({ device, isCancelled }) =>
      createUnary(async (message) => {
        const sequence = sequenceOf(message)
        const told: Json = { ...sequence }
        const id = requestId('CreateSequence', told, '')
        await requests.once(device, id, async () => {
          const storedAt = new Date(clock.wallMs()).toISOString()
          const arrival = { id, name: shortId(id), storedAt }
          const outputs = async () => [sequenceOutput(sequence, arrival)]
          const isWanted = () => !isCancelled()
          const sizeBytes = message.length
          await store.deposit({ device, id, sizeBytes, sha256: '', outputs, isWanted })
        })
        return CreateSequenceResponse.encode({ id }).finish()
      }),
  }
}
