/** Waiting, pacing, choosing: pure decisions on monotonic time. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { BytePath } from '../../src/byte-path.ts'
import { pendingUpload, type Upload } from '../../src/model.ts'
import {
  backoffMs,
  FIRST_WAIT_MS,
  LONGEST_PROBE_MS,
  LONGEST_WAIT_MS,
} from '../../src/schedule/backoff.ts'
import { admits, failed, succeeded, untried } from '../../src/schedule/breaker.ts'
import { createRateLimit } from '../../src/schedule/rate-limit.ts'
import { choose, LARGE_FILE_BYTES } from '../../src/schedule/slots.ts'
import { forAll } from '../fakes/for-all.ts'
import { seededRandom } from '../fakes/quiet.ts'

const fixed = (fraction: number) => ({ fraction: () => fraction, bytes: () => new Uint8Array() })

function upload(row: number, sizeBytes: number): Upload {
  const path = `/r/${row}` as BytePath
  const file = { root: '/r' as BytePath, path, dev: 1n, ino: 1n, mtimeNs: 0n, ctimeNs: 0n }
  return pendingUpload(row, { ...file, sizeBytes })
}

describe('backoff', () => {
  test('O1 the ceiling doubles from 200 ms to one hour', () => {
    const ceilings = Array.from({ length: 20 }, (_, index) =>
      Math.round(backoffMs({ attempts: index + 1, longestMs: LONGEST_WAIT_MS }, fixed(1))),
    )
    expect(ceilings.slice(0, 4)).toEqual([FIRST_WAIT_MS, 400, 800, 1600])
    expect(ceilings.at(-1)).toBe(LONGEST_WAIT_MS)
  })

  test('the wait lies anywhere below the ceiling, and is never final', () => {
    forAll(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer(), (attempts, seed) => {
        const waitMs = backoffMs({ attempts, longestMs: LONGEST_WAIT_MS }, seededRandom(seed))
        expect(waitMs).toBeGreaterThan(0)
        expect(waitMs).toBeLessThanOrEqual(LONGEST_WAIT_MS)
      }),
    )
    const low = backoffMs({ attempts: 10, longestMs: LONGEST_WAIT_MS }, fixed(0))
    expect(low).toBeLessThan(1000)
  })

  test('what the other end asked for is kept to, within the longest wait', () => {
    const options = { attempts: 1, longestMs: LONGEST_PROBE_MS }
    expect(backoffMs({ ...options, atLeastMs: 5000 }, fixed(0))).toBe(5000)
    expect(backoffMs({ ...options, atLeastMs: 1e9 }, fixed(0))).toBe(LONGEST_PROBE_MS)
  })
})

describe('the breaker', () => {
  const failure = { cause: 'no route', hint: '', atLeastMs: 0 }

  test('an unreachable receiver is one state, probed by one upload at most every 60 s', () => {
    let state = untried
    let nowMs = 0
    for (let attempt = 0; attempt < 50; attempt++) {
      state = failed(state, failure, nowMs, fixed(1))
      expect(state.retryAtMs - nowMs).toBeLessThanOrEqual(LONGEST_PROBE_MS)
      expect(admits(state, state.retryAtMs - 1, 0)).toBe(false)
      expect(admits(state, state.retryAtMs, 0)).toBe(true)
      expect(admits(state, state.retryAtMs, 1)).toBe(false)
      nowMs = state.retryAtMs
    }
    expect(state.failures).toBe(50)
    expect(admits(succeeded, nowMs, 100)).toBe(true)
  })

  test('uploads that fail together count once', () => {
    const first = failed(untried, failure, 0, fixed(1))
    const second = failed(first, { ...failure, cause: 'refused' }, 10, fixed(1))
    expect(second).toEqual({ ...first, cause: 'refused' })
  })
})

describe('the rate limit', () => {
  test('holds within 5 % over ten seconds, whatever the pieces', () => {
    forAll(
      fc.property(
        fc.integer({ min: 50_000, max: 50_000_000 }),
        fc.array(fc.integer({ min: 1, max: 262_144 }), { minLength: 5, maxLength: 50 }),
        (rate, pieces) => {
          const limit = createRateLimit(rate)
          let nowMs = 0
          let sent = 0
          for (let turn = 0; nowMs < 60_000 && turn < 200_000; turn++) {
            const bytes = pieces[turn % pieces.length] ?? 1
            nowMs += limit.reserve(bytes, nowMs)
            sent += bytes
            if (nowMs >= 10_000) break
          }
          if (nowMs < 10_000) return
          expect((sent - 262_144) / (nowMs / 1000)).toBeLessThanOrEqual(rate * 1.05)
          expect(sent / (nowMs / 1000)).toBeGreaterThanOrEqual(rate * 0.95)
        },
      ),
    )
  })

  test('a pause is not saved up', () => {
    const limit = createRateLimit(1_000_000)
    limit.reserve(1000, 0)
    expect(limit.reserve(1_000_000, 60_000)).toBe(0)
    expect(limit.reserve(1, 60_000)).toBeGreaterThan(850)
  })
})

describe('slots', () => {
  const limits = { uploads: 10, bytes: 32 << 20, largeFiles: 2 }
  const none = { uploads: 0, bytes: 0, largeFiles: 0 }

  test('large files are capped, and small ones pass them', () => {
    const due = [1, 2, 3].map((row) => upload(row, 100 << 20))
    const chosen = choose([...due, upload(4, 1000)], none, limits)
    expect(chosen.map(({ row }) => row)).toEqual([1, 2, 4])
  })

  test('bytes and number in flight stay within their bounds, and one always fits', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3 * LARGE_FILE_BYTES }), { minLength: 1 })
    forAll(
      fc.property(sizes, fc.integer({ min: 1, max: 4 << 20 }), (list, bytes) => {
        const due = list.map((size, index) => upload(index, size))
        const chosen = choose(due, none, { ...limits, bytes })
        const total = chosen.reduce((sum, one) => sum + one.file.sizeBytes, 0)
        expect(chosen.length).toBeGreaterThan(0)
        expect(chosen.length).toBeLessThanOrEqual(limits.uploads)
        expect(total <= bytes || chosen.length === 1).toBe(true)
      }),
    )
  })
})
