/** A connection over which nothing moves is given up; one that is only slow is not. */
import { expect, test } from 'bun:test'
import * as net from 'node:net'
import { unlimited } from '../../src/schedule/rate-limit.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createGrpcTransport } from '../../src/upload/grpc-transport.ts'
import { openSession } from '../../src/upload/transfer/session.ts'
import type { LinkHandlers } from '../../src/wire/link.ts'
import { eventually } from '../fakes/ferry.ts'

/** Sleeps end when they are told to, the oldest first. */
function createStepClock() {
  const sleeps: { delayMs: number; wake: () => void }[] = []
  return {
    ...createSystemClock(),
    sleep: (delayMs: number) => new Promise<void>((wake) => void sleeps.push({ delayMs, wake })),
    /** Ends the next sleep of this length, once somebody sleeps so long. */
    async pass(delayMs: number) {
      const next = () => sleeps.findIndex((one) => one.delayMs === delayMs)
      await eventually(next, (index) => index >= 0)
      sleeps.splice(next(), 1)[0]?.wake()
    },
  }
}

/** Takes connections, begins HTTP/2 with windows without end, and reads only when it is told. */
async function startSilent() {
  const socket = Promise.withResolvers<net.Socket>()
  const server = net.createServer((one) => {
    one.pause()
    one.on('error', () => {})
    one.write(Buffer.from('000006040000000000 0004 7fffffff'.replaceAll(' ', ''), 'hex'))
    one.write(Buffer.from('000004080000000000 7fff0000'.replaceAll(' ', ''), 'hex'))
    socket.resolve(one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as net.AddressInfo).port, socket: socket.promise, server }
}

/** A link whose network is full, one ping after the beginning. */
async function blocked() {
  const { port, socket, server } = await startSilent()
  const clock = createStepClock()
  const bearer = { token: async () => '', refused: () => false }
  const address = { host: '127.0.0.1', port, secure: false, ca: undefined }
  const transport = createGrpcTransport({ ...address, bearer, clock })
  const seen = { closed: '', moved: 0 }
  const link = transport.connect({
    message: () => {},
    moved() {
      seen.moved += 1
    },
    closed(why) {
      seen.closed = why.message
    },
  })
  for (let i = 0; i < 20; i++) link.send(new Uint8Array(1 << 20))
  await clock.pass(20_000)
  const end = () => {
    link.close()
    server.close()
  }
  return { clock, seen, socket: await socket, end }
}

test('nothing comes and nothing leaves: the link is closed, and says why', async () => {
  const { clock, seen, end } = await blocked()
  await clock.pass(10_000)
  await eventually(
    () => seen.closed,
    (why) => why.includes('stopped answering'),
  )
  end()
})

test('what was sent is taken, slowly, and no ping is answered: the link stays', async () => {
  const { clock, seen, socket, end } = await blocked()
  const before = seen.moved
  socket.on('data', () => {})
  socket.resume()
  await eventually(
    () => seen.moved,
    (moved) => moved > before,
  )
  socket.pause()
  await clock.pass(10_000)
  await clock.pass(20_000)
  expect(seen.closed).toBe('')
  end()
})

test('a receiver that says nothing while it takes what is sent is not silent', async () => {
  const handlers = Promise.withResolvers<LinkHandlers>()
  const closed = Promise.withResolvers<void>()
  const session = openSession({
    ...{ clock: createSystemClock(), rateLimit: () => unlimited, onSent: () => {} },
    hello: { software: 'a test', machineId: '' },
    silenceMs: 200,
    transport: {
      connect(agent) {
        handlers.resolve(agent)
        const close = () => closed.resolve()
        return { send: () => {}, ready: async () => {}, close }
      },
      close: async () => {},
    },
  })
  session.welcome().catch(() => {})
  const { moved } = await handlers.promise
  const isClosed = async (withinMs: number) =>
    await Promise.race([closed.promise.then(() => true), Bun.sleep(withinMs).then(() => false)])
  for (let i = 0; i < 20; i++) {
    expect(await isClosed(40)).toBe(false)
    moved?.()
  }
  expect(await isClosed(2000)).toBe(true)
})
