/** Framing and encoding: what each message costs before it reaches the network. */
import { crc32 } from 'node:zlib'
import { bench } from 'mitata'
import { decodeAgentFrames, encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import { HEADER_ROOM_BYTES, layDataFrame } from '../../src/wire/data-frame.ts'
import { decodeReceiverFrames, encodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { noise } from '../places.ts'
import { file, RECEIPT } from './samples.ts'

const PAYLOAD_BYTES = 256 * 1024

export function benchWire(): void {
  const buffer = noise(HEADER_ROOM_BYTES + PAYLOAD_BYTES, 1)
  const bytes = buffer.subarray(HEADER_ROOM_BYTES)
  const header = { channel: 7, offsetBytes: 2 ** 33, crc32: 123_456 }
  bench('data message of 256 KiB laid by hand', () => layDataFrame(buffer, PAYLOAD_BYTES, header))
  const data = { ...header, type: 'data', bytes } as const
  bench('data message of 256 KiB by protobufjs', () => encodeAgentFrame(data))
  const encoded = encodeAgentFrame(data)
  bench('decode of a data message of 256 KiB', () => decodeAgentFrames(encoded))
  const { path, mtimeNs } = file(1)
  const metadata = {
    ...{ path, mtimeNs, tags: ['a'], content: 'file' as const, datasetIds: [], partId: '' },
  } as const
  const request = {
    ...{ uploadId: RECEIPT.uploadId, metadata, sizeBytes: 4096, offsetBytes: 0, reset: false },
  }
  const open = { channel: 7, type: 'open', request } as const
  bench('encode of open', () => encodeAgentFrame(open))
  const stored = { channel: 7, type: 'stored', receipt: RECEIPT } as const
  bench('encode of 64 receipts', () =>
    encodeReceiverFrames(Array.from({ length: 64 }, () => stored)),
  )
  const receipts = encodeReceiverFrames(Array.from({ length: 64 }, () => stored))
  bench('decode of 64 receipts', () => decodeReceiverFrames(receipts))
  bench('CRC-32 of 256 KiB', () => crc32(bytes))
}
