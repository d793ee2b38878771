/** How long to wait after a failure: doubling, with full jitter, never final. */
import type { Random } from '../system/random.ts'

export const FIRST_WAIT_MS = 200
export const LONGEST_WAIT_MS = 3_600_000
/** An unreachable receiver is asked again at least this often. */
export const LONGEST_PROBE_MS = 60_000
/** A wait this short would spin. */
const SHORTEST_WAIT_MS = 50

interface BackoffOptions {
  /** Failures in a row, this one included: 1 or more. */
  readonly attempts: number
  readonly longestMs: number
  /** What the other end asked for; 0 when it did not. */
  readonly atLeastMs?: number
}

/** Evenly between the first wait and the doubled one, so that many boards do not come at once. */
export function backoffMs(options: BackoffOptions, random: Random): number {
  const { attempts, longestMs, atLeastMs = 0 } = options
  const ceiling = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 40), longestMs)
  const jittered = SHORTEST_WAIT_MS + random.fraction() * (ceiling - SHORTEST_WAIT_MS)
  return Math.min(Math.max(jittered, atLeastMs), longestMs)
}
