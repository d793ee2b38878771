/** How much of a file one message carries: little where the link is slow, since a cut loses it. */

/** What a message takes on its way, more or less. */
const MESSAGE_MS = 64
const LEAST_BYTES = 16 * 1024
/** While nothing is known. */
const FIRST_BYTES = 64 * 1024
/**
 * Buffers on the way swallow the first bytes at once, some 10 MB at most: a rate is one over at
 * least this long, or over several times as many bytes.
 */
const MEASURED_MS = 500
const MEASURED_BYTES = 32 << 20

export interface Pace {
  /** Bytes of content in a message, a multiple of 16 KiB. */
  pieceBytes(): number
  /** So many bytes have gone to the link, which was ready for them. */
  sent(bytes: number, monotonicMs: number): void
  /** There is nothing to send for now: the time until there is says nothing of the link. */
  paused(): void
}

export function createPace(mostBytes: number): Pace {
  let piece = Math.min(FIRST_BYTES, mostBytes)
  let startMs: number | undefined
  let sum = 0
  return {
    pieceBytes: () => piece,
    sent(bytes, monotonicMs) {
      startMs ??= monotonicMs
      sum += bytes
      const elapsedMs = monotonicMs - startMs
      if (elapsedMs < MEASURED_MS && sum < MEASURED_BYTES) return
      const wanted = (sum / Math.max(elapsedMs, 1)) * MESSAGE_MS
      const whole = Math.floor(wanted / LEAST_BYTES) * LEAST_BYTES
      piece = Math.min(mostBytes, Math.max(LEAST_BYTES, whole))
      startMs = monotonicMs
      sum = 0
    },
    paused() {
      startMs = undefined
      sum = 0
    },
  }
}
