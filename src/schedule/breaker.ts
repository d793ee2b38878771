/** One state for the whole destination: reachable, or not and why, and when to ask again. */
import type { Random } from '../system/random.ts'
import { backoffMs, LONGEST_PROBE_MS } from './backoff.ts'

export interface BreakerState {
  /** unknown: nothing was tried yet. */
  readonly connection: 'unknown' | 'reachable' | 'failing'
  /** Why it fails, in words; '' otherwise. */
  readonly cause: string
  readonly hint: string
  /** Failures in a row. */
  readonly failures: number
  /** On the monotonic clock: nothing is tried before. */
  readonly retryAtMs: number
}

export interface BreakerFailure {
  readonly cause: string
  readonly hint: string
  readonly atLeastMs: number
}

export const untried: BreakerState = {
  connection: 'unknown',
  cause: '',
  hint: '',
  failures: 0,
  retryAtMs: 0,
}

export const succeeded: BreakerState = { ...untried, connection: 'reachable' }

/** Failures of uploads that were under way together count once: those before `retryAtMs`. */
export function failed(
  state: BreakerState,
  failure: BreakerFailure,
  monotonicMs: number,
  random: Random,
): BreakerState {
  const { cause, hint, atLeastMs } = failure
  if (state.connection === 'failing' && monotonicMs < state.retryAtMs) {
    return { ...state, cause, hint }
  }
  const failures = state.failures + 1
  const waitMs = backoffMs({ attempts: failures, longestMs: LONGEST_PROBE_MS, atLeastMs }, random)
  return { connection: 'failing', cause, hint, failures, retryAtMs: monotonicMs + waitMs }
}

/** While it fails, one upload at a time asks whether it still does. */
export function admits(state: BreakerState, monotonicMs: number, inFlight: number): boolean {
  if (state.connection !== 'failing') return true
  return monotonicMs >= state.retryAtMs && inFlight === 0
}
