/** Authenticate: credentials of a key become a token. */
import { decoded } from '../../wire/codec.ts'
import { proto } from '../../wire/viam.js'
import type { Keyring } from '../keys.ts'
import { createUnary, decodeMessage, type Method, Unauthenticated } from './method.ts'

const { AuthenticateRequest, AuthenticateResponse } = proto.rpc.v1

/** What clients without keys get: the receiver does not look at it again. */
const ANONYMOUS_TOKEN = 'anonymous'

/** Without a keyring any credentials will do. */
export function authenticate(keyring: Keyring | undefined): Method {
  return {
    path: '/proto.rpc.v1.AuthService/Authenticate',
    isOpenToAll: true,
    open: () =>
      createUnary(async (message) => {
        const request = decoded(decodeMessage(() => AuthenticateRequest.decode(message)))
        const { type, payload } = request.credentials ?? {}
        const accessToken = keyring
          ? keyring.login(type ?? '', request.entity, payload ?? '')
          : ANONYMOUS_TOKEN
        if (accessToken === undefined) {
          throw new Unauthenticated('the key is unknown or revoked, or its secret is another')
        }
        return AuthenticateResponse.encode({ accessToken }).finish()
      }),
  }
}
