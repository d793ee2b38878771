/** Answers arrive while nothing of ours gets through: on a narrow link that is for seconds. */
import { expect, test } from 'bun:test'
import * as http2 from 'node:http2'
import * as net from 'node:net'
import { createGrpcTransport } from '../../src/upload/grpc-transport.ts'

/** Of twenty times as many files as may be in flight. */
const ANSWERS = 10_000
const ANSWER_BYTES = 200

function listen(server: net.Server | http2.Http2Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)),
  )
}

/** Answers each call with all there is at once, as soon as it begins. */
function startTalker(onCall: () => void) {
  const answer = Buffer.alloc(5 + ANSWER_BYTES)
  answer.writeUInt32BE(ANSWER_BYTES, 1)
  const server = http2.createServer()
  server.on('stream', (stream: http2.ServerHttp2Stream) => {
    onCall()
    stream.on('error', () => {})
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    for (let sent = 0; sent < ANSWERS; sent++) stream.write(answer)
  })
  return server
}

/** Passes what comes down; what goes up stays where it is from the moment that it is held. */
function startRelay(target: number) {
  const up: net.Socket[] = []
  let isHeld = false
  const server = net.createServer((from) => {
    const to = net.connect(target, '127.0.0.1')
    up.push(from, to)
    from.on('data', (chunk) => isHeld || to.write(chunk))
    to.on('data', (chunk) => from.write(chunk))
    for (const socket of [from, to]) socket.on('error', () => {})
  })
  const hold = () => {
    isHeld = true
  }
  return { server, hold, destroy: () => up.forEach((socket) => void socket.destroy()) }
}

test('what is stored there is known here, though nothing that we say gets through', async () => {
  const talker = startTalker(() => relay.hold())
  const relay = startRelay(await listen(talker))
  const port = await listen(relay.server)
  const address = { host: '127.0.0.1', port, secure: false, ca: undefined }
  const bearer = { token: async () => '', refused: () => false }
  const transport = createGrpcTransport({ ...address, bearer })
  const { promise: all, resolve } = Promise.withResolvers<void>()
  let answers = 0
  const link = transport.connect({
    message() {
      answers += 1
      if (answers === ANSWERS) resolve()
    },
    closed: () => {},
  })
  link.send(new Uint8Array(10))
  await Promise.race([all, Bun.sleep(10_000)])
  relay.destroy()
  await transport.close()
  relay.server.close()
  talker.close()
  expect(answers).toBe(ANSWERS)
})
