/** Whether a server of Viam's protocol answers, and takes the login. */
import * as fs from 'node:fs'
import type { DestinationUrl, FerryConfig } from '../config/config.ts'
import { errorMessage, Transient } from '../errors.ts'
import { unlimited } from '../schedule/rate-limit.ts'
import { createSystemClock } from '../system/clock.ts'
import { createGrpcCalls } from '../upload/grpc-calls.ts'
import { createLogin } from '../upload/login.ts'
import { type Finding, fail, ok, warn } from './check-finding.ts'
import { credentialsOf } from './open-destination.ts'

export type Net = Extract<DestinationUrl, { scheme: 'grpc' | 'grpcs' }>

const ANSWER_WITHIN_MS = 10_000
/** Where there is no login a server is asked all the same: any answer of its own is an answer. */
const NOBODY = { type: 'api-key', entity: '', payload: '' } as const
const FIRST_FILE = 'the first file shows whether it takes files'

function openCalls({ caFile }: FerryConfig['destination'], { host, port, scheme }: Net) {
  return createGrpcCalls({
    ...{ host, port, secure: scheme === 'grpcs' },
    ca: caFile === undefined ? undefined : fs.readFileSync(caFile),
    ...{ clock: createSystemClock(), silenceMs: ANSWER_WITHIN_MS },
    ...{ rateLimit: () => unlimited, onSent: () => {} },
  })
}

export function notReached(error: unknown): Finding {
  const hint = error instanceof Transient ? error.hint : ''
  return fail('receiver', errorMessage(error), hint || 'nothing is lost: files wait on the board')
}

/** One line: no answer and no login are told apart from what only a file can show. */
export async function loginFinding({ destination }: FerryConfig, url: Net): Promise<Finding> {
  let isThere = false
  try {
    const calls = openCalls(destination, url)
    const known = credentialsOf(destination)
    const credentials = () => known ?? NOBODY
    const bearer = createLogin({ calls, clock: createSystemClock(), credentials })
    try {
      const token = await bearer.token()
      if (token === '') return warn('receiver', `it answers, and knows no logins: ${FIRST_FILE}`)
      return ok('receiver', known ? 'it takes the login' : `it answers: ${FIRST_FILE}`)
    } catch (error) {
      isThere = known === undefined && calls.isConnected()
      throw error
    } finally {
      calls.close()
    }
  } catch (error) {
    if (isThere) return ok('receiver', `it answers: ${FIRST_FILE}`)
    return notReached(error)
  }
}
