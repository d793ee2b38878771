/** DataCaptureUpload and StreamingDataCaptureUpload: readings as rows, payloads as files. */
import { createSha256Stream, sha256Hex } from '../../system/digest.ts'
import { type Decoded, decoded } from '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import {
  type CaptureFacts,
  factsOf,
  type ReadingTimes,
  type TabularReading,
  timesOf,
} from '../captured/capture.ts'
import { type CaptureRequest, openCaptureRequest } from '../captured/capture-request.ts'
import type { Json } from '../captured/json.ts'
import type { Output, Spill } from '../captured/output.ts'
import { shortId } from '../captured/partitions.ts'
import { payloadOutputs } from '../captured/payloads.ts'
import { eachLine, rowText, tabularOutputs } from '../captured/rows.ts'
import { partOf } from '../captured/unpack.ts'
import type { Staging } from '../store.ts'
import {
  type CallContext,
  checkContent,
  createUnary,
  decodeMessage,
  invalid,
  type Method,
  type ViamParts,
} from './method.ts'
import { requestId } from './requests.ts'
import { createStreamed, type Packet } from './streamed.ts'

const {
  DataCaptureUploadResponse,
  DataType,
  StreamingDataCaptureUploadRequest,
  StreamingDataCaptureUploadResponse,
} = viam.app.datasync.v1

type Metadata = Decoded<viam.app.datasync.v1.IUploadMetadata>
type SensorMetadata = Decoded<viam.app.datasync.v1.ISensorMetadata>

const factsOfUpload = (metadata: Metadata): CaptureFacts =>
  factsOf(metadata, {
    partId: metadata.partId,
    datasetIds: metadata.datasetIds ?? [],
    fileName: metadata.fileName,
  })

const factsJson = (facts: CaptureFacts): Json => ({ ...facts })
const timesJson = (times: ReadingTimes): Json => ({ ...times })

/** What a request stores, and under which id. */
interface Request {
  readonly id: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly outputs: (storedAt: string, spill: Spill) => Promise<Output[]>
}

function* tabularReadings({ records }: CaptureRequest): Generator<TabularReading> {
  for (const { metadata, struct } of records()) {
    if (!struct) throw invalid('a reading of a tabular upload has no struct')
    yield { ...timesOf(metadata), struct }
  }
}

async function tabularRequest(
  { clock }: ViamParts,
  facts: CaptureFacts,
  request: CaptureRequest,
): Promise<Request> {
  const hash = createSha256Stream()
  let sizeBytes = 0
  const take = (line: string) => {
    const row = Buffer.from(line)
    sizeBytes += row.length
    hash.update(row)
  }
  const lineOf = (reading: TabularReading) => rowText(facts, reading, '')
  await eachLine(tabularReadings(request), lineOf, take, () => clock.sleep(0))
  const sha256 = hash.hex()
  const id = requestId('DataCaptureUpload', factsJson(facts), sha256)
  const name = shortId(id)
  const outputs = (storedAt: string, spill: Spill) =>
    tabularOutputs(facts, tabularReadings(request), { id, name, storedAt }, spill)
  return { id, sizeBytes, sha256, outputs }
}

function binaryRequest(facts: CaptureFacts, { records, source }: CaptureRequest): Request {
  const payloads = [...records()].map(({ metadata, binary }) => {
    if (!binary) throw invalid('a reading of a binary upload has no payload')
    const bytes = source.read(binary.offsetBytes, binary.lengthBytes)
    return { times: timesOf(metadata), bytes, sha256: sha256Hex(bytes) }
  })
  const [only] = payloads
  const sha256 = payloads.length === 1 && only ? only.sha256 : ''
  const told = payloads.map((one): Json => ({ times: timesJson(one.times), sha256: one.sha256 }))
  const id = requestId('DataCaptureUpload', [factsJson(facts), told], sha256)
  const outputs = async () =>
    payloads.flatMap(({ times, bytes }, index) =>
      payloadOutputs(
        { facts, ...times, sizeBytes: bytes.length, content: [bytes] },
        partOf({ id, name: shortId(id) }, index),
      ),
    )
  const sizeBytes = payloads.reduce((sum, { bytes }) => sum + bytes.length, 0)
  return { id, sizeBytes, sha256, outputs }
}

async function store(parts: ViamParts, context: CallContext, request: Request): Promise<void> {
  const { device, isCancelled } = context
  const { id, sizeBytes, sha256 } = request
  await parts.requests.once(device, id, async () => {
    const storedAt = new Date(parts.clock.wallMs()).toISOString()
    const outputs = (spill: Spill) => request.outputs(storedAt, spill)
    const isWanted = () => !isCancelled()
    await parts.store.deposit({ device, id, sizeBytes, sha256, outputs, isWanted })
  })
}

function createUnaryAnswer(parts: ViamParts, context: CallContext) {
  return async (message: Uint8Array): Promise<Uint8Array> => {
    const request = decodeMessage(() => openCaptureRequest(message))
    const { metadata, recordCount } = request
    if (recordCount === 0) throw invalid('the upload has no readings')
    const facts = factsOfUpload(metadata)
    const { type } = metadata
    if (type === DataType.DATA_TYPE_TABULAR_SENSOR) {
      const tabular = await tabularRequest(parts, facts, request)
      await store(parts, context, tabular)
      return DataCaptureUploadResponse.encode({ fileId: tabular.id }).finish()
    }
    if (type !== DataType.DATA_TYPE_BINARY_SENSOR) throw invalid('the type is no sensor')
    const binary = binaryRequest(facts, request)
    if (recordCount === 1) checkContent(context, binary.sizeBytes, binary.sha256)
    await store(parts, context, binary)
    const answer = { fileId: binary.id, binaryDataId: binary.id }
    return DataCaptureUploadResponse.encode(answer).finish()
  }
}

interface StreamHead {
  readonly upload: Metadata
  readonly times: ReadingTimes
}

function decodeStreaming(message: Uint8Array): Packet<StreamHead> {
  const packet = decodeMessage(() => StreamingDataCaptureUploadRequest.decode(message))
  const { uploadMetadata, sensorMetadata } = packet.metadata ?? {}
  if (packet.metadata && !uploadMetadata) throw invalid('the upload has no metadata')
  const metadata = uploadMetadata
    ? {
        upload: decoded(uploadMetadata as Metadata),
        times: timesOf(sensorMetadata ? decoded(sensorMetadata as SensorMetadata) : undefined),
      }
    : undefined
  return { metadata, data: packet.data ?? undefined }
}

function checkStreaming({ upload }: StreamHead): void {
  if (upload.type !== DataType.DATA_TYPE_BINARY_SENSOR) throw invalid('the type is not binary')
  factsOfUpload(upload)
}

function createStreamAnswer(parts: ViamParts, context: CallContext) {
  return async ({ upload, times }: StreamHead, staging: Staging): Promise<Uint8Array> => {
    const { sha256 } = staging.digests()
    const sizeBytes = staging.sizeBytes()
    checkContent(context, sizeBytes, sha256)
    const facts = factsOfUpload(upload)
    const told: Json = [factsJson(facts), timesJson(times)]
    const id = requestId('StreamingDataCaptureUpload', told, sha256)
    const content = { staged: staging.path, sha256 }
    const payload = { facts, ...times, sizeBytes, content }
    const outputs = async () => payloadOutputs(payload, { id, name: shortId(id) })
    await store(parts, context, { id, sizeBytes, sha256, outputs })
    const answer = { fileId: id, binaryDataId: id }
    return StreamingDataCaptureUploadResponse.encode(answer).finish()
  }
}

const SERVICE = '/viam.app.datasync.v1.DataSyncService'

export const dataCaptureUpload = (parts: ViamParts): Method => ({
  path: `${SERVICE}/DataCaptureUpload`,
  isOpenToAll: false,
  open: (context) => createUnary(createUnaryAnswer(parts, context)),
})

export const streamingDataCaptureUpload = (parts: ViamParts): Method => ({
  path: `${SERVICE}/StreamingDataCaptureUpload`,
  isOpenToAll: false,
  open: (context) =>
    createStreamed(parts, context, {
      decode: decodeStreaming,
      check: checkStreaming,
      finish: createStreamAnswer(parts, context),
    }),
})
