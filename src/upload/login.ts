/** Logs in by `proto.rpc.v1.AuthService`: one token for all calls, renewed before it ends. */
import { errorMessage, Transient } from '../errors.ts'
import type { Clock } from '../system/clock.ts'
import '../wire/codec.ts'
import { proto } from '../wire/viam.js'
import type { Bearer } from './bearer.ts'
import { CallFailed, type GrpcCalls } from './grpc-calls.ts'
import { explainStatus, GRPC } from './grpc-failures.ts'

const { AuthenticateRequest, AuthenticateResponse } = proto.rpc.v1

const AUTHENTICATE_PATH = '/proto.rpc.v1.AuthService/Authenticate'

/** What a login is made of. Secret. */
export interface Credentials {
  readonly type: 'api-key' | 'robot-secret'
  readonly entity: string
  readonly payload: string
}

interface LoginOptions {
  readonly calls: GrpcCalls
  readonly clock: Clock
  /** Read anew for each login; undefined: calls go without a token. Fails as reading a file does. */
  readonly credentials: () => Credentials | undefined
}

/** A token is renewed when so much of its life is over. */
const RENEW_AT = 0.9

/** How long a token that can be read is good for, by its own times; undefined: until it is refused. */
function lifetimeMs(token: string): number | undefined {
  try {
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { iat, exp } = JSON.parse(text) as { iat?: unknown; exp?: unknown }
    if (typeof iat !== 'number' || typeof exp !== 'number' || exp <= iat) return undefined
    return (exp - iat) * 1000
  } catch {
    return undefined
  }
}

/** A whole answer of the server is needed for a token; its refusal concerns every file. */
function loginFailure(error: unknown): Transient {
  const hint = 'check destination.login, or the key in destination.key_file'
  if (!(error instanceof CallFailed)) {
    if (error instanceof Transient) return error
    return new Transient(`cannot log in: ${errorMessage(error)}`, { scope: 'destination', hint })
  }
  const { code, details } = error
  if (code === GRPC.unavailable) return explainStatus(code, details)
  const cause = `cannot log in (${details.slice(0, 200)})`
  return new Transient(cause, { scope: 'destination', hint })
}

export function createLogin({ calls, clock, credentials }: LoginOptions): Bearer {
  let current: { readonly token: Promise<string>; renewAtMs: number; text: string } | undefined
  const authenticate = async (): Promise<string> => {
    const found = credentials()
    if (found === undefined) return ''
    const { type, entity, payload } = found
    const message = AuthenticateRequest.encode({ entity, credentials: { type, payload } }).finish()
    try {
      const options = { path: AUTHENTICATE_PATH, headers: {} }
      const answer = await calls.unary(options, Buffer.from(message), new AbortController().signal)
      return AuthenticateResponse.decode(answer).accessToken
    } catch (error) {
      // A server without logins is used without them.
      if (error instanceof CallFailed && error.code === GRPC.unimplemented) return ''
      throw error
    }
  }
  return {
    token() {
      if (current && clock.monotonicMs() < current.renewAtMs) return current.token
      const startMs = clock.monotonicMs()
      const login = { token: authenticate(), renewAtMs: Number.POSITIVE_INFINITY, text: '' }
      login.token = login.token.then(
        (text) => {
          const lifeMs = lifetimeMs(text)
          if (lifeMs !== undefined) login.renewAtMs = startMs + lifeMs * RENEW_AT
          login.text = text
          return text
        },
        (error: unknown) => {
          if (current === login) current = undefined
          throw loginFailure(error)
        },
      )
      current = login
      return login.token
    },
    refused(token) {
      if (current?.text === token) current = undefined
      return token !== ''
    },
  }
}
