/** SEND what is due: as many at once as the slots allow, none that waits, one while nothing answers. */
import { display } from '../byte-path.ts'
import { errorMessage, Transient } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Recorder } from '../journal/recorder.ts'
import type { Upload, UploadEvent } from '../model.ts'
import { NOT_WANTED, type Policy } from '../policy.ts'
import { type BreakerState, failed, succeeded, untried } from '../schedule/breaker.ts'
import type { SlotLimits } from '../schedule/slots.ts'
import { createSuspects } from '../schedule/suspects.ts'
import type { Bell } from '../system/bell.ts'
import type { Clock } from '../system/clock.ts'
import type { Files } from '../system/files.ts'
import type { Gate } from '../system/gate.ts'
import type { Logger } from '../system/logger.ts'
import type { Random } from '../system/random.ts'
import type { RootGuard } from '../system/root-guard.ts'
import type { Destination, DestinationHooks } from './destination.ts'
import { isFull, type LoopState, nextUploads } from './next-uploads.ts'
import { tellProgress } from './told-source.ts'
import { openVersion } from './version-source.ts'
import { carry, type Outcome } from './worker.ts'

export interface UploadLoopParts {
  readonly files: Files
  readonly guard: RootGuard
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly journal: Journal
  readonly recorder: Recorder
  readonly destination: Destination
  readonly bell: Bell
  /** While it is closed no upload starts. */
  readonly gate: Gate
  /** What the operator wants for a path now. */
  readonly policy: Policy
}

export interface Flight {
  readonly upload: Upload
  readonly committedBytes: number
}

export interface UploadLoop {
  run(signal: AbortSignal): Promise<void>
  /** To be told of each batch that the journal has: only then may a row start again. */
  written(events: readonly UploadEvent[]): void
  /** Does not wait for the next time to ask a destination that fails. */
  retryNow(): void
  state(): UploadLoopState
}

export interface UploadLoopState {
  readonly breaker: BreakerState
  readonly flights: readonly Flight[]
  /** Signs of life from the destination so far. */
  readonly answers: number
}

/** Longest time without asking the journal; the bell ends it sooner. */
const IDLE_MS = 60_000

function noteDestination(
  { clock, random, log, bell }: UploadLoopParts,
  state: LoopState,
  learned: Outcome['destination'],
): void {
  const before = state.breaker
  if (learned === undefined) return
  if (learned === 'reachable') {
    state.answers += 1
    state.breaker = succeeded
    if (before.connection !== 'failing') return
    log.info('the destination answers again')
    bell.ring()
    return
  }
  const { message: cause, hint, retryAfterMs: atLeastMs } = learned
  state.breaker = failed(before, { cause, hint, atLeastMs }, clock.monotonicMs(), random)
  if (before.connection !== 'failing' || before.cause !== cause) {
    log.warn('the destination cannot be used', { cause, hint: hint || undefined })
  }
}

/** What an upload on its way tells. What the destination keeps is an answer: the others go on. */
function hooksOf(
  parts: UploadLoopParts,
  state: LoopState,
  row: number,
  path: string,
): DestinationHooks {
  const { recorder, log } = parts
  const answered = () => noteDestination(parts, state, 'reachable')
  return {
    onStep: (step) => log.trace(step, { path }),
    onDurable(chain) {
      const flight = state.flights.get(row)
      // Where it goes on is known before: only what is new says that it can keep more.
      if (chain.offsetBytes > (flight?.committedBytes ?? 0)) answered()
      else state.answers += 1
      if (flight) flight.committedBytes = chain.offsetBytes
      recorder.progressed(row, chain)
    },
    onDelivered(messages) {
      recorder.record({ type: 'delivered', row, messages })
      recorder.flush()
      answered()
    },
  }
}

/** Whose failure it is depends on how others fare. */
function noteSuspect(
  { suspects, answers }: LoopState,
  row: number,
  { event, destination }: Outcome,
) {
  if (event === undefined && destination !== undefined) suspects.failed(row, answers)
  else if (event?.type === 'acknowledged') suspects.accepted(row)
  else suspects.forget(row)
}

/** Asked again now and then: the operator may change the configuration back. */
const UNWANTED_WAIT_MS = 600_000

const notWanted = () => new Transient(NOT_WANTED, { scope: 'file', retryAfterMs: UNWANTED_WAIT_MS })

async function fly(
  parts: UploadLoopParts,
  state: LoopState,
  upload: Upload,
  signal: AbortSignal,
): Promise<void> {
  const { recorder, log, random, destination, bell } = parts
  const { row, file } = upload
  const path = log.enabled('debug') ? display(file.path) : ''
  const hooks = hooksOf(parts, state, row, path)
  try {
    const open = (one: Upload) => {
      if (parts.policy(one.file.path) === 'none') throw notWanted()
      return tellProgress(openVersion(parts, one), one, parts)
    }
    const isItsOwn = () => state.suspects.isOutdone(row, state.answers)
    const outcome = await carry({ destination, random, open, isItsOwn }, upload, hooks, signal)
    const { event, error } = outcome
    if (event?.type === 'acknowledged') recorder.ended(row)
    else recorder.interrupted(row)
    if (event?.type === 'acknowledged') log.trace('receipt', { path })
    if (error) log.debug('not sent', { path, cause: errorMessage(error) })
    else log.debug('sent', { path, bytes: file.sizeBytes })
    noteSuspect(state, row, outcome)
    noteDestination(parts, state, outcome.destination)
    const flight = state.flights.get(row)
    // Where only the journal knows of the receipt, what follows waits until it is written: a crash before
    // sends it again, and at most what is in flight may be.
    const isKnownElsewhere = event?.type !== 'acknowledged' || !event.isSole
    if (event && flight) flight.isOver = isKnownElsewhere
    if (event) recorder.record(event, upload)
    else state.flights.delete(row)
  } catch (error) {
    recorder.interrupted(row)
    state.flights.delete(row)
    if (!signal.aborted) log.error('an upload failed unforeseen', { cause: errorMessage(error) })
  }
  bell.ring()
}

export function createUploadLoop(parts: UploadLoopParts, limits: SlotLimits): UploadLoop {
  const { clock, journal, bell, gate } = parts
  const state: LoopState = {
    ...{ flights: new Map(), breaker: untried, answers: 0 },
    suspects: createSuspects(),
  }
  /** From the moment of the look: what became due since is waited for, not passed over. */
  const waitMs = (nowMs: number): number => {
    const { connection, retryAtMs } = state.breaker
    // Those in flight ring when they end.
    if (isFull(state, limits)) return IDLE_MS
    const isHeldBack = connection === 'failing' && retryAtMs > nowMs
    const nextMs = isHeldBack ? retryAtMs : (journal.nextDueMs('pending', nowMs) ?? Infinity)
    return Math.min(Math.max(nextMs - clock.monotonicMs(), 1), IDLE_MS)
  }
  return {
    async run(signal) {
      const flying = new Set<Promise<void>>()
      while (!signal.aborted) {
        const nowMs = clock.monotonicMs()
        const isOpen = gate.closedBecause() === ''
        const starting = isOpen ? nextUploads(journal, state, limits, nowMs) : []
        parts.guard.together(() => {
          for (const upload of starting) {
            state.flights.set(upload.row, {
              upload,
              committedBytes: upload.committedBytes,
              isOver: false,
            })
            const flight = fly(parts, state, upload, signal)
            flying.add(flight)
            void flight.finally(() => flying.delete(flight))
          }
        })
        await bell.wait(isOpen ? waitMs(nowMs) : IDLE_MS, signal)
      }
      await Promise.all(flying)
    },
    written(events) {
      for (const event of events) {
        if (event.type !== 'progressed' && event.type !== 'delivered')
          state.flights.delete(event.row)
      }
      bell.ring()
    },
    retryNow() {
      state.breaker = { ...state.breaker, retryAtMs: clock.monotonicMs() }
      bell.ring()
    },
    state: () => {
      const { breaker, answers, flights } = state
      return { breaker, answers, flights: [...flights.values()] }
    },
  }
}
