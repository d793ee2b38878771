/** Viam's requests laid out by hand, so that no payload is decoded or copied to be sent. Pure. */
import { putVarint, varintBytes } from '../../wire/varint.ts'

/** What a stream's content goes in; the last piece is short. */
export const PIECE_BYTES = 65_536
/** Room before a piece that its fields fit in. */
export const PIECE_ROOM_BYTES = 16

const FIRST = 0x0a
const SECOND = 0x12
const THIRD = 0x1a

/** Bytes of a field that holds so many, with a tag of one byte. */
const fieldBytes = (size: number) => 1 + varintBytes(size) + size

function putHead(into: Uint8Array, at: number, tag: number, size: number): number {
  into[at] = tag
  return putVarint(into, at + 1, size)
}

function putField(into: Uint8Array, at: number, tag: number, bytes: Uint8Array): number {
  const start = putHead(into, at, tag, bytes.length)
  into.set(bytes, start)
  return start + bytes.length
}

/** The first message of a FileUpload. */
export function fileStart(uploadMetadata: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(fieldBytes(uploadMetadata.length))
  putField(message, 0, FIRST, uploadMetadata)
  return message
}

/** The first message of a StreamingDataCaptureUpload. */
export function captureStart(uploadMetadata: Uint8Array, sensorMetadata: Uint8Array): Buffer {
  const inner = fieldBytes(uploadMetadata.length) + fieldBytes(sensorMetadata.length)
  const message = Buffer.allocUnsafe(fieldBytes(inner))
  let at = putHead(message, 0, FIRST, inner)
  at = putField(message, at, FIRST, uploadMetadata)
  putField(message, at, SECOND, sensorMetadata)
  return message
}

/** A piece of content that stands at `PIECE_ROOM_BYTES`; gives the part that is the message. */
export type LayPiece = (buffer: Buffer, sizeBytes: number) => Buffer

/** FileUploadRequest{file_contents{data}}. */
export const layFilePiece: LayPiece = (buffer, sizeBytes) => {
  const data = fieldBytes(sizeBytes)
  const start = PIECE_ROOM_BYTES + sizeBytes - fieldBytes(data)
  const at = putHead(buffer, start, SECOND, data)
  putHead(buffer, at, FIRST, sizeBytes)
  return buffer.subarray(start, PIECE_ROOM_BYTES + sizeBytes)
}

/** StreamingDataCaptureUploadRequest{data}. */
export const layCapturePiece: LayPiece = (buffer, sizeBytes) => {
  const start = PIECE_ROOM_BYTES + sizeBytes - fieldBytes(sizeBytes)
  putHead(buffer, start, SECOND, sizeBytes)
  return buffer.subarray(start, PIECE_ROOM_BYTES + sizeBytes)
}

/** A DataCaptureUploadRequest of one payload. */
export function binaryRequest(
  uploadMetadata: Uint8Array,
  sensorMetadata: Uint8Array,
  payload: Uint8Array,
): Buffer {
  const sensor = fieldBytes(sensorMetadata.length) + fieldBytes(payload.length)
  const message = Buffer.allocUnsafe(fieldBytes(uploadMetadata.length) + fieldBytes(sensor))
  let at = putField(message, 0, FIRST, uploadMetadata)
  at = putHead(message, at, SECOND, sensor)
  at = putField(message, at, FIRST, sensorMetadata)
  putField(message, at, THIRD, payload)
  return message
}

/** A DataCaptureUploadRequest that is filled with readings as they stand in their file. */
export interface TabularRequest {
  /** Takes one message with its length before it from these bytes. */
  add(bytes: Uint8Array, offsetBytes: number, sizeBytes: number): void
  readonly message: Buffer
}

/** `recordsBytes`: of all records with their lengths, and one more for each. */
export function tabularRequest(uploadMetadata: Uint8Array, recordsBytes: number): TabularRequest {
  const message = Buffer.allocUnsafe(fieldBytes(uploadMetadata.length) + recordsBytes)
  let at = putField(message, 0, FIRST, uploadMetadata)
  return {
    message,
    add(bytes, offsetBytes, sizeBytes) {
      message[at] = SECOND
      for (let index = 0; index < sizeBytes; index++) {
        message[at + 1 + index] = bytes[offsetBytes + index] as number
      }
      at += 1 + sizeBytes
    },
  }
}
