/** Bounds of the receiver and the agent, from outside. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as net from 'node:net'
import * as grpc from '@grpc/grpc-js'
import { TRANSFER_PATH } from '../../src/wire/transfer-path.ts'
import {
  configure,
  eventually,
  ferry,
  makeSite,
  once,
  runAgent,
  startReceiver,
  status,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { viamClient } from '../fakes/viam.ts'
import { PATHS } from '../fakes/viam-messages.ts'

/** The receiver takes 1024. */
const TOO_MANY = 1100

test('idle connections beyond the bound are closed, and the others go on', async () => {
  const site = await makeSite(temporaryFolder('connections'))
  const receiver = await startReceiver(site.store)
  const sockets: net.Socket[] = []
  let closed = 0
  for (let index = 0; index < TOO_MANY; index++) {
    const socket = net.connect(receiver.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('close', () => {
      closed += 1
    })
    sockets.push(socket)
  }
  await eventually(
    () => closed,
    (count) => count >= TOO_MANY - 1024,
    20_000,
  )
  for (const socket of sockets.slice(0, TOO_MANY / 2)) socket.destroy()
  configure(site, receiver.port)
  fs.writeFileSync(`${site.board}/a`, 'x')
  await eventually(
    async () => (await once(site)).code,
    (code) => code === 0,
    30_000,
  )
  for (const socket of sockets) socket.destroy()
})

test('a second agent on the same state directory is refused with a clear message', async () => {
  const site = await makeSite(temporaryFolder('twice'))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port)
  runAgent(site)
  await eventually(
    () => status(site),
    (one) => one?.running,
  )
  const second = await ferry(['run', '--config', site.config])
  expect(second.code).toBe(1)
  expect(second.err).toContain('another agent is running')
})

test('garbage on the port harms nobody', async () => {
  const site = await makeSite(temporaryFolder('garbage'))
  const receiver = await startReceiver(site.store)
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff', '\0'.repeat(100_000)]) {
    const socket = net.connect(receiver.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.end(bytes)
  }
  configure(site, receiver.port)
  fs.writeFileSync(`${site.board}/a`, 'x')
  expect(await once(site)).toMatchObject({ code: 0 })
})

test.each([
  ['a login', PATHS.login],
  ['an upload', PATHS.file],
  ['the transfer', TRANSFER_PATH],
  ['a method that there is not', '/none.Service/None'],
])('a client without a key cannot fill the memory with large messages to %s', async (_, path) => {
  const site = await makeSite(temporaryFolder('memory'))
  const receiver = await startReceiver(site.store)
  const ca = fs.readFileSync(`${site.store}/.ferry/ca.pem`)
  const memoryMiB = () => {
    const status = fs.readFileSync(`/proc/${receiver.child.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
  }
  const before = memoryMiB()
  const message = Buffer.alloc(31 << 20)
  const address = `localhost:${receiver.port}`
  const clients = [1, 2].map(() => viamClient(address, '', grpc.credentials.createSsl(ca)))
  for (const client of clients) {
    for (let call = 0; call < 16; call++) void client.hang(path, [message])
  }
  let most = 0
  for (let look = 0; look < 30; look++) {
    await Bun.sleep(100)
    most = Math.max(most, memoryMiB())
  }
  for (const client of clients) client.close()
  expect(most - before).toBeLessThan(150)
})
