/** Time: monotonic for decisions, wall for names and logs. */

export interface Clock {
  /** Milliseconds since 1970 as the board believes; for names and logs only. */
  wallMs(): number
  /** Milliseconds that never go back, from an unknown start. */
  monotonicMs(): number
  /** Resolves after the delay, or at once when the signal aborts; it never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

/** Longer timers overflow in the runtime and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export function createSystemClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        // A timer of 0 ms fires after 1 ms; this only lets the others have their turn.
        if (delayMs <= 0) return void setImmediate(resolve)
        const finish = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', finish)
          resolve()
        }
        const timer = setTimeout(finish, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS))
        signal?.addEventListener('abort', finish)
      }),
  }
}
