/** Requests of Viam's services as its programs make them, and capture files. */
import { proto, viam } from '../../src/wire/viam.js'
import type { Answer } from './viam.ts'

const { v1 } = viam.app.datasync
const data = viam.app.data.v1
const rpc = proto.rpc.v1

const SERVICE = '/viam.app.datasync.v1.DataSyncService'

export const time = (seconds: number, nanos = 0) => ({ seconds, nanos })

/** 2026-08-21T10:00:00Z */
export const TEN = 1_787_306_400

export const number = (value: number) => ({ fields: { value: { numberValue: value } } })

export const TABULAR_METADATA = {
  partId: 'part-1',
  componentType: 'rdk:component:sensor',
  componentName: 's1',
  methodName: 'Readings',
  type: v1.DataType.DATA_TYPE_TABULAR_SENSOR,
  tags: ['a', 'b'],
}

export const tabularRequest = (values: readonly number[], seconds = TEN, metadata = {}) =>
  v1.DataCaptureUploadRequest.encode({
    metadata: { ...TABULAR_METADATA, ...metadata },
    sensorContents: values.map((value) => ({
      metadata: { timeRequested: time(seconds, 123_456_789), timeReceived: time(seconds + 1) },
      struct: number(value),
    })),
  }).finish()

export const BINARY_METADATA = {
  partId: 'part-1',
  componentType: 'rdk:component:camera',
  componentName: 'cam',
  methodName: 'ReadImage',
  type: v1.DataType.DATA_TYPE_BINARY_SENSOR,
  mimeType: 'image/jpeg',
  fileExtension: '.jpg',
  datasetIds: ['set'],
}

export const binaryRequest = (payloads: readonly Uint8Array[], metadata = {}) =>
  v1.DataCaptureUploadRequest.encode({
    metadata: { ...BINARY_METADATA, ...metadata },
    sensorContents: payloads.map((binary, index) => ({
      metadata: { timeRequested: time(TEN, index) },
      binary,
    })),
  }).finish()

export const fileMessages = (metadata: object, pieces: readonly Uint8Array[]) => [
  v1.FileUploadRequest.encode({
    metadata: { type: v1.DataType.DATA_TYPE_FILE, partId: 'part-1', ...metadata },
  }).finish(),
  ...pieces.map((piece) => v1.FileUploadRequest.encode({ fileContents: { data: piece } }).finish()),
]

export const streamingMessages = (pieces: readonly Uint8Array[], seconds = TEN) => [
  v1.StreamingDataCaptureUploadRequest.encode({
    metadata: {
      uploadMetadata: BINARY_METADATA,
      sensorMetadata: { timeRequested: time(seconds), timeReceived: time(seconds) },
    },
  }).finish(),
  ...pieces.map((piece) => v1.StreamingDataCaptureUploadRequest.encode({ data: piece }).finish()),
]

export const sequenceRequest = () =>
  data.CreateSequenceRequest.encode({
    partId: 'part-1',
    startTime: time(TEN),
    endTime: time(TEN + 60),
    resources: [{ resourceName: 'cam', methodName: 'ReadImage' }],
    sequenceTags: ['lap'],
  }).finish()

export const PATHS = {
  capture: `${SERVICE}/DataCaptureUpload`,
  file: `${SERVICE}/FileUpload`,
  streaming: `${SERVICE}/StreamingDataCaptureUpload`,
  sequence: '/viam.app.data.v1.DataService/CreateSequence',
  login: '/proto.rpc.v1.AuthService/Authenticate',
}

export const idsOf = ({ reply }: Answer) => v1.FileUploadResponse.decode(reply)

export const loginRequest = (entity: string, type: string, payload: string) =>
  rpc.AuthenticateRequest.encode({ entity, credentials: { type, payload } }).finish()

export const tokenOf = ({ reply }: Answer) => rpc.AuthenticateResponse.decode(reply).accessToken

/** A capture file: metadata, then records, each with its length before it. */
export function captureFile(metadata: object, records: readonly object[]): Buffer {
  const framed = (message: Uint8Array) => {
    const length: number[] = []
    let rest = message.length
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) length.push((rest & 0x7f) | 0x80)
    return Buffer.concat([Buffer.from([...length, rest]), message])
  }
  return Buffer.concat([
    framed(v1.DataCaptureMetadata.encode(metadata).finish()),
    ...records.map((record) => framed(v1.SensorData.encode(record).finish())),
  ])
}
