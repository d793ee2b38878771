/** The agent's side of Viam's protocol, against a server in this process. */
import { expect } from 'bun:test'
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import type { Upload } from '../../src/model.ts'
import { unlimited } from '../../src/schedule/rate-limit.ts'
import { type Clock, createSystemClock } from '../../src/system/clock.ts'
import type { Logger } from '../../src/system/logger.ts'
import { createDescribe } from '../../src/upload/describe.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { createGrpcCalls } from '../../src/upload/grpc-calls.ts'
import { type Credentials, createLogin } from '../../src/upload/login.ts'
import { createViamDestination } from '../../src/upload/viam-destination.ts'
import { afterEachTest } from './ends.ts'
import { send, uploadOf } from './one-upload.ts'
import { quietLog } from './quiet.ts'
import { temporaryFolder } from './temporary.ts'
import { type Call, startViamServer, type ViamServer } from './viam-server.ts'

export const PART = 'my-part-id'

interface Options {
  readonly silenceMs?: number
  readonly login?: Credentials
  readonly tags?: readonly string[]
  readonly log?: Logger
  readonly clock?: Clock
  /** Another port than the server's. */
  readonly port?: number
}

export interface Agent {
  readonly root: string
  readonly destination: Destination
  /** Writes the file and sends it. */
  send(
    name: string,
    content: Uint8Array,
    options?: Parameters<typeof send>[2],
  ): ReturnType<typeof send>
  /** Sends a file that is there. */
  again(
    name: string,
    more?: Partial<Upload>,
    options?: Parameters<typeof send>[2],
  ): ReturnType<typeof send>
}

function makeAgent(serverPort: number, options: Options = {}): Agent {
  const { port = serverPort } = options
  const { silenceMs = 20_000, login, tags = [], log = quietLog } = options
  const root = temporaryFolder('viam')
  const clock = options.clock ?? createSystemClock()
  const grpc = { host: '127.0.0.1', port, secure: false, ca: undefined }
  let sentBytes = 0
  const calls = createGrpcCalls({
    ...grpc,
    clock,
    silenceMs,
    rateLimit: () => unlimited,
    onSent: (bytes) => {
      sentBytes += bytes
    },
  })
  const destination = createViamDestination({
    calls,
    bearer: createLogin({ calls, clock, credentials: () => login }),
    address: `grpc://127.0.0.1:${port}`,
    device: 'robot-7',
    describe: createDescribe({ captureRoots: [fromText(root)], tags, partId: PART }),
    log,
    sentBytes: () => sentBytes,
  })
  return {
    root,
    destination,
    async send(name, content, sendOptions) {
      const path = `${root}/${name}`
      fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true })
      fs.writeFileSync(Buffer.from(path, 'latin1'), content)
      return await send(destination, uploadOf(root, name), sendOptions)
    },
    again: (name, more, sendOptions) => send(destination, uploadOf(root, name, more), sendOptions),
  }
}

const servers: ViamServer[] = []
afterEachTest(() => {
  for (const server of servers.splice(0)) server.stop()
})

/** A server and an agent; the server goes away with the test. */
export async function start(
  options: Parameters<typeof startViamServer>[0] = {},
  agentOptions: Options = {},
) {
  const server = await startViamServer(options)
  servers.push(server)
  return { server, agent: makeAgent(server.port, agentOptions) }
}

/** A message as plain data, without the decoder's classes. */
export const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown

/** Sends one file that makes one call. */
export async function oneCall(name: string, bytes: Uint8Array) {
  const { server, agent } = await start()
  const receipt = await agent.send(name, bytes)
  expect(receipt.sizeBytes).toBe(bytes.length)
  expect(receipt.location).toBe('id-0')
  expect(server.stored).toHaveLength(1)
  const [call] = server.stored
  expect(call?.metadata.partId).toBe(PART)
  return call as Call
}

/** What it failed with; fails itself when it did not. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const done = await work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  )
  expect(done).toBeInstanceOf(Error)
  return done
}
