/** The life of an upload: only a receipt of this version's size leads to deletion. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { BytePath } from '../../src/byte-path.ts'
import { IllegalTransition, transition } from '../../src/journal/transitions.ts'
import { pendingUpload, type Receipt, type Upload, type UploadEvent } from '../../src/model.ts'
import { forAll } from '../fakes/for-all.ts'

const path = '/r/a' as BytePath
const fresh: Upload = pendingUpload(1, {
  root: '/r' as BytePath,
  path,
  dev: 1n,
  ino: 2n,
  sizeBytes: 10,
  mtimeNs: 3n,
  ctimeNs: 4n,
})
const receipt = (sizeBytes: number): Receipt => ({
  uploadId: 'ab',
  sizeBytes,
  digest: new Uint8Array(32),
  sha256: '',
  location: 'x',
})

const event: fc.Arbitrary<UploadEvent> = fc.oneof(
  fc.constantFrom<UploadEvent>(
    { type: 'progressed', row: 1, chain: { offsetBytes: 5, state: new Uint8Array(32) } },
    { type: 'superseded', row: 1 },
    { type: 'vanished', row: 1 },
    { type: 'held', row: 1, waitMs: 5, reason: 'open' },
    { type: 'kept', row: 1 },
    { type: 'delivered', row: 1, messages: 2 },
    { type: 'undecodable', row: 1, reason: 'cut short' },
    { type: 'quarantined', row: 1 },
    { type: 'reclaimed', row: 1 },
  ),
  fc.record({
    type: fc.constant('postponed' as const),
    row: fc.constant(1),
    waitMs: fc.nat(),
    lane: fc.constantFrom('normal' as const, 'slow' as const),
    reason: fc.string(),
    advanced: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('acknowledged' as const),
    row: fc.constant(1),
    receipt: fc.constantFrom(receipt(10), receipt(9)),
  }),
)

describe('the life of an upload', () => {
  test('no sequence of events reclaims without a receipt of this size', () => {
    forAll(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let upload: Upload = fresh
        for (const one of events) {
          const before = upload
          let next: Upload | undefined
          try {
            next = transition(before, one)
          } catch (error) {
            expect(error).toBeInstanceOf(IllegalTransition)
            continue
          }
          if (one.type === 'reclaimed') {
            expect(before.state).toBe('acknowledged')
            expect(before.receipt?.sizeBytes).toBe(10)
          }
          if (next === undefined) return
          upload = next
        }
      }),
      3000,
    )
  })

  test('progress starts the count of failures again', () => {
    const postponed = { type: 'postponed', row: 1, waitMs: 1, lane: 'normal', reason: 'x' } as const
    const tired = { ...fresh, attempts: 7 }
    expect(transition(tired, { ...postponed, advanced: false })?.attempts).toBe(8)
    expect(transition(tired, { ...postponed, advanced: true })?.attempts).toBe(1)
  })

  test('what is acknowledged cannot become pending again', () => {
    const done = transition(fresh, { type: 'acknowledged', row: 1, receipt: receipt(10) }) as Upload
    const late = { type: 'postponed', row: 1, waitMs: 1, lane: 'slow', reason: 'late' } as const
    expect(transition(done, { ...late, advanced: false })).toEqual(done)
  })
})
