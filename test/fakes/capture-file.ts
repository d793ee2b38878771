/** Capture files as Viam's data manager writes them: each message after its length. */
import '../../src/wire/codec.ts'
import protobuf from 'protobufjs/minimal.js'
import type { ReadAt } from '../../src/capture/window.ts'
import { type google, viam } from '../../src/wire/viam.js'

const { DataCaptureMetadata, SensorData, DataType } = viam.app.datasync.v1

export const { DATA_TYPE_BINARY_SENSOR: BINARY, DATA_TYPE_TABULAR_SENSOR: TABULAR } = DataType

export type Metadata = viam.app.datasync.v1.DataCaptureMetadata.$Properties
export type Reading = viam.app.datasync.v1.SensorData.$Properties
type Value = google.protobuf.Value.$Properties

/** A message with its length before it, by the length encoder of protobufjs. */
export const framed = (message: Uint8Array) =>
  Buffer.concat([protobuf.Writer.create().uint32(message.length).finish(), message])

export const reading = (sensor: Reading) => Buffer.from(SensorData.encode(sensor).finish())

export const captureFile = (metadata: Metadata, readings: readonly Reading[]) =>
  Buffer.concat([
    framed(DataCaptureMetadata.encode(metadata).finish()),
    ...readings.map((one) => framed(reading(one))),
  ])

export const times = (seconds: number) => ({
  timeRequested: { seconds, nanos: 5 },
  timeReceived: { seconds: seconds + 1, nanos: 6 },
})

function toValue(value: unknown): Value {
  if (value === null) return { nullValue: 0 }
  if (typeof value === 'number') return { numberValue: value }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } }
  return { structValue: toStruct(value as Record<string, unknown>) }
}

export const toStruct = (object: Record<string, unknown>) => ({
  fields: Object.fromEntries(Object.entries(object).map(([key, value]) => [key, toValue(value)])),
})

export const sensorMetadata = (method = 'Readings'): Metadata => ({
  componentType: 'rdk:component:sensor',
  componentName: 's1',
  methodName: method,
  type: TABULAR,
  fileExtension: '.dat',
  tags: [],
})

export const cameraMetadata = (more: Metadata = {}): Metadata => ({
  componentType: 'rdk:component:camera',
  componentName: 'cam',
  methodName: 'ReadImage',
  type: BINARY,
  fileExtension: '.jpeg',
  tags: [],
  ...more,
})

export const readings = (count: number): Reading[] =>
  Array.from({ length: count }, (_, index) => ({
    metadata: times(1000 + index),
    struct: toStruct({ readings: { index, name: `reading ${index}` } }),
  }))

/** As a `VersionReader` reads. */
export const readOf =
  (bytes: Uint8Array, onRead: (offsetBytes: number, count: number) => void = () => {}): ReadAt =>
  async (offsetBytes, into) => {
    const part = bytes.subarray(offsetBytes, offsetBytes + into.length)
    into.set(part)
    onRead(offsetBytes, part.length)
    return part.length
  }
