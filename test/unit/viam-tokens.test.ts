/** Keys and tokens: who may call. */
import { describe, expect, test } from 'bun:test'
import { createKeyring, makeKey, readKeys, writeKeys } from '../../src/receive/keys.ts'
import { createSystemRandom } from '../../src/system/random.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, stored, viamClient } from '../fakes/viam.ts'
import { loginRequest, PATHS, tabularRequest, tokenOf } from '../fakes/viam-messages.ts'

/** Keys of two devices. */
function makeRing() {
  const path = `${temporaryFolder('keys')}/keys`
  const [one, same, other] = ['robot', 'robot', 'other'].map((device) =>
    makeKey(device, 0, createSystemRandom()),
  )
  if (!one || !same || !other) throw new Error('no keys')
  writeKeys(path, [one.key, same.key, other.key])
  const ring = () => createKeyring(path, () => {})
  return { path, one, same, other, ring }
}

const secretOf = ({ key, secret }: ReturnType<typeof makeKey>) => secret.slice(key.id.length + 1)
const bearer = (token: string | undefined) => `Bearer ${token}`

describe('credentials', () => {
  test('of a good key give a token for its device', () => {
    const { ring, one, same, other } = makeRing()
    const keyring = ring()
    for (const [type, entity, payload, key] of [
      ['api-key', one.key.id, secretOf(one), one],
      ['api-key', one.key.id, one.secret, one],
      ['robot-secret', 'robot', secretOf(same), same],
      ['robot-secret', 'robot', same.secret, same],
      ['robot-secret', 'other', secretOf(other), other],
    ] as const) {
      const token = keyring.login(type, entity, payload)
      const { id, device } = key.key
      expect(keyring.authenticate(bearer(token))).toEqual({ id, device })
    }
  })

  test('that do not belong together give none', () => {
    const { ring, one, same, other } = makeRing()
    for (const [type, entity, payload] of [
      ['api-key', one.key.id, secretOf(other)],
      ['api-key', one.key.id, other.secret],
      ['api-key', one.key.id, ''],
      ['api-key', 'robot', secretOf(one)],
      ['api-key', one.key.id, secretOf(same)],
      ['robot-secret', 'robot', secretOf(other)],
      ['robot-secret', 'robot', other.secret],
      ['robot-secret', one.key.id, secretOf(one)],
      ['robot-secret', 'robot', one.key.sha256],
      ['robot-location-secret', 'robot', secretOf(one)],
      ['', '', ''],
    ] as const) {
      expect(ring().login(type, entity, payload)).toBeUndefined()
    }
  })
})

describe('a token', () => {
  test('outlives a restart', () => {
    const { ring, one } = makeRing()
    const token = ring().login('api-key', one.key.id, secretOf(one))
    expect(ring().authenticate(bearer(token))?.device).toBe('robot')
  })

  test('cannot be made from what the keys file has', () => {
    const { ring, one, path } = makeRing()
    const token = ring().login('api-key', one.key.id, secretOf(one)) ?? ''
    const stored = readKeys(path).find(({ id }) => id === one.key.id)
    for (const text of Object.values(stored ?? {}).map(String)) {
      expect(token.endsWith(text)).toBe(false)
      expect(ring().authenticate(bearer(`${one.key.id}.${text}`))).toBeUndefined()
    }
  })

  test('dies with its key at once, and with no other', () => {
    const { ring, one, same, path } = makeRing()
    const keyring = ring()
    const [mine, others] = [one, same].map((key) =>
      keyring.login('api-key', key.key.id, secretOf(key)),
    )
    writeKeys(
      path,
      readKeys(path).map((key) => (key.id === one.key.id ? { ...key, revoked: true } : key)),
    )
    expect(keyring.authenticate(bearer(mine))).toBeUndefined()
    expect(keyring.authenticate(bearer(one.secret))).toBeUndefined()
    expect(keyring.login('api-key', one.key.id, secretOf(one))).toBeUndefined()
    expect(keyring.authenticate(bearer(others))?.device).toBe('robot')
  })

  test('that was changed anywhere is none', () => {
    const { ring, one, other } = makeRing()
    const token = ring().login('api-key', one.key.id, secretOf(one)) ?? ''
    const forged = [
      token.replace(one.key.id, other.key.id),
      token.slice(0, -1),
      `${token}A`,
      one.key.id,
      `${one.key.id}.`,
      '.',
      '',
    ]
    for (const text of forged) expect(ring().authenticate(bearer(text))).toBeUndefined()
  })
})

test('a port with keys: login, upload with token or key, and nothing without', async () => {
  const { path, one } = makeRing()
  const folder = temporaryFolder('login')
  const { client, server, close } = await openViamAt(folder, { keys: path })
  const bad = await client.unary(PATHS.login, loginRequest(one.key.id, 'api-key', 'wrong'))
  expect(bad.status).toBe('UNAUTHENTICATED')
  const login = loginRequest(one.key.id, 'api-key', secretOf(one))
  const token = tokenOf(await client.unary(PATHS.login, login))
  const statuses: string[] = []
  for (const given of ['', 'wrong.key', token, one.secret]) {
    const caller = viamClient(server.address, given)
    statuses.push((await caller.unary(PATHS.capture, tabularRequest([1]))).status)
    expect((await caller.unary(PATHS.login, login)).status).toBe('OK')
    caller.close()
  }
  expect(statuses).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'OK', 'OK'])
  expect(stored(folder, 'robot').size).toBe(1)
  await close()
})

test('without keys any credentials give a token of the device anonymous', async () => {
  const folder = temporaryFolder('login')
  const { client, server, close } = await openViamAt(folder)
  const token = tokenOf(await client.unary(PATHS.login, loginRequest('x', 'api-key', 'y')))
  expect(token).not.toBe('')
  const caller = viamClient(server.address, token)
  expect((await caller.unary(PATHS.capture, tabularRequest([1]))).status).toBe('OK')
  expect(stored(folder, 'anonymous').size).toBe(1)
  caller.close()
  await close()
})
