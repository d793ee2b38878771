/** A sync by hand: looks at once and sends what it finds, whatever the schedule says. */
import { Transient } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Clock } from '../system/clock.ts'
import type { Gate } from '../system/gate.ts'
import type { BreakerState } from './breaker.ts'

/** What the upload loop is doing. Structural, so that no stage is imported here. */
interface Sending {
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

type Waiting = Pick<ManualSyncParts, 'journal' | 'clock'>

/** Resolves when nothing that was found can still move: true when nothing is left. */
export async function settled({ journal, clock }: Waiting, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const { pendingFiles, slowLaneFiles, reasons, ...rest } = journal.summary()
    const held = reasons.reduce((sum, { files }) => sum + files, 0)
    const left = pendingFiles + rest.reclaimableFiles + rest.undecodableFiles
    if (left === 0) return true
    if (left === slowLaneFiles || (pendingFiles === slowLaneFiles && held >= left)) return false
    await clock.sleep(CHECK_MS, signal)
  }
  return false
}

/** Every due row is under way, and the destination gave a sign of life. */
async function handedOver(parts: ManualSyncParts, signal: AbortSignal): Promise<void> {
  const { journal, clock, upload } = parts
  const { answers, breaker: before } = upload.state()
  journal.dueNow()
  upload.retryNow()
  for (;;) {
    signal.throwIfAborted()
    const { breaker, flights, answers: now } = upload.state()
    if (breaker.connection === 'failing' && breaker.failures !== before.failures) {
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
      return await settled(parts, signal)
    })
    whole.catch(reject)
    return promise
  }
}
