/** A token bucket on monotonic time: holds a bandwidth over any ten seconds. */

export interface RateLimit {
  /** How long to wait before sending this many bytes; they count as sent from now on. */
  reserve(bytes: number, monotonicMs: number): number
}

/** What may be sent at once after a pause: short, so that ten seconds stay within 5 %. */
const BURST_MS = 100

export const unlimited: RateLimit = { reserve: () => 0 }

export function createRateLimit(bytesPerSecond: number): RateLimit {
  const bytesPerMs = bytesPerSecond / 1000
  let freeAtMs = Number.NEGATIVE_INFINITY
  return {
    reserve(bytes, monotonicMs) {
      const startMs = Math.max(freeAtMs, monotonicMs - BURST_MS)
      freeAtMs = startMs + bytes / bytesPerMs
      return Math.max(0, startMs - monotonicMs)
    },
  }
}
