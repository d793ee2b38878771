/** A bell between loops: rung from anywhere, it ends one wait; it carries no data. */
import type { Clock } from './clock.ts'

export interface Bell {
  ring(): void
  /** Resolves when rung (also when rung since the last wait), after the delay, or on abort. */
  wait(delayMs: number, signal: AbortSignal): Promise<void>
}

/** For one waiter. */
export function createBell(clock: Clock): Bell {
  let rung = false
  let waiting: AbortController | undefined
  const stop = () => waiting?.abort()
  return {
    ring() {
      rung = true
      stop()
    },
    async wait(delayMs, signal) {
      if (!rung && !signal.aborted) {
        waiting = new AbortController()
        signal.addEventListener('abort', stop, { once: true })
        await clock.sleep(delayMs, waiting.signal)
        signal.removeEventListener('abort', stop)
        waiting = undefined
      }
      rung = false
    },
  }
}
