/** The data message laid out by hand, right before its payload, so that no byte is copied. */
import { putVarint, varintBytes } from './varint.ts'

/** Room before the payload that the longest header fits in, behind a link's own bytes. */
export const HEADER_ROOM_BYTES = 56

/** The bytes before a frame of a message, its channel, and the content that it carries. */
export const UPLINK_FRAMES = 0x0a
export const FRAME_CHANNEL = 0x08
export const FRAME_DATA = 0x22
const DATA_OFFSET = 0x08
const DATA_CRC32 = 0x15
const DATA_BYTES = 0x1a

interface DataHeader {
  readonly channel: number
  readonly offsetBytes: number
  /** CRC-32 (IEEE) of the payload. */
  readonly crc32: number
}

/** Bytes of a varint field with a one-byte tag; a field at its default is left out. */
const fieldBytes = (value: number) => (value === 0 ? 0 : 1 + varintBytes(value))

function putField(into: Uint8Array, at: number, tag: number, value: number): number {
  if (value === 0) return at
  into[at] = tag
  return putVarint(into, at + 1, value)
}

/**
 * `buffer` holds `payloadBytes` (at least one) at `HEADER_ROOM_BYTES`. Returns the part of it that
 * is an Uplink message with this one frame, equal byte for byte to what protobufjs encodes.
 */
export function layDataFrame(
  buffer: Uint8Array,
  payloadBytes: number,
  { channel, offsetBytes, crc32 }: DataHeader,
): Uint8Array {
  const crcBytes = crc32 === 0 ? 0 : 5
  const data = fieldBytes(offsetBytes) + crcBytes + fieldBytes(payloadBytes) + payloadBytes
  const frame = fieldBytes(channel) + fieldBytes(data) + data
  const start = HEADER_ROOM_BYTES + payloadBytes - fieldBytes(frame) - frame
  let at = putField(buffer, start, UPLINK_FRAMES, frame)
  at = putField(buffer, at, FRAME_CHANNEL, channel)
  at = putField(buffer, at, FRAME_DATA, data)
  at = putField(buffer, at, DATA_OFFSET, offsetBytes)
  if (crc32 !== 0) {
    buffer[at++] = DATA_CRC32
    for (let byte = 0; byte < 4; byte++) buffer[at++] = (crc32 >>> (8 * byte)) & 255
  }
  putField(buffer, at, DATA_BYTES, payloadBytes)
  return buffer.subarray(start, HEADER_ROOM_BYTES + payloadBytes)
}
