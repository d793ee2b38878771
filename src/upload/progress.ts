/** When the progress of one upload is worth a line of the log. Pure. */

/** Viam's: a line for each file in so long. */
const SAY_EVERY_MS = 30_000

export interface ProgressLine {
  readonly sentBytes: number
  readonly percent: number
  /** Since the last line, or over the whole upload at its end. */
  readonly bytesPerSecond: number
}

export interface Progress {
  /** The content was read up to here; a line when it is time for one. */
  advanced(offsetBytes: number, monotonicMs: number): ProgressLine | undefined
  /** A summary, for an upload that took long enough to have been spoken of. */
  ended(monotonicMs: number): ProgressLine | undefined
}

const rate = (bytes: number, overMs: number) => Math.round((bytes / Math.max(overMs, 1)) * 1000)

/** What was durable before this attempt does not count into the rate. */
export function createProgress(sizeBytes: number, startMs: number): Progress {
  let first: number | undefined
  let sent = 0
  let said = { atMs: startMs, bytes: 0 }
  let hasSpoken = false
  const line = (bytes: number, overMs: number): ProgressLine => ({
    sentBytes: sent,
    percent: sizeBytes === 0 ? 100 : Math.floor((sent / sizeBytes) * 100),
    bytesPerSecond: rate(bytes, overMs),
  })
  return {
    advanced(offsetBytes, nowMs) {
      if (first === undefined) {
        first = offsetBytes
        said = { ...said, bytes: offsetBytes }
      }
      sent = Math.max(sent, offsetBytes)
      if (nowMs - said.atMs < SAY_EVERY_MS) return undefined
      const due = line(sent - said.bytes, nowMs - said.atMs)
      said = { atMs: nowMs, bytes: sent }
      hasSpoken = true
      return due
    },
    ended: (nowMs) => (hasSpoken ? line(sent - (first ?? 0), nowMs - startMs) : undefined),
  }
}
