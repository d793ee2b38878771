/** Capture files of readings: whole, torn at their end, and damaged. */
import { describe, expect, test } from 'bun:test'
import { readCapture } from '../../src/capture/read-capture.ts'
import {
  captureFile,
  framed,
  reading,
  readings,
  readOf,
  sensorMetadata,
} from '../fakes/capture-file.ts'
import { open, recordsOf, refusal } from '../fakes/captures.ts'

describe('a capture file of readings', () => {
  const bytes = captureFile(sensorMetadata(), readings(100))

  test('K15 after 100 readings, what was not written whole is left out', async () => {
    const file = await open(Buffer.concat([bytes, Buffer.from([0xff, 0x10, 1, 2, 3])]))
    expect(file.kind).toBe('tabular')
    expect(file.records).toBe(100)
    expect(file.tornBytes).toBe(5)
    expect(await recordsOf(file)).toHaveLength(100)
  })

  test('zeros at the end, as after a loss of power, are left out', async () => {
    const file = await open(Buffer.concat([bytes, Buffer.alloc(9000)]))
    expect(file.records).toBe(100)
    expect(file.tornBytes).toBe(9000)
  })

  test('a damaged length before other readings is refused: they are not taken for a torn one', async () => {
    const start = captureFile(sensorMetadata(), []).length
    for (let at = start, index = 0; index < 99; index++) {
      const size = bytes[at] ?? 0
      for (const length of [
        [0x80 | (size & 0x7f), 0x7f],
        [0xff, 0xff, 0x01],
      ]) {
        const damaged = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(length),
          bytes.subarray(at + 1),
        ])
        expect(await refusal(damaged)).toInclude('is damaged')
      }
      at += 1 + size
    }
  })

  test('an empty message in the middle is refused', async () => {
    const end = framed(reading(readings(1)[0]!))
    const wrong = Buffer.concat([bytes, Buffer.alloc(1), end])
    expect(await refusal(wrong)).toInclude('neither a reading nor a payload')
  })

  test('a file of only a part of one reading is refused', async () => {
    const one = captureFile(sensorMetadata(), readings(1))
    expect(await refusal(one.subarray(0, -1))).toStartWith('it is cut short')
  })

  test('records are found where they stand, with their lengths', async () => {
    const file = await open(bytes)
    const whole = (await recordsOf(file)).map(({ framed: { offsetBytes, sizeBytes } }) =>
      bytes.subarray(offsetBytes, offsetBytes + sizeBytes),
    )
    const expected = readings(100).map((one) => framed(reading(one)))
    expect(Buffer.concat(whole).equals(Buffer.concat(expected))).toBe(true)
  })

  test('memory stays small, whatever the size of the file', async () => {
    let largest = 0
    const big = captureFile(sensorMetadata(), readings(60_000))
    const read = readOf(big)
    const file = await readCapture((offsetBytes, into) => {
      largest = Math.max(largest, into.length)
      return read(offsetBytes, into)
    }, big.length)
    expect(big.length).toBeGreaterThan(4_000_000)
    expect(file.records).toBe(60_000)
    expect(largest).toBeLessThanOrEqual(320 << 10)
  })
})
