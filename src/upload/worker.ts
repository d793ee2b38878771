/** Carries one upload and tells what became of it, as events and as a verdict on the destination. */
import { errorMessage, Rejected, SourceChanged, Transient, Undecodable } from '../errors.ts'
import type { Receipt, Upload, UploadEvent } from '../model.ts'
import { backoffMs, LONGEST_WAIT_MS } from '../schedule/backoff.ts'
import type { Random } from '../system/random.ts'
import type { Destination, DestinationHooks, VersionReader } from './destination.ts'

interface WorkerParts {
  readonly destination: Destination
  readonly random: Random
  /** Fails as reading the file does, or when the operator no longer wants it sent. */
  readonly open: (upload: Upload) => VersionReader & { close(): void }
  /** Whether other files fared better since this one last failed. */
  readonly isItsOwn?: () => boolean
}

/** `destination`: what was learned about the destination as a whole, if anything. */
export interface Outcome {
  readonly event: UploadEvent | undefined
  readonly destination: 'reachable' | Transient | undefined
  readonly error: Error | undefined
}

/** A refusal is asked again after about an hour; sooner does not help. */
const SLOW_LANE_ATTEMPTS = 20

function postponed(upload: Upload, error: Error, advanced: boolean, random: Random): UploadEvent {
  const isSlow = error instanceof Rejected
  const attempts = isSlow ? SLOW_LANE_ATTEMPTS : advanced ? 1 : upload.attempts + 1
  const atLeastMs = error instanceof Transient ? error.retryAfterMs : 0
  return {
    type: 'postponed',
    row: upload.row,
    waitMs: backoffMs({ attempts, longestMs: LONGEST_WAIT_MS, atLeastMs }, random),
    lane: isSlow || /^cannot be read/.test(error.message) ? 'slow' : 'normal',
    reason: errorMessage(error),
    advanced,
  }
}

/** What a failure that postpones its file says of the destination. */
function verdictOn(failure: Error): Outcome['destination'] {
  if (failure instanceof Rejected) return 'reachable'
  return failure instanceof Transient && failure.scope === 'both' ? failure : undefined
}

function outcomeOf(upload: Upload, error: unknown, advanced: boolean, random: Random): Outcome {
  const failure = error instanceof Error ? error : new Error(errorMessage(error))
  const { row } = upload
  if (failure instanceof SourceChanged) {
    const type = failure.change === 'vanished' ? 'vanished' : 'superseded'
    return { event: { type, row }, destination: undefined, error: failure }
  }
  if (failure instanceof Undecodable) {
    const event: UploadEvent = { type: 'undecodable', row, reason: errorMessage(failure) }
    return { event, destination: undefined, error: failure }
  }
  if (failure instanceof Transient && failure.scope === 'destination') {
    return { event: undefined, destination: failure, error: failure }
  }
  const event = postponed(upload, failure, advanced, random)
  return { event, destination: verdictOn(failure), error: failure }
}

/** What fails alone, while the destination answers others, must not stand in their way. */
function narrowed(error: unknown): unknown {
  if (!(error instanceof Transient) || error.scope !== 'destination') return error
  const { message, hint, retryAfterMs, cause } = error
  return new Transient(message, { scope: 'both', hint, retryAfterMs, cause })
}

/** Never fails, unless the signal aborts: then with its reason. */
export async function carry(
  parts: WorkerParts,
  upload: Upload,
  hooks: DestinationHooks,
  signal: AbortSignal,
): Promise<Outcome> {
  let advanced = false
  let source: ReturnType<WorkerParts['open']> | undefined
  const watched: DestinationHooks = {
    ...hooks,
    onDurable(chain) {
      if (chain.offsetBytes > upload.committedBytes) advanced = true
      hooks.onDurable(chain)
    },
    onDelivered(messages) {
      advanced = true
      hooks.onDelivered(messages)
    },
  }
  try {
    source = parts.open(upload)
    const receipt: Receipt = await parts.destination.upload(upload, source, watched, signal)
    const isSole = parts.destination.kind === 'viam'
    const event: UploadEvent = { type: 'acknowledged', row: upload.row, receipt, isSole }
    return { event, destination: 'reachable', error: undefined }
  } catch (error) {
    signal.throwIfAborted()
    const failure = parts.isItsOwn?.() ? narrowed(error) : error
    return outcomeOf(upload, failure, advanced, parts.random)
  } finally {
    source?.close()
  }
}
