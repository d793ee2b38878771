/** What a capture file is taken for, whatever is in it. */
import { describe, expect, test } from 'bun:test'
import protobuf from 'protobufjs/minimal.js'
import { readCapture } from '../../src/capture/read-capture.ts'
import {
  BINARY,
  cameraMetadata,
  captureFile,
  framed,
  reading,
  readings,
  readOf,
  sensorMetadata,
  TABULAR,
  times,
  toStruct,
} from '../fakes/capture-file.ts'
import { open, recordsOf, refusal } from '../fakes/captures.ts'

const jpeg = Buffer.from('not really a picture')
const binary = (payload: Uint8Array = jpeg) => ({ metadata: times(5), binary: payload })

describe('a capture file of payloads', () => {
  test('K11 one message: its metadata, the exact length and bytes, then the end', async () => {
    const bytes = captureFile(cameraMetadata({ mimeType: 'image/jpeg' }), [binary()])
    const file = await open(bytes)
    expect(file.kind).toBe('binary')
    expect(file.metadata.mimeType).toBe('image/jpeg')
    const records = await recordsOf(file)
    expect(records).toHaveLength(1)
    expect(records[0]?.data.sizeBytes).toBe(jpeg.length)
    expect(Buffer.from(await file.bytes(records[0]!.data)).equals(jpeg)).toBe(true)
    expect(records[0]?.metadata.sizeBytes).toBeGreaterThan(0)
  })

  test('K12 five messages: each in turn, then the end', async () => {
    const payloads = [1, 2, 3, 4, 5].map((n) => Buffer.alloc(n * 70_000, n))
    const file = await open(captureFile(cameraMetadata(), payloads.map(binary)))
    const records = await recordsOf(file)
    expect(file.records).toBe(5)
    for (const [index, payload] of payloads.entries()) {
      const bytes = await file.bytes(records[index]!.data)
      expect(Buffer.from(bytes).equals(payload)).toBe(true)
    }
  })

  test('K13 an unknown field between metadata and payload is passed over', async () => {
    const unknown = protobuf.Writer.create()
      .uint32(99 << 3)
      .uint32(7)
      .finish()
    const [head, body] = [reading({ metadata: times(5) }), reading({ binary: jpeg })]
    const message = framed(Buffer.concat([head, unknown, body]))
    const file = await open(Buffer.concat([captureFile(cameraMetadata(), []), message]))
    const [record] = await recordsOf(file)
    expect(Buffer.from(await file.bytes(record!.data)).equals(jpeg)).toBe(true)
    expect(Buffer.from(await file.bytes(record!.metadata)).equals(head.subarray(2))).toBe(true)
  })

  test('a payload before its metadata is read all the same', async () => {
    const message = Buffer.concat([reading({ binary: jpeg }), reading({ metadata: times(5) })])
    const bytes = Buffer.concat([captureFile(cameraMetadata(), []), framed(message)])
    const [record] = await recordsOf(await open(bytes))
    expect(record?.data.sizeBytes).toBe(jpeg.length)
    expect(record?.metadata.sizeBytes).toBeGreaterThan(0)
  })

  test('K14 a reading instead of a payload is refused', async () => {
    const bytes = captureFile(cameraMetadata(), [{ struct: toStruct({ a: 1 }) }])
    expect(await refusal(bytes)).toBe('its metadata says binary, its content is tabular')
  })

  test('O3 a payload that is cut short is refused, wherever the cut is', async () => {
    const bytes = captureFile(cameraMetadata(), [binary(Buffer.alloc(300, 1))])
    const start = captureFile(cameraMetadata(), []).length
    for (let cut = start + 1; cut < bytes.length; cut++) {
      expect(await refusal(bytes.subarray(0, cut))).toStartWith('it is cut short')
    }
  })

  test('a large payload is not read', async () => {
    const bytes = captureFile(cameraMetadata(), [binary(Buffer.alloc(20 << 20, 1)), binary()])
    let total = 0
    const file = await readCapture(
      readOf(bytes, (_, count) => {
        total += count
      }),
      bytes.length,
    )
    expect(file.records).toBe(2)
    expect(total).toBeLessThan(400_000)
  })

  test('O17 pictures in a Struct are the old form of GetImages, and of that alone', async () => {
    const old = [{ metadata: times(5), struct: toStruct({ images: [] }) }]
    const file = await open(captureFile(cameraMetadata({ methodName: 'GetImages' }), old))
    expect(file.kind).toBe('images')
    expect(await refusal(captureFile(cameraMetadata(), old))).toInclude('content is tabular')
  })
})

describe('what is no capture file', () => {
  const metadata = captureFile(sensorMetadata(), [])

  test('O4 metadata and nothing else is empty; no bytes at all are refused', async () => {
    expect((await open(metadata)).kind).toBe('empty')
    expect(await refusal(Buffer.alloc(0))).toBe('the file is empty')
  })

  test('O5 a length longer than five bytes is refused, at the start and in the middle', async () => {
    const long = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0, 0])
    expect(await refusal(long)).toBe('the length at byte 0 is longer than 5 bytes')
    expect(await refusal(Buffer.concat([metadata, long]))).toInclude('longer than 5 bytes')
  })

  test('metadata that is cut short, too long or garbage is refused', async () => {
    expect(await refusal(metadata.subarray(0, 9))).toBe('the metadata at its start is cut short')
    expect(await refusal(framed(Buffer.alloc(2 << 20, 1)))).toInclude('2097152 bytes long')
    expect(await refusal(framed(Buffer.from([0x0a, 200, 1])))).toInclude('cannot be read')
  })

  test('D1 a malformed message is refused, also deep within a reading', async () => {
    const shallow = framed(Buffer.from([0x12, 100, 1, 2]))
    expect(await refusal(Buffer.concat([metadata, shallow]))).toInclude('is malformed')
    const deep = Buffer.from(reading(readings(1)[0]!))
    deep[deep.lastIndexOf(0x1a)] = 0x1c
    expect(await refusal(Buffer.concat([metadata, framed(deep)]))).toInclude('is malformed')
  })

  test('a mix of readings and payloads is refused before anything is sent', async () => {
    const mix = captureFile(cameraMetadata(), [binary(), { struct: toStruct({ a: 1 }) }])
    expect(await refusal(mix)).toBe('it mixes readings and binary payloads')
  })

  test('content that disagrees with the type, and types that cannot be, are refused', async () => {
    const disagrees = captureFile({ ...sensorMetadata(), type: TABULAR }, [binary()])
    expect(await refusal(disagrees)).toBe('its metadata says tabular, its content is binary')
    const file = captureFile({ ...sensorMetadata(), type: 3 }, readings(1))
    expect(await refusal(file)).toInclude('type FILE')
    expect(await refusal(captureFile({ componentName: 'x' }, []))).toInclude('type 0')
  })

  test('a message as deep as a stack is refused', async () => {
    let deep: Uint8Array = Buffer.from([0x1a, 1, 65])
    for (let depth = 0; depth < 3000; depth++) {
      const inner = Buffer.concat([Buffer.from([0x0a]), framed(deep)])
      deep = Buffer.concat([Buffer.from([0x32]), framed(inner)])
    }
    const entry = Buffer.concat([Buffer.from([0x0a, 1, 65, 0x12]), framed(deep)])
    const struct = Buffer.concat([Buffer.from([0x0a]), framed(entry)])
    const message = framed(Buffer.concat([Buffer.from([0x12]), framed(struct)]))
    expect(await refusal(Buffer.concat([metadata, message]))).toInclude('is malformed')
  })

  test('a reading that no memory holds is refused without being read', async () => {
    const length = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x01])
    const head = Buffer.concat([
      metadata,
      Buffer.from([0x86, 0x80, 0x80, 0x80, 0x01, 0x12]),
      length,
    ])
    const fileBytes = metadata.length + 5 + 6 + (256 << 20)
    const read = readOf(head)
    const work = readCapture(async (at, into) => {
      await read(at, into)
      return into.length
    }, fileBytes)
    expect(await work.catch((error) => error.message)).toInclude('a reading of 268435456 bytes')
  })

  test('the type of binary payloads is the one that is meant', () => expect(BINARY).toBe(1))
})
