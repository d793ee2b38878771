/** FREE what is acknowledged: delete it, or mark it as kept where the operator wants it to stay. */
import { display } from '../byte-path.ts'
import type { Journal } from '../journal/journal.ts'
import type { Recorder } from '../journal/recorder.ts'
import type { Upload, UploadEvent } from '../model.ts'
import { NOT_WANTED, type Policy } from '../policy.ts'
import type { Bell } from '../system/bell.ts'
import type { Clock } from '../system/clock.ts'
import type { Gate } from '../system/gate.ts'
import type { Logger } from '../system/logger.ts'
import { cannotBeMoved, type QuarantineParts, quarantine, withOwnReason } from './quarantine.ts'
import { reclaim, stands, type WhenUnsure } from './reclaim.ts'

export interface ReclaimLoopParts extends QuarantineParts {
  readonly clock: Clock
  readonly log: Logger
  readonly journal: Journal
  readonly recorder: Recorder
  readonly bell: Bell
  /** While it is closed nothing is deleted. */
  readonly gate: Gate
  /** Told of each file that went to `failed/`. */
  readonly onMoved?: (upload: Upload) => void
}

export interface ReclaimLoopOptions {
  readonly whenUnsure: WhenUnsure
  readonly policy: Policy
}

export interface ReclaimLoop {
  run(signal: AbortSignal): Promise<void>
  /** What becomes of uploads that were just acknowledged; nothing yet while the gate is closed. */
  settle(acknowledged: readonly Upload[]): readonly UploadEvent[]
}

const SWEEP_EVERY_MS = 30_000
const SWEEP_ROWS = 2000
/** Between two batches other work goes on. */
const BATCH = 64
const IDLE_MS = 60_000
/** Asked again now and then: the operator may change the configuration back. */
const UNWANTED_WAIT_MS = 600_000

function tell({ log, onMoved }: ReclaimLoopParts, upload: Upload, event: UploadEvent): void {
  const path = () => display(upload.file.path)
  if (event.type === 'quarantined') {
    onMoved?.(upload)
    log.warn('a file cannot be decoded, moved to failed/', { path: path(), cause: upload.reason })
  } else if (log.enabled('debug')) {
    const cause = event.type === 'held' ? event.reason : undefined
    log.debug(event.type, { path: path(), cause })
  }
}

/** What becomes of one, by what the operator wants for its path now. */
function createDecision(parts: ReclaimLoopParts, options: ReclaimLoopOptions) {
  return (upload: Upload): UploadEvent => {
    const { row, file } = upload
    const isUndecodable = upload.state === 'undecodable'
    const wanted = options.policy(file.path)
    if (wanted === 'none') {
      const reason = isUndecodable ? cannotBeMoved(upload, NOT_WANTED) : NOT_WANTED
      return { type: 'held', row, waitMs: UNWANTED_WAIT_MS, reason }
    }
    if (isUndecodable) return quarantine(parts, upload)
    return wanted === 'keep' ? { type: 'kept', row } : reclaim(parts, upload, options.whenUnsure)
  }
}

export function createReclaimLoop(
  parts: ReclaimLoopParts,
  options: ReclaimLoopOptions,
): ReclaimLoop {
  const { clock, log, journal, recorder, bell, gate, guard } = parts
  const decide = createDecision(parts, options)
  const settleAll = (uploads: readonly Upload[]): UploadEvent[] =>
    guard.together(() =>
      uploads.map(withOwnReason).map((upload) => {
        const event = decide(upload)
        if (event.type === 'reclaimed') log.trace('unlinked')
        tell(parts, upload, event)
        return event
      }),
    )
  /** Goes on with what did not fit into a batch; rows just settled are not asked for again. */
  const batch = (nowMs: number): number => {
    recorder.flush()
    const uploads = journal.settleable(nowMs, BATCH)
    for (const event of settleAll(uploads)) recorder.record(event)
    recorder.flush()
    return uploads.length
  }
  /** Kept files that are gone need no row; a few are looked at now and then. */
  let sweptRow = 0
  let sweptMs = clock.monotonicMs()
  const sweepKept = () => {
    if (clock.monotonicMs() - sweptMs < SWEEP_EVERY_MS) return
    sweptMs = clock.monotonicMs()
    const kept = journal.kept(sweptRow, SWEEP_ROWS)
    guard.together(() => {
      for (const upload of kept) {
        if (!stands(parts, upload)) recorder.record({ type: 'vanished', row: upload.row })
      }
    })
    sweptRow = kept.at(-1)?.row ?? 0
  }
  return {
    settle: (acknowledged) => (gate.closedBecause() === '' ? settleAll(acknowledged) : []),
    async run(signal) {
      while (!signal.aborted) {
        if (gate.closedBecause() !== '') {
          await bell.wait(IDLE_MS, signal)
          continue
        }
        sweepKept()
        // One moment for both questions: what becomes due between them would be passed over.
        const nowMs = clock.monotonicMs()
        const count = batch(nowMs)
        if (count > 0) await clock.sleep(0, signal)
        else {
          const dueMs = Math.min(
            ...(['acknowledged', 'undecodable'] as const).map(
              (state) => journal.nextDueMs(state, nowMs) ?? Number.POSITIVE_INFINITY,
            ),
          )
          await bell.wait(Math.min(Math.max(dueMs - clock.monotonicMs(), 1), IDLE_MS), signal)
        }
      }
    },
  }
}
