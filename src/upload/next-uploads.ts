/** What is in flight, and which of the due uploads start next. */
import type { DueQuery, Journal } from '../journal/journal.ts'
import type { Upload } from '../model.ts'
import { admits, type BreakerState } from '../schedule/breaker.ts'
import {
  choose,
  type InFlight,
  isLarge,
  LARGE_FILE_BYTES,
  type SlotLimits,
  shareOf,
} from '../schedule/slots.ts'
import type { Suspects } from '../schedule/suspects.ts'

/** Rows looked through for some that fit. */
const DUE_ROWS = 256
/** Looked at first: where one of them does not fit, the others are not read. */
const FIRST_ROWS = 32
/** A destination that fails is asked with one of so many: seldom, so that a long answer is cheap. */
const PROBE_ROWS = 4096
/** The journal is asked once for many, not once for each upload that ends. */
const REFILL_BELOW = 0.75
/** Of fewer, one that ends makes much room. */
const SEVERAL = 8
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
export function isFull(state: LoopState, limits: SlotLimits): boolean {
  const { uploads, bytes } = occupied(state)
  if (uploads > limits.uploads * REFILL_BELOW) return true
  return uploads >= SEVERAL && bytes > limits.bytes * REFILL_BELOW
}

/**
 * Where large files wait for one to end, the rows of all of them are not read each time. Behind what
 * does not fit there may be what does.
 */
function nextNormal(
  journal: Journal,
  inFlight: InFlight,
  limits: SlotLimits,
  query: Omit<DueQuery, 'limit'>,
): readonly Upload[] {
  const fitting = (due: readonly Upload[]) => choose(due, inFlight, limits)
  const smaller = () => journal.due({ ...query, limit: DUE_ROWS, belowBytes: LARGE_FILE_BYTES })
  if (inFlight.largeFiles >= limits.largeFiles) return fitting(smaller())
  const room = Math.max(limits.uploads - inFlight.uploads, 0)
  for (const limit of [Math.min(FIRST_ROWS, room), room]) {
    const rows = journal.due({ ...query, limit })
    const first = fitting(rows)
    if (first.length < rows.length) {
      const known = new Set(rows.map(({ row }) => row))
      return fitting([...rows, ...smaller().filter(({ row }) => !known.has(row))])
    }
    if (rows.length < limit || limit === room) return first
  }
  return []
}

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
  const next = nextNormal(journal, inFlight, limits, { monotonicMs, lane: 'normal', except })
  const slowInFlight = [...state.flights.values()].filter((one) => one.upload.lane === 'slow')
  const slow = slowInFlight.length < SLOW_LANE_UPLOADS ? due('slow', SLOW_LANE_UPLOADS) : []
  return [...next, ...slow]
}
