/** Calls that say who they are by, and are made once more when the token was not accepted. */
import { unlessAborted } from '../abort.ts'
import type { Bearer } from '../bearer.ts'
import { CallFailed, type CallOptions, type GrpcCalls, type Write } from '../grpc-calls.ts'
import { isRefusal } from '../grpc-failures.ts'
import { failureOf } from './failures.ts'

/**
 * One call to its answer; `send` writes the whole message, and may be asked to do so a second time.
 * Fails only as `Destination.upload` does.
 */
export type Call = (
  options: CallOptions,
  send: (write: Write) => Promise<void>,
  signal: AbortSignal,
) => Promise<Buffer>

export function createAuthorized(calls: GrpcCalls, bearer: Bearer): Call {
  return async ({ path, headers }, send, signal) => {
    const attempt = async (token: string) => {
      const authorization = token === '' ? {} : { authorization: `Bearer ${token}` }
      const answer = await calls.stream(
        { path, headers: { ...headers, ...authorization } },
        send,
        signal,
      )
      return answer
    }
    const token = await unlessAborted(bearer.token(), signal)
    try {
      try {
        return await attempt(token)
      } catch (error) {
        if (!(error instanceof CallFailed && isRefusal(error.code))) throw error
        if (!bearer.refused(token)) throw error
      }
      return await attempt(await unlessAborted(bearer.token(), signal))
    } catch (error) {
      throw error instanceof CallFailed ? failureOf(error) : error
    }
  }
}
