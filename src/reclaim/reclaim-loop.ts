/** FREE what is acknowledged: delete it, or mark it as kept where the operator wants it to stay. */
import { type BytePath, display } from '../byte-path.ts'
import type { Journal } from '../journal/journal.ts'
import type { Recorder } from '../journal/recorder.ts'
import type { Upload, UploadEvent } from '../model.ts'
import type { Bell } from '../system/bell.ts'
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import { type ReclaimParts, reclaim, type WhenUnsure } from './reclaim.ts'

export interface ReclaimLoopParts extends ReclaimParts {
  readonly clock: Clock
  readonly log: Logger
  readonly journal: Journal
  readonly recorder: Recorder
  readonly bell: Bell
}

export interface ReclaimLoopOptions {
  readonly whenUnsure: WhenUnsure
  /** Whether files below this root stay after they were sent. */
  readonly keeps: (root: BytePath) => boolean
}

export interface ReclaimLoop {
  run(signal: AbortSignal): Promise<void>
}

/** Between two batches other work goes on. */
const BATCH = 64
const IDLE_MS = 60_000

export function createReclaimLoop(
  parts: ReclaimLoopParts,
  options: ReclaimLoopOptions,
): ReclaimLoop {
  const { clock, log, journal, recorder, bell } = parts
  const settle = (upload: Upload): UploadEvent => {
    if (options.keeps(upload.file.root)) return { type: 'kept', row: upload.row }
    return reclaim(parts, upload, options.whenUnsure)
  }
  const tell = (upload: Upload, event: UploadEvent) => {
    if (!log.enabled('debug')) return
    const cause = event.type === 'held' ? event.reason : undefined
    log.debug(event.type, { path: display(upload.file.path), cause })
  }
  /** Goes on with what did not fit into a batch; rows just settled are not asked for again. */
  const batch = (): number => {
    recorder.flush()
    const uploads = journal.deletable(clock.monotonicMs(), BATCH)
    for (const upload of uploads) {
      const event = settle(upload)
      if (event.type === 'reclaimed') log.trace('unlinked')
      tell(upload, event)
      recorder.record(event)
    }
    recorder.flush()
    return uploads.length
  }
  return {
    async run(signal) {
      while (!signal.aborted) {
        const count = batch()
        if (count > 0) await clock.sleep(0, signal)
        else {
          const nowMs = clock.monotonicMs()
          const dueMs = journal.nextDueMs('acknowledged', nowMs) ?? Number.POSITIVE_INFINITY
          await bell.wait(Math.min(Math.max(dueMs - nowMs, 1), IDLE_MS), signal)
        }
      }
    },
  }
}
