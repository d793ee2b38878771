/** The progress of a long upload in the log. */
import { expect, test } from 'bun:test'
import { createProgress } from '../../src/upload/progress.ts'

const MIB = 1 << 20

test('I1 nothing before 30 s, then one line, none again within 30 s, and a summary at the end', () => {
  const progress = createProgress(400 * MIB, 1000)
  expect(progress.advanced(0, 1000)).toBeUndefined()
  expect(progress.advanced(99 * MIB, 30_999)).toBeUndefined()
  expect(progress.advanced(120 * MIB, 31_000)).toEqual({
    sentBytes: 120 * MIB,
    percent: 30,
    bytesPerSecond: 4 * MIB,
  })
  expect(progress.advanced(200 * MIB, 60_999)).toBeUndefined()
  expect(progress.advanced(390 * MIB, 61_000)).toEqual({
    sentBytes: 390 * MIB,
    percent: 97,
    bytesPerSecond: 9 * MIB,
  })
  expect(progress.advanced(400 * MIB, 70_000)).toBeUndefined()
  expect(progress.ended(81_000)).toEqual({
    sentBytes: 400 * MIB,
    percent: 100,
    bytesPerSecond: 5 * MIB,
  })
})

test('I2 an upload that is done within 30 s has no line of its own', () => {
  const progress = createProgress(10, 0)
  expect(progress.advanced(10, 29_999)).toBeUndefined()
  expect(progress.ended(29_999)).toBeUndefined()
})

test('what was durable before counts as sent, but not into the rate', () => {
  const progress = createProgress(200 * MIB, 0)
  progress.advanced(100 * MIB, 0)
  expect(progress.advanced(130 * MIB, 30_000)).toEqual({
    sentBytes: 130 * MIB,
    percent: 65,
    bytesPerSecond: MIB,
  })
})
