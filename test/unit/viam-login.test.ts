/** Logging in to Viam's server: who, when, how often. */
import { describe, expect, test } from 'bun:test'
import { Transient } from '../../src/errors.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import type { Credentials } from '../../src/upload/login.ts'
import { cameraMetadata, captureFile, times } from '../fakes/capture-file.ts'
import { failureOf, plain, start } from '../fakes/viam-agent.ts'

const login: Credentials = { type: 'api-key', entity: 'key-id', payload: 'secret' }
const bytes = Buffer.from('content')
const large = captureFile(cameraMetadata(), [
  { metadata: times(1), binary: Buffer.alloc(2 << 20, 1) },
])

/** A token that a JWT reader can read, of this lifetime. */
function tokenOf(name: string, lifeSeconds: number): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ iat: 1000, exp: 1000 + lifeSeconds })}.${name}`
}

/** Gives out t1, t2, ...; those in `valid` are accepted. */
function gate(life?: number) {
  const valid = new Set<string>()
  let count = 0
  const issue = () => {
    count += 1
    const token = life === undefined ? `t${count}` : tokenOf(`t${count}`, life)
    valid.add(token)
    return token
  }
  return { valid, issue, accepts: (token: string) => valid.has(token) }
}

describe('a login', () => {
  test('goes without an authorization header, says who, and its token is on every call', async () => {
    const auth = gate()
    const { agent, server } = await start({ auth }, { login })
    await agent.send('a', bytes)
    await agent.send('b.capture', large)
    expect(plain(server.logins)).toEqual([
      { entity: 'key-id', credentials: { type: 'api-key', payload: 'secret' } },
    ])
    expect(server.authorizations).toEqual(['Bearer t1', 'Bearer t1'])
  })

  test('is one for many calls at once', async () => {
    const { agent, server } = await start({ auth: gate() }, { login })
    await Promise.all(Array.from({ length: 20 }, (_, index) => agent.send(`f${index}`, bytes)))
    expect(server.logins).toHaveLength(1)
    expect(server.stored).toHaveLength(20)
  })

  test('O12 an expired token: a fresh one, and the whole message again, for streams too', async () => {
    const auth = gate()
    const { agent, server } = await start({ auth }, { login })
    await agent.send('a', bytes)
    auth.valid.clear()
    const content = Buffer.alloc(10 << 20, 'streamed ')
    await agent.send('big', content)
    auth.valid.clear()
    await agent.send('b.capture', large)
    expect(server.logins).toHaveLength(3)
    expect(server.stored.map((call) => call.rpc)).toEqual([
      'FileUpload',
      'FileUpload',
      'StreamingDataCaptureUpload',
    ])
    expect(server.stored[1]?.content.equals(content)).toBe(true)
    expect(server.authorizations).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
      'Bearer t2',
      'Bearer t3',
    ])
  })

  test('many calls that are refused at once log in once more together', async () => {
    const auth = gate()
    const { agent, server } = await start({ auth }, { login })
    await agent.send('a', bytes)
    auth.valid.clear()
    await Promise.all(Array.from({ length: 20 }, (_, index) => agent.send(`f${index}`, bytes)))
    expect(server.logins).toHaveLength(2)
    expect(server.stored).toHaveLength(21)
  })

  test('a token that is refused again is a matter of the destination, after one repetition', async () => {
    const auth = { issue: () => 't', accepts: () => false }
    const { agent, server } = await start({ auth }, { login })
    const error = await failureOf(agent.send('a', bytes))
    expect(error).toBeInstanceOf(Transient)
    expect(error).toMatchObject({ scope: 'destination' })
    expect((error as Transient).hint).toInclude('destination.login')
    expect(server.authorizations).toHaveLength(2)
    expect(server.stored).toHaveLength(0)
  })

  test('that is refused is a matter of the destination, and the secret is not in its words', async () => {
    const auth = { issue: () => 16, accepts: () => false }
    const { agent, server } = await start({ auth }, { login })
    const error = (await failureOf(agent.send('a', bytes))) as Transient
    expect(error.scope).toBe('destination')
    expect(error.message).toStartWith('cannot log in')
    expect(`${error.message} ${error.hint}`).not.toInclude('secret')
    expect(server.authorizations).toHaveLength(0)
    await failureOf(agent.again('a'))
    expect(server.logins).toHaveLength(2)
  })

  test('a server without logins is used without a token', async () => {
    const { agent, server } = await start({}, { login })
    await agent.send('a', bytes)
    expect(server.authorizations).toEqual([''])
    expect(server.stored).toHaveLength(1)
  })

  test('a token is renewed when nine tenths of its life are over, by a clock that never jumps', async () => {
    let nowMs = 5_000_000
    const clock = { ...createSystemClock(), monotonicMs: () => nowMs, wallMs: () => -1e12 }
    const { agent, server } = await start({ auth: gate(100) }, { login, clock })
    await agent.send('a', bytes)
    nowMs += 89_000
    await agent.send('b', bytes)
    expect(server.logins).toHaveLength(1)
    nowMs += 2000
    await agent.send('c', bytes)
    expect(server.logins).toHaveLength(2)
    expect(server.authorizations[2]).toBe(`Bearer ${tokenOf('t2', 100)}`)
  })
})
