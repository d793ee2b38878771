/** A DataCaptureUpload, read in place: one reading after the other, so that many need little memory. */
import { Undecodable } from '../../errors.ts'
import { type Decoded, decoded } from '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import { type CaptureSource, fieldsOf, type Record, recordOf } from './capture-file.ts'

const { UploadMetadata } = viam.app.datasync.v1
const METADATA_FIELD = 1
const CONTENTS_FIELD = 2

export interface CaptureRequest {
  readonly metadata: Decoded<viam.app.datasync.v1.IUploadMetadata>
  readonly source: CaptureSource
  readonly recordCount: number
  /** From the first one, each time. May fail with `Undecodable`. */
  records(): Iterable<Record>
}

/** Fails with `Undecodable`, also where there is no metadata. */
export function openCaptureRequest(bytes: Uint8Array): CaptureRequest {
  const read = (at: number, length: number) => bytes.subarray(at, at + length)
  const source = { sizeBytes: bytes.length, read }
  const whole = { offsetBytes: 0, lengthBytes: bytes.length }
  let metadata: viam.app.datasync.v1.UploadMetadata | undefined
  let recordCount = 0
  for (const { number, offsetBytes, lengthBytes } of fieldsOf(source, whole)) {
    if (number === METADATA_FIELD) metadata = UploadMetadata.decode(read(offsetBytes, lengthBytes))
    if (number === CONTENTS_FIELD) recordCount += 1
  }
  if (metadata === undefined) throw new Undecodable('the upload has no metadata')
  return {
    metadata: decoded(metadata),
    source,
    recordCount,
    *records() {
      for (const field of fieldsOf(source, whole)) {
        if (field.number === CONTENTS_FIELD) yield recordOf(source, field)
      }
    },
  }
}
