/** Whether files wait for too long, by observed waiting and never by their times. Pure. */

/** What one look at the journal says. */
export interface Waiting {
  /** Files that can be sent and were not; what is still being written is none of them. */
  readonly files: number
  /** Grows with each file that was sent, skipped or given up. */
  readonly settled: number
}

export interface Staleness {
  /** Since when files wait with none of them settled; undefined while none waits. */
  readonly sinceMs: number | undefined
  readonly settled: number
  readonly toldMs: number
}

export const NOTHING_WAITS: Staleness = {
  sinceMs: undefined,
  settled: 0,
  toldMs: Number.NEGATIVE_INFINITY,
}

/** At least this long, whatever the interval. */
const LEAST_MS = 3 * 60_000
const INTERVALS = 10
const TELL_EVERY_MS = 5 * 60_000

export const staleAfterMs = (intervalMs: number) => Math.max(INTERVALS * intervalMs, LEAST_MS)

/** After another look. Each file that settles begins the waiting anew. */
export function observe(before: Staleness, waiting: Waiting, monotonicMs: number): Staleness {
  const { files, settled } = waiting
  const isMoving = before.sinceMs === undefined || settled !== before.settled
  const sinceMs = isMoving ? monotonicMs : before.sinceMs
  return { ...before, settled, sinceMs: files === 0 ? undefined : sinceMs }
}

interface Circumstances {
  readonly intervalMs: number
  readonly isPaused: boolean
  readonly monotonicMs: number
}

/** What to say now and at which level; undefined: nothing. Then `toldMs` is now. */
export function staleLevel(
  { sinceMs, toldMs }: Staleness,
  { intervalMs, isPaused, monotonicMs }: Circumstances,
): 'warn' | 'debug' | undefined {
  if (sinceMs === undefined || monotonicMs - sinceMs <= staleAfterMs(intervalMs)) return undefined
  if (monotonicMs - toldMs < TELL_EVERY_MS) return undefined
  return isPaused ? 'debug' : 'warn'
}
