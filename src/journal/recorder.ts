/** Collects events, so that many of them are one transaction. */
import type { Chain, Upload, UploadEvent } from '../model.ts'
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import type { Journal } from './journal.ts'
import { transition } from './transitions.ts'

export interface Recorder {
  /** With the upload that it happened to, what follows from it at once is written with it. */
  record(event: UploadEvent, of?: Upload): void
  /** An offset is written seldom: the receiver knows it better. */
  progressed(row: number, chain: Chain): void
  /** Writes an offset that was held back, when its upload is interrupted. */
  interrupted(row: number): void
  /** Forgets the offset that was held back: the upload ended. */
  ended(row: number): void
  flush(): void
}

/** Events wait this long for others. */
const GATHER_MS = 20
/** What follows from them is done at once, and other work waits meanwhile. */
const MOST_EVENTS = 128
/** Offsets are written each time so many bytes became durable: flash wears out. */
const PROGRESS_GRAIN_BYTES = 128 << 20

interface RecorderOptions {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Logger
  /** What becomes at once of uploads that were just acknowledged; those left out wait as rows. */
  readonly settle: (acknowledged: readonly Upload[]) => readonly UploadEvent[]
  /** Called with the events that were written. */
  readonly onWritten: (events: readonly UploadEvent[]) => void
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { journal, clock, log, settle, onWritten } = options
  let events: UploadEvent[] = []
  let acknowledged: Upload[] = []
  let isScheduled = false
  const offsets = new Map<number, { written: number; latest: Chain }>()
  const flush = () => {
    if (events.length === 0) return
    const [gathered, fresh] = [events, acknowledged]
    events = []
    acknowledged = []
    const batch = fresh.length === 0 ? gathered : [...gathered, ...settle(fresh)]
    log.trace('journal commit begins', { events: batch.length })
    journal.apply(batch, clock.monotonicMs())
    log.trace('journal commit done')
    onWritten(batch)
  }
  const flushLater = async () => {
    isScheduled = true
    await clock.sleep(GATHER_MS)
    isScheduled = false
    flush()
  }
  const record = (event: UploadEvent, of?: Upload) => {
    const after = of && transition(of, event)
    events.push(event)
    if (after?.state === 'acknowledged') acknowledged.push(after)
    if (events.length >= MOST_EVENTS) flush()
    else if (!isScheduled) void flushLater()
  }
  return {
    record,
    progressed(row, chain) {
      const written = offsets.get(row)?.written ?? 0
      const isDue = chain.offsetBytes - written >= PROGRESS_GRAIN_BYTES
      offsets.set(row, { written: isDue ? chain.offsetBytes : written, latest: chain })
      if (isDue) record({ type: 'progressed', row, chain })
    },
    interrupted(row) {
      const offset = offsets.get(row)
      if (offset) record({ type: 'progressed', row, chain: offset.latest })
      offsets.delete(row)
    },
    ended: (row) => void offsets.delete(row),
    flush,
  }
}
