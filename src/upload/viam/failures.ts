/** What becomes of a file when Viam's server says no. Pure. */
import { Rejected, Transient } from '../../errors.ts'
import type { CallFailed } from '../grpc-calls.ts'
import { explainStatus, GRPC, isRefusal } from '../grpc-failures.ts'

/** A server that is out of something is asked again after this, if it does not say when. */
const EXHAUSTED_WAIT_MS = 10_000
const LONGEST_TEXT = 200

/** Of INVALID_ARGUMENT a person may have to think; all else may be otherwise later. */
export function failureOf({ code, details, retryAfterMs }: CallFailed): Rejected | Transient {
  const cause = { code }
  const text = `the receiver: ${details.slice(0, LONGEST_TEXT)}`
  if (code === GRPC.invalidArgument) return new Rejected(text)
  if (code === GRPC.unavailable) return explainStatus(code, details)
  if (isRefusal(code)) {
    const hint = 'check destination.login, or the key in destination.key_file, and what it may do'
    return new Transient(text, { scope: 'destination', hint, cause })
  }
  if (code === GRPC.resourceExhausted) {
    const waitMs = retryAfterMs || EXHAUSTED_WAIT_MS
    return new Transient(text, { scope: 'both', retryAfterMs: waitMs, cause })
  }
  return new Transient(text, { scope: 'file', retryAfterMs, cause })
}
