/** A sync by hand: looks at once and sends what it finds, whatever the schedule says. */
import { Transient } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Lane } from '../model.ts'
import type { Clock } from '../system/clock.ts'
import type { Gate } from '../system/gate.ts'
import type { BreakerState } from './breaker.ts'

/** What the upload loop is doing. Structural, so that no stage is imported here. */
export interface Sending {
  /** Does not wait for the next time to ask a destination that fails. */
  retryNow(): void
  state(): {
    readonly breaker: BreakerState
    readonly flights: readonly { readonly upload: { readonly row: number } }[]
    /** Signs of life from the destination so far. */
    readonly answers: number
  }
}

export interface ManualSyncParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly gate: Gate
  readonly upload: Sending
  /** Two looks, as far apart as the quiet time. */
  readonly look: (signal: AbortSignal) => Promise<unknown>
}

/** All that was found is on its way. */
export interface HandedOver {
  readonly pendingFiles: number
  /** True when nothing is left; false when what is left can only wait. */
  readonly settled: Promise<boolean>
}

/** How often one asks whether it is done. */
const CHECK_MS = 20
/** A summary of many rows takes long: this many times as long nothing is asked. */
const REST_TIMES = 20
const LONGEST_REST_MS = 2000
/** What only waits for another try has had a few by then. */
const PATIENCE_MS = 5000
/** A destination that fails for so long, after all was handed over, may stay away. */
const DOWN_PATIENCE_MS = 60_000

/** In a row: those of one file are not, as it waits longer each time. */
const FAILURES_OF_MANY = 3

interface Waiting extends Pick<ManualSyncParts, 'journal' | 'clock'> {
  /** Whether what is left can only wait; without it everything may still move. */
  readonly isStuck?: (leftFiles: number) => boolean
}

/** Asks until it holds or the signal aborts, and rests the longer the longer it took. */
export async function untilDone(clock: Clock, signal: AbortSignal, isDone: () => boolean) {
  while (!signal.aborted) {
    const startMs = clock.monotonicMs()
    if (isDone()) return
    const restMs = (clock.monotonicMs() - startMs) * REST_TIMES
    await clock.sleep(Math.min(Math.max(restMs, CHECK_MS), LONGEST_REST_MS), signal)
  }
}

const isUntriedIn = (journal: Journal, lane: Lane) =>
  journal.due({ monotonicMs: 0, lane, limit: 1 }).length > 0
const isHeldBack = (journal: Journal) => journal.settleable(0, 1).length === 0

/** Whether a row was not tried since it was found, or since all were made due. */
export const isUntried = (journal: Journal): boolean =>
  isUntriedIn(journal, 'normal') || isUntriedIn(journal, 'slow') || !isHeldBack(journal)

/** Resolves when nothing that was found can still move: true when nothing is left. */
export async function settled(waiting: Waiting, signal: AbortSignal): Promise<boolean> {
  const { journal, clock, isStuck = () => false } = waiting
  let isGone = false
  await untilDone(clock, signal, () => {
    const { pendingFiles, slowLaneFiles, reasons, ...rest } = journal.summary()
    const held = reasons.reduce((sum, { files }) => sum + files, 0)
    const left = pendingFiles + rest.reclaimableFiles + rest.undecodableFiles
    isGone = left === 0
    if (isGone || left === slowLaneFiles) return true
    if (pendingFiles === slowLaneFiles && held >= left && isHeldBack(journal)) return true
    return isStuck(left)
  })
  return isGone
}

/**
 * Stuck is what the gate does not let through, and what was tried and waits to be tried again while
 * nothing got further for a while. A file whose turn has not come may still move.
 */
function createStuck({ journal, clock, gate, upload }: ManualSyncParts) {
  let seen = ''
  let sinceMs = clock.monotonicMs()
  const isUnsent = () => isUntriedIn(journal, 'normal') || isUntriedIn(journal, 'slow')
  return (leftFiles: number): boolean => {
    const { flights, answers, breaker } = upload.state()
    const now = `${leftFiles} ${answers}`
    if (now !== seen) sinceMs = clock.monotonicMs()
    seen = now
    if (flights.length > 0) return false
    if (gate.closedBecause() !== '') return true
    const stillMs = clock.monotonicMs() - sinceMs
    if (breaker.connection === 'failing' && stillMs >= DOWN_PATIENCE_MS) return true
    return stillMs >= PATIENCE_MS && !isUnsent()
  }
}

/** Every due row is under way, and the destination gave a sign of life. */
async function handedOver(parts: ManualSyncParts, signal: AbortSignal): Promise<void> {
  const { journal, clock, upload } = parts
  const { answers, breaker: before } = upload.state()
  journal.dueNow()
  upload.retryNow()
  for (;;) {
    signal.throwIfAborted()
    const closed = parts.gate.closedBecause()
    if (closed !== '') throw new Error(closed)
    const { breaker, flights, answers: now } = upload.state()
    const isFailing = breaker.connection === 'failing' && breaker.failures !== before.failures
    // Where others are answered, one failure may be that of a single file.
    const isDown = now === answers || breaker.failures >= FAILURES_OF_MANY
    if (isFailing && isDown && flights.length === 0) {
      throw new Transient(breaker.cause, { scope: 'destination', hint: breaker.hint })
    }
    const busy = new Set(flights.map((flight) => flight.upload.row))
    const monotonicMs = clock.monotonicMs()
    const due = journal.due({ monotonicMs, lane: 'normal', limit: busy.size + 1 })
    const isOnItsWay = due.every(({ row }) => busy.has(row))
    if (isOnItsWay && (busy.size === 0 || now > answers)) return
    await clock.sleep(CHECK_MS, signal)
  }
}

/** Fails with why nothing can be sent: the gate's reason, or what the destination said. */
export function createManualSync(parts: ManualSyncParts) {
  return (signal: AbortSignal): Promise<HandedOver> => {
    const { promise, resolve, reject } = Promise.withResolvers<HandedOver>()
    const whole: Promise<boolean> = parts.gate.during(async () => {
      const closed = parts.gate.closedBecause()
      if (closed !== '') throw new Error(closed)
      await parts.look(signal)
      const { pendingFiles } = parts.journal.summary()
      await handedOver(parts, signal)
      resolve({ pendingFiles, settled: whole })
      return await settled({ ...parts, isStuck: createStuck(parts) }, signal)
    })
    whole.catch(reject)
    return promise
  }
}
