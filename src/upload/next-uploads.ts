/** What is in flight, and which of the due uploads start next. */
import type { Journal } from '../journal/journal.ts'
import type { Upload } from '../model.ts'
import { admits, type BreakerState } from '../schedule/breaker.ts'
import { choose, type InFlight, isLarge, type SlotLimits, shareOf } from '../schedule/slots.ts'
import type { Suspects } from '../schedule/suspects.ts'

/** Rows looked through for some that fit. */
const DUE_ROWS = 256
/** A destination that fails is asked with one of so many: seldom, so that a long answer is cheap. */
const PROBE_ROWS = 4096
/** The journal is asked once for many, not once for each upload that ends. */
const REFILL_BELOW = 0.75
const SLOW_LANE_UPLOADS = 1

/** Over: it takes up no room any more, but its row may not start again before it is written. */
interface Flown {
  readonly upload: Upload
  committedBytes: number
  isOver: boolean
}

export interface LoopState {
  readonly flights: Map<number, Flown>
  readonly suspects: Suspects
  breaker: BreakerState
  answers: number
}

/** What is in flight now. */
function occupied({ flights }: LoopState): InFlight {
  const sum = { uploads: 0, bytes: 0, largeFiles: 0 }
  for (const { upload, isOver } of flights.values()) {
    if (isOver) continue
    const { sizeBytes } = upload.file
    sum.uploads += 1
    sum.bytes += shareOf(sizeBytes)
    if (isLarge(sizeBytes)) sum.largeFiles += 1
  }
  return sum
}

/** Nothing starts before some of those in flight have ended. */
export const isFull = (state: LoopState, limits: SlotLimits) =>
  occupied(state).uploads > limits.uploads * REFILL_BELOW

/** Those that start now, in their order. */
export function nextUploads(
  journal: Journal,
  state: LoopState,
  limits: SlotLimits,
  monotonicMs: number,
): Upload[] {
  const inFlight = occupied(state)
  if (!admits(state.breaker, monotonicMs, inFlight.uploads)) return []
  if (isFull(state, limits)) return []
  const except = new Set(state.flights.keys())
  const due = (lane: Upload['lane'], limit: number) =>
    journal.due({ monotonicMs, lane, limit, except })
  const { breaker, suspects } = state
  if (breaker.connection === 'failing') {
    const pick = (rows: readonly number[]) => suspects.probe(rows, breaker.failures)
    const probe = (lane: Upload['lane']) =>
      journal.due({ monotonicMs, lane, limit: PROBE_ROWS, except, pick })
    const normal = probe('normal')
    return normal.length > 0 ? normal : probe('slow')
  }
  const next = due('normal', Math.max(limits.uploads - inFlight.uploads, 0))
  const fitting = choose(next, inFlight, limits)
  // Behind what does not fit there may be what does.
  const isAll = fitting.length === next.length
  const normal = isAll ? fitting : choose(due('normal', DUE_ROWS), inFlight, limits)
  const slowInFlight = [...state.flights.values()].filter((one) => one.upload.lane === 'slow')
  const slow = slowInFlight.length < SLOW_LANE_UPLOADS ? due('slow', SLOW_LANE_UPLOADS) : []
  return [...normal, ...slow]
}
