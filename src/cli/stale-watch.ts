/** Warns when files wait for too long. */
import type { Journal } from '../journal/journal.ts'
import { NOTHING_WAITS, observe, staleLevel } from '../status/stale.ts'
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import { formatTime } from '../units.ts'

interface StaleParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Logger
}

interface Schedule {
  readonly intervalMs: number
  readonly isPaused: boolean
  /** Why nothing is sent, where that is known; else ''. */
  readonly cause: string
}

/** To be called now and then; `schedule` is as it is now. */
export function createStaleWatch({ journal, clock, log }: StaleParts) {
  let staleness = NOTHING_WAITS
  return ({ intervalMs, isPaused, cause }: Schedule): void => {
    const monotonicMs = clock.monotonicMs()
    const { pendingFiles: files, pendingBytes: bytes, counters } = journal.summary()
    const { acknowledgedFiles, supersededFiles, vanishedFiles, quarantinedFiles } = counters
    const settled = acknowledgedFiles + supersededFiles + vanishedFiles + quarantinedFiles
    staleness = observe(staleness, { files, settled }, monotonicMs)
    const level = staleLevel(staleness, { intervalMs, isPaused, monotonicMs })
    if (level === undefined) return
    const waited = formatTime(monotonicMs - (staleness.sinceMs ?? monotonicMs))
    staleness = { ...staleness, toldMs: monotonicMs }
    log[level]('files wait, and none is sent', {
      files,
      bytes,
      waited,
      cause: cause || undefined,
    })
  }
}
