/** What the receiver's log tells of calls that it refuses. */
import { describe, expect, test } from 'bun:test'
import { makeKey, writeKeys } from '../../src/receive/keys.ts'
import { createRefusedLog } from '../../src/receive/refused.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createLogger } from '../../src/system/logger.ts'
import { createSystemRandom } from '../../src/system/random.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, viamClient } from '../fakes/viam.ts'
import { loginRequest, PATHS, tabularRequest } from '../fakes/viam-messages.ts'

function collect() {
  const lines: Record<string, unknown>[] = []
  const clock = createSystemClock()
  const write = (line: string) => void lines.push(JSON.parse(line))
  return { lines, log: createLogger({ level: 'debug', format: 'json', clock, write }) }
}

/** A receiver with one key. */
async function open() {
  const { lines, log } = collect()
  const folder = temporaryFolder('refused')
  const { key, secret } = makeKey('robot', 0, createSystemRandom())
  writeKeys(`${folder}/keys`, [key])
  const port = await openViamAt(folder, { keys: `${folder}/keys`, log })
  return { ...port, id: key.id, secret, told: () => lines.map(({ message }) => message) }
}

describe('the log tells', () => {
  test('of a login with a wrong secret', async () => {
    const { client, id, told, close } = await open()
    const { status } = await client.unary(PATHS.login, loginRequest(id, 'api-key', 'wrong'))
    expect(status).toBe('UNAUTHENTICATED')
    expect(told()).toEqual(['login refused, its key is unknown or revoked'])
    await close()
  })

  test('of calls without a good key, in one line where there are many', async () => {
    const { client, told, close } = await open()
    for (let count = 0; count < 20; count++) await client.unary(PATHS.capture, tabularRequest([1]))
    expect(told()).toEqual(['call refused, its key is unknown or revoked'])
    await close()
  })

  test('of an upload that can never succeed', async () => {
    const { server, secret, told, close } = await open()
    const client = viamClient(server.address, secret)
    expect((await client.unary(PATHS.capture, tabularRequest([]))).status).toBe('INVALID_ARGUMENT')
    expect(told()).toEqual(['upload refused for good'])
    client.close()
    await close()
  })
})

describe('refused calls', () => {
  test('of one machine are one line a minute, with the count of those between', () => {
    let nowMs = 0
    const { lines, log } = collect()
    const tell = createRefusedLog(log, { monotonicMs: () => nowMs })
    for (; nowMs < 130_000; nowMs += 1000) tell('call', `10.0.0.1:${nowMs}`)
    expect(lines.map(({ before }) => before)).toEqual([undefined, 59, 59])
  })

  test('of several machines are a line for each, and a few lines for very many', () => {
    const { lines, log } = collect()
    const tell = createRefusedLog(log, { monotonicMs: () => 0 })
    for (let host = 0; host < 3; host++) tell('call', `10.0.0.${host}:1`)
    expect(lines).toHaveLength(3)
    for (let host = 0; host < 10_000; host++) tell('call', `10.1.${host >> 8}.${host & 255}:1`)
    expect(lines.length).toBeLessThan(300)
  })
})
