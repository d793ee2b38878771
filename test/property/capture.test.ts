/** Random capture files, whole, cut and damaged. */
import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { readCapture } from '../../src/capture/read-capture.ts'
import { Undecodable } from '../../src/errors.ts'
import type { Spill } from '../../src/receive/captured/output.ts'
import { unpackCapture } from '../../src/receive/captured/unpack.ts'
import { legacyImages } from '../../src/upload/viam/legacy-images.ts'
import { lookAtCapture } from '../../src/upload/viam/look.ts'
import {
  BINARY,
  captureFile,
  framed,
  type Reading,
  reading,
  readOf,
  TABULAR,
  times,
  toStruct,
} from '../fakes/capture-file.ts'
import { forAllAsync } from '../fakes/for-all.ts'

const metadataOf = (type: number) =>
  fc.record({
    type: fc.constant(type),
    componentName: fc.string(),
    methodName: fc.constantFrom('Readings', 'GetImages', 'ReadImage'),
    tags: fc.array(fc.string(), { maxLength: 3 }),
    fileExtension: fc.constantFrom('', '.dat', '.jpeg'),
  })

const tabular = fc.tuple(fc.nat(), fc.dictionary(fc.string(), fc.jsonValue())).map(
  ([seconds, values]): Reading => ({
    metadata: times(seconds),
    struct: toStruct({ readings: values }),
  }),
)
const payload = fc
  .tuple(fc.nat(), fc.uint8Array({ maxLength: 3000 }))
  .map(([seconds, binary]): Reading => ({ metadata: times(seconds), binary }))

const files = fc.oneof(
  fc.record({ metadata: metadataOf(TABULAR), readings: fc.array(tabular, { maxLength: 8 }) }),
  fc.record({ metadata: metadataOf(BINARY), readings: fc.array(payload, { maxLength: 8 }) }),
)

/** The messages with their lengths, or the refusal; anything else fails the property. */
async function outcome(bytes: Uint8Array): Promise<Buffer | Undecodable> {
  try {
    const file = await readCapture(readOf(bytes), bytes.length)
    const parts: Buffer[] = []
    for await (const {
      framed: { offsetBytes, sizeBytes },
    } of file.read()) {
      parts.push(Buffer.from(bytes.subarray(offsetBytes, offsetBytes + sizeBytes)))
    }
    expect(parts).toHaveLength(file.records)
    return Buffer.concat(parts)
  } catch (error) {
    if (error instanceof Undecodable) return error
    throw error
  }
}

test('whole files give back their records', async () => {
  await forAllAsync(
    fc.asyncProperty(files, async ({ metadata, readings }) => {
      const bytes = captureFile(metadata, readings)
      const file = await readCapture(readOf(bytes), bytes.length)
      for (const [key, value] of Object.entries(metadata)) {
        expect(file.metadata[key as keyof typeof metadata] as unknown).toEqual(value)
      }
      expect(file.tornBytes).toBe(0)
      const expected = Buffer.concat(readings.map((one) => framed(reading(one))))
      expect(await outcome(bytes)).toEqual(expected)
    }),
  )
})

test('each cut of a file gives whole records from its start, or a refusal', async () => {
  await forAllAsync(
    fc.asyncProperty(files, async ({ metadata, readings }) => {
      const bytes = captureFile(metadata, readings)
      const start = captureFile(metadata, []).length
      const step = Math.max(1, Math.floor(bytes.length / 150))
      for (let cut = 0; cut < bytes.length; cut += step) {
        const result = await outcome(bytes.subarray(0, cut))
        if (result instanceof Undecodable) continue
        expect(bytes.subarray(start, start + result.length).equals(result)).toBe(true)
      }
    }),
    60,
  )
})

test('damaged bytes give records or a refusal, never anything else', async () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 6,
  })
  await forAllAsync(
    fc.asyncProperty(files, damage, async ({ metadata, readings }, changes) => {
      const bytes = captureFile(metadata, readings)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      const result = await outcome(bytes)
      expect(result instanceof Undecodable || Buffer.isBuffer(result)).toBe(true)
    }),
    500,
  )
})

test('random bytes give records or a refusal', async () => {
  await forAllAsync(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      const result = await outcome(bytes)
      expect(result instanceof Undecodable || Buffer.isBuffer(result)).toBe(true)
    }),
    1000,
  )
})

const noSpill: Spill = {
  append() {
    throw new Error('nothing is spilled here')
  },
  turn: async () => {},
}

/** How many records the receiver takes out of the file, or its refusal. */
async function taken(bytes: Uint8Array): Promise<number | Undecodable> {
  const read = (at: number, length: number) => bytes.subarray(at, at + length)
  const beside = { partId: 'p', tags: [], datasetIds: [] }
  const arrival = { id: '0'.repeat(64), name: '0'.repeat(49), storedAt: '' }
  try {
    const source = { sizeBytes: bytes.length, read }
    const outputs = await unpackCapture(source, beside, arrival, noSpill)
    return outputs.reduce((sum, { name, content }) => {
      if ('staged' in content) throw new Error('nothing is staged here')
      const text = Buffer.concat([...content]).toString()
      if (name.endsWith('.ndjson')) return sum + text.split('\n').length - 1
      return name.endsWith('.json') ? sum + 1 : sum
    }, 0)
  } catch (error) {
    if (error instanceof Undecodable) return error
    throw error
  }
}

test('what the agent lets go the receiver takes apart, record for record', async () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 })
  const tail = fc.oneof(fc.constant(0), fc.integer({ min: -40, max: 40 }))
  let agreed = 0
  await forAllAsync(
    fc.asyncProperty(files, damage, tail, async ({ metadata, readings }, changes, change) => {
      const whole = captureFile({ ...metadata, methodName: 'Readings' }, readings)
      for (const [at, value] of changes) whole[at % whole.length] = value
      const bytes =
        change <= 0
          ? whole.subarray(0, Math.max(0, whole.length + change))
          : Buffer.concat([whole, Buffer.alloc(change)])
      const capture = await readCapture(readOf(bytes), bytes.length).catch((error: unknown) => {
        if (error instanceof Undecodable) return error
        throw error
      })
      if (capture instanceof Undecodable) return
      agreed += 1
      expect(await taken(bytes)).toBe(capture.records)
    }),
    1500,
  )
  expect(agreed).toBeGreaterThan(300)
})

/** Pictures as GetImages once wrote them, good and bad ones. */
const picture = fc.record(
  {
    image: fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.constantFrom('', '=', 'A', '****', 'AA==\n', 'AA', ' AAAA'),
      fc.jsonValue(),
    ),
    mime_type: fc.constantFrom('image/jpeg', '', 'nothing'),
    mimeType: fc.constantFrom('image/png', 7),
    format: fc.constantFrom('FORMAT_JPEG', 3),
  },
  { requiredKeys: [] },
)
const shots = fc.array(
  fc
    .tuple(fc.nat(), fc.oneof(fc.array(picture, { maxLength: 3 }), fc.jsonValue()))
    .map(
      ([seconds, images]): Reading => ({ metadata: times(seconds), struct: toStruct({ images }) }),
    ),
  { minLength: 1, maxLength: 3 },
)

test('pictures that the agent lets go the receiver takes, and no others', async () => {
  let agreed = 0
  await forAllAsync(
    fc.asyncProperty(metadataOf(BINARY), shots, async (metadata, readings) => {
      const bytes = captureFile({ ...metadata, methodName: 'GetImages' }, readings)
      const source = { read: readOf(bytes) }
      const capture = await lookAtCapture(source, bytes.length).catch((error: unknown) => {
        if (error instanceof Undecodable) return error
        throw error
      })
      const result = await taken(bytes)
      if (capture instanceof Undecodable) return expect(result).toBeInstanceOf(Undecodable)
      agreed += 1
      let pictures = 0
      for await (const { data } of capture.read()) {
        pictures += legacyImages(await capture.bytes(data)).images.length
      }
      expect(result).toBe(pictures)
    }),
    1500,
  )
  expect(agreed).toBeGreaterThan(100)
})
