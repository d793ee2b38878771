/** What Viam is told of a file, field for field. Pure. */
import { type BytePath, display, toText } from '../../byte-path.ts'
import { extensionFor } from '../../capture/extensions.ts'
import type { CaptureMetadata } from '../../capture/read-capture.ts'
import type { FileVersion } from '../../model.ts'
import '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import type { Description } from '../describe.ts'

const { DataType, SensorMetadata, UploadMetadata } = viam.app.datasync.v1

export interface Timestamp {
  readonly seconds: number
  readonly nanos: number
}

const IMAGE = /^image\//

/** As Go's filepath.Ext: from the last dot of the last component, '' where there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

const NS_PER_SECOND = 1_000_000_000n

export function timestampOf(ns: bigint): Timestamp {
  const nanos = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND
  return { seconds: Number((ns - nanos) / NS_PER_SECOND), nanos: Number(nanos) }
}

/**
 * The name on Viam's side is text. A path that is no UTF-8 goes as people see it, with `\xNN` for its
 * bytes; that another file has just this as its name is possible, and harms nothing: the name is no key.
 */
const textOf = (path: BytePath) => toText(path) ?? display(path)

export function fileMetadata(
  { path, ctimeNs, mtimeNs }: FileVersion,
  { partId, tags, datasetIds }: Description,
): Uint8Array {
  const fileName = textOf(path)
  return UploadMetadata.encode({
    partId,
    type: DataType.DATA_TYPE_FILE,
    fileName,
    fileExtension: extensionOf(fileName),
    tags: [...tags],
    datasetIds: [...datasetIds],
    fileCreateTime: timestampOf(ctimeNs),
    fileModifyTime: timestampOf(mtimeNs),
  }).finish()
}

/** What differs from the file's own words. */
interface Override {
  readonly fileExtension: string
  readonly mimeType: string
}

function captured(partId: string, metadata: CaptureMetadata, override: Override): Uint8Array {
  const { componentType, componentName, methodName, type, methodParameters, tags } = metadata
  return UploadMetadata.encode({
    partId,
    componentType,
    componentName,
    methodName,
    type,
    methodParameters: methodParameters ?? {},
    tags: tags ?? [],
    ...override,
  }).finish()
}

export function tabularMetadata(partId: string, metadata: CaptureMetadata): Uint8Array {
  const { fileExtension, mimeType } = metadata
  return captured(partId, metadata, { fileExtension, mimeType })
}

export function binaryMetadata(partId: string, metadata: CaptureMetadata): Uint8Array {
  const { mimeType } = metadata
  const fileExtension = extensionFor(mimeType, metadata.fileExtension)
  return captured(partId, metadata, { fileExtension, mimeType })
}

/** Of a picture within a reading, whose type is its own. */
export function imageMetadata(partId: string, metadata: CaptureMetadata, mimeType: string) {
  const fileExtension = IMAGE.test(mimeType) ? extensionFor(mimeType, '') : ''
  return captured(partId, metadata, { fileExtension, mimeType })
}

export const sensorMetadataAt = (time: Timestamp) =>
  SensorMetadata.encode({ timeRequested: time, timeReceived: time }).finish()
