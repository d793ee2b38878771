/** Which protocol is spoken where it has to be found out. */
import { afterEach, describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as grpc from '@grpc/grpc-js'
import { openDestination } from '../../src/cli/open-destination.ts'
import type { FerryConfig } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { ConfigError, Transient } from '../../src/errors.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createLogger } from '../../src/system/logger.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { machine } from '../fakes/machine.ts'
import { send, uploadOf } from '../fakes/one-upload.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { failureOf } from '../fakes/viam-agent.ts'
import { startViamServer } from '../fakes/viam-server.ts'
import { startWelcomingServer } from '../fakes/welcoming-server.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

interface Setup {
  readonly folder: string
  readonly url: string
  readonly more?: Partial<FerryConfig['destination']>
}

function configOf({ folder, url, more = {} }: Setup): FerryConfig {
  const root = `${folder}/board`
  fs.mkdirSync(root, { recursive: true })
  const text = JSON.stringify({
    device: 'robot-7',
    destination: { url },
    additional_sync_paths: [root],
    state_dir: `${folder}/state`,
  })
  const config = parseConfig({ text, file: `${folder}/ferry.json`, machine })
  return { ...config, destination: { ...config.destination, ...more } }
}

function open(setup: Setup) {
  const lines: string[] = []
  const clock = createSystemClock()
  const write = (line: string) => void lines.push(line)
  const log = createLogger({ level: 'debug', format: 'text', clock, write })
  const config = configOf(setup)
  const destination = openDestination(config, { files: createPosixFiles(), clock, log })
  ends.push(() => destination.close())
  return { destination, lines, root: `${setup.folder}/board` }
}

async function sendOne(destination: Destination, root: string, name = 'a.log') {
  fs.writeFileSync(`${root}/${name}`, `content of ${name}`)
  return await send(destination, uploadOf(root, name))
}

async function startWelcoming(options: Parameters<typeof startWelcomingServer>[0] = {}) {
  const server = await startWelcomingServer(options)
  ends.push(server.stop)
  return server
}

async function startViam(options: Parameters<typeof startViamServer>[0] = {}) {
  const server = await startViamServer(options)
  ends.push(() => server.stop())
  return server
}

describe('protocol auto', () => {
  test('what never spoke ferry.transfer is sent to by Viam’s protocol, and that is said once', async () => {
    const server = await startViam()
    const folder = temporaryFolder('auto')
    const url = `grpc://127.0.0.1:${server.port}`
    const { destination, lines, root } = open({ folder, url })
    const names = ['a', 'b', 'c']
    await Promise.all(names.map((name) => sendOne(destination, root, name)))
    await sendOne(destination, root, 'd')
    expect(server.stored).toHaveLength(4)
    expect(server.stored[0]?.metadata.partId).toBe('robot-7')
    expect(lines.filter((line) => line.includes("Viam's protocol"))).toHaveLength(1)
    expect(destination.kind).toBe('viam')
    expect(fs.existsSync(`${folder}/state/spoken`)).toBe(false)
  })

  test('what ever spoke ferry.transfer is never downgraded, also after a restart', async () => {
    const first = await startWelcoming()
    const folder = temporaryFolder('auto')
    const url = `grpc://127.0.0.1:${first.port}`
    const before = open({ folder, url })
    await failureOf(sendOne(before.destination, before.root))
    await before.destination.close()
    first.stop()
    expect(fs.readFileSync(`${folder}/state/spoken`, 'utf8')).toBe(`${url}\n`)
    const server = await startViam({ port: first.port })
    for (const one of [before, open({ folder, url })]) {
      const error = await failureOf(sendOne(one.destination, one.root))
      expect(error).toBeInstanceOf(Transient)
      expect(error).toMatchObject({ scope: 'destination' })
      expect((error as Error).message).toInclude('this destination did before')
    }
    expect(server.calls).toHaveLength(0)
  })

  test('an address is known by itself: another one may be downgraded', async () => {
    const server = await startViam()
    const folder = temporaryFolder('auto')
    fs.mkdirSync(`${folder}/state`)
    fs.writeFileSync(`${folder}/state/spoken`, 'grpc://127.0.0.1:1\n')
    const { destination, root } = open({ folder, url: `grpc://127.0.0.1:${server.port}` })
    await sendOne(destination, root)
    expect(server.stored).toHaveLength(1)
  })

  test('where neither is spoken, the next file asks for both again', async () => {
    const proxy = new grpc.Server()
    const credentials = grpc.ServerCredentials.createInsecure()
    const port = await new Promise<number>((resolve) =>
      proxy.bindAsync('127.0.0.1:0', credentials, (_, bound) => resolve(bound)),
    )
    const folder = temporaryFolder('auto')
    const { destination, root } = open({ folder, url: `grpc://127.0.0.1:${port}` })
    expect(await failureOf(sendOne(destination, root))).toMatchObject({ scope: 'file' })
    proxy.forceShutdown()
    const receiver = await startWelcoming({ port })
    await failureOf(sendOne(destination, root))
    await failureOf(sendOne(destination, root))
    expect(receiver.bearers.length).toBeGreaterThan(0)
    expect(destination.kind).toBe('grpc')
  })

  test('a destination that is down is no reason to change the protocol', async () => {
    const server = await startViam()
    server.stop()
    const folder = temporaryFolder('auto')
    const { destination, root } = open({ folder, url: `grpc://127.0.0.1:${server.port}` })
    expect(await failureOf(sendOne(destination, root))).toMatchObject({ scope: 'destination' })
    expect(destination.kind).toBe('grpc')
  })
})

describe('a forced protocol', () => {
  test('ferry: a server that does not know it is refused', async () => {
    const server = await startViam()
    const folder = temporaryFolder('auto')
    const url = `grpc://127.0.0.1:${server.port}`
    const { destination, root } = open({ folder, url, more: { protocol: 'ferry' } })
    const error = await failureOf(sendOne(destination, root))
    expect(error).toMatchObject({ scope: 'destination', hint: 'check destination.url' })
    expect(server.calls).toHaveLength(0)
  })

  test('viam: no other is tried', async () => {
    const receiver = await startWelcoming()
    const folder = temporaryFolder('auto')
    const url = `grpc://127.0.0.1:${receiver.port}`
    const { destination, root } = open({ folder, url, more: { protocol: 'viam' } })
    expect(await failureOf(sendOne(destination, root))).toMatchObject({ scope: 'file' })
    expect(receiver.bearers).toHaveLength(0)
  })

  test('viam to a directory, and a login in plaintext over the network, are problems', () => {
    const folder = temporaryFolder('auto')
    const login = { type: 'api-key', entity: 'id', payload: 'secret' } as const
    for (const setup of [
      { folder, url: `file://${folder}/usb`, more: { protocol: 'viam' as const } },
      { folder, url: 'grpc://files.example.com:80', more: { login } },
    ]) {
      expect(() => open(setup)).toThrow(ConfigError)
    }
  })
})

test('a key file serves as an api-key: its id and its secret', async () => {
  const auth = { issue: () => 'issued', accepts: (token: string) => token === 'issued' }
  const server = await startViam({ auth })
  const folder = temporaryFolder('auto')
  fs.writeFileSync(`${folder}/key`, 'id-of-key.its-secret\n', { mode: 0o600 })
  const url = `grpc://127.0.0.1:${server.port}`
  const { destination, root } = open({ folder, url, more: { keyFile: `${folder}/key` } })
  await sendOne(destination, root)
  expect(server.logins.map(({ entity, credentials }) => [entity, { ...credentials }])).toEqual([
    ['id-of-key', { type: 'api-key', payload: 'its-secret' }],
  ])
})

test.each([
  ['is its token', 'issued', 'Bearer issued'],
  ['is none where nobody can log in, and never the secret', undefined, ''],
])('with a login, the bearer of ferry.transfer %s', async (_, token, bearer) => {
  const receiver = await startWelcoming(token === undefined ? {} : { token })
  const folder = temporaryFolder('auto')
  const login = { type: 'robot-secret', entity: 'part', payload: 'secret' } as const
  const url = `grpc://127.0.0.1:${receiver.port}`
  const { destination, root } = open({ folder, url, more: { login } })
  await failureOf(sendOne(destination, root))
  expect(receiver.bearers).toEqual([bearer])
})
