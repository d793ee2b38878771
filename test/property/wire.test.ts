/** The wire: the hand-laid data message against protobufjs, and what comes back is what went in. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { BytePath } from '../../src/byte-path.ts'
import { decodeAgentFrames, encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import { HEADER_ROOM_BYTES, layDataFrame } from '../../src/wire/data-frame.ts'
import type { AgentFrame, ReceiverFrame } from '../../src/wire/frames.ts'
import { decodeReceiverFrames, encodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { forAll } from '../fakes/for-all.ts'

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const offset = fc.oneof(fc.constantFrom(0, 127, 128, 2 ** 32, 2 ** 53 - 1), fc.maxSafeNat())
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const hex32 = bytes32.map((bytes) => Buffer.from(bytes).toString('hex'))

describe('the data message', () => {
  test('laid out by hand equals what protobufjs encodes', () => {
    forAll(
      fc.property(
        uint32,
        offset,
        uint32,
        fc.uint8Array({ minLength: 1, maxLength: 70_000 }),
        (channel, offsetBytes, crc32, bytes) => {
          const buffer = new Uint8Array(HEADER_ROOM_BYTES + bytes.length)
          buffer.set(bytes, HEADER_ROOM_BYTES)
          const laid = layDataFrame(buffer, bytes.length, { channel, offsetBytes, crc32 })
          const encoded = encodeAgentFrame({ channel, type: 'data', offsetBytes, crc32, bytes })
          expect(Buffer.compare(laid, encoded)).toBe(0)
          expect(laid.buffer).toBe(buffer.buffer)
        },
      ),
      300,
    )
  })

  test('the longest header fits into the room before the payload', () => {
    const buffer = new Uint8Array(HEADER_ROOM_BYTES + (1 << 20))
    const header = { channel: 2 ** 32 - 1, offsetBytes: 2 ** 53 - 1, crc32: 2 ** 32 - 1 }
    expect(layDataFrame(buffer, 1 << 20, header).byteOffset).toBeGreaterThanOrEqual(0)
  })
})

const agentFrame: fc.Arbitrary<AgentFrame> = fc.oneof(
  fc.record({
    channel: uint32,
    type: fc.constant('hello' as const),
    software: fc.string(),
    machineId: fc.string(),
  }),
  fc.record({
    channel: uint32,
    type: fc.constant('open' as const),
    request: fc.record({
      uploadId: hex32,
      metadata: fc.record({
        path: fc.uint8Array().map((b) => Buffer.from(b).toString('latin1') as BytePath),
        mtimeNs: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 19n }),
        tags: fc.array(fc.string()),
        content: fc.constantFrom('file' as const, 'capture' as const, 'sequence' as const),
        datasetIds: fc.array(fc.string()),
        partId: fc.string(),
      }),
      sizeBytes: offset,
      offsetBytes: offset,
      reset: fc.boolean(),
    }),
  }),
  fc.record({
    channel: uint32,
    type: fc.constant('finish' as const),
    sizeBytes: offset,
    digest: bytes32,
  }),
  fc.record({ channel: uint32, type: fc.constant('cancel' as const) }),
)

const receipt = fc.record({
  uploadId: hex32,
  sizeBytes: offset,
  digest: bytes32,
  sha256: hex32,
  location: fc.string(),
})

const receiverFrame: fc.Arbitrary<ReceiverFrame> = fc.oneof(
  fc.record({ channel: uint32, type: fc.constant('stored' as const), receipt }),
  fc.record({ channel: uint32, type: fc.constant('progress' as const), committedBytes: offset }),
  fc.record({
    channel: uint32,
    type: fc.constant('welcome' as const),
    device: fc.string(),
    software: fc.string(),
    maxChannels: uint32,
    maxDataBytes: uint32,
    windowBytes: offset,
    smallFileBytes: offset,
    warning: fc.string(),
  }),
  fc.record({
    channel: uint32,
    type: fc.constant('opened' as const),
    epoch: offset,
    generation: offset,
    prefix: fc.record({ offsetBytes: offset, digest: bytes32 }),
    receipt: fc.option(receipt, { nil: undefined }),
  }),
  fc.record({
    channel: uint32,
    type: fc.constant('failed' as const),
    code: fc.constantFrom('invalid' as const, 'no-space' as const, 'unspecified' as const),
    message: fc.string(),
    retryAfterMs: uint32,
  }),
)

/** Buffers and byte arrays with the same bytes count as equal. */
const plain = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? Array.from(one) : one)))

describe('frames', () => {
  test('what the agent says comes back as it was, alone and joined', () => {
    forAll(
      fc.property(agentFrame, agentFrame, (a, b) => {
        const joined = Buffer.concat([encodeAgentFrame(a), encodeAgentFrame(b)])
        expect(decodeAgentFrames(joined)).toEqual([a, b])
      }),
    )
  })

  test('what the receiver answers comes back as it was', () => {
    forAll(
      fc.property(fc.array(receiverFrame), (frames) => {
        expect(plain(decodeReceiverFrames(encodeReceiverFrames(frames)))).toEqual(plain(frames))
      }),
    )
  })

  test('bytes that are no message fail, and nothing else happens', () => {
    forAll(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(Array.isArray(decodeAgentFrames(bytes))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      2000,
    )
  })
})
