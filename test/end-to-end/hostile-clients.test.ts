/** Clients that mean harm, at the compiled receiver: it serves others all the while, within its memory. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as net from 'node:net'
import { gzipSync } from 'node:zlib'
import { encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import { TRANSFER_PATH } from '../../src/wire/transfer-path.ts'
import { addKey, configure, eventually, makeSite, once, startReceiver } from '../fakes/ferry.ts'
import { request } from '../fakes/inbox.ts'
import { END_STREAM, frame, grpcMessage, rawHttp2 } from '../fakes/raw-http2.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { PATHS } from '../fakes/viam-messages.ts'

const MOST_MIB = 256
/** What the receiver keeps for the one who was served. */
const MOST_MORE_DESCRIPTORS = 8

interface Target {
  readonly port: number
  /** A good key of a device that means harm. */
  readonly key: string
}

/** Begins the harm, which goes on until it is told to end. */
type Act = (target: Target) => Promise<() => void>

const hello = encodeAgentFrame({ channel: 0, type: 'hello', software: 'x', machineId: 'y' })

/** So many connections at once, each with what is done on it. */
async function connections(
  { port }: Target,
  count: number,
  each: (client: Awaited<ReturnType<typeof rawHttp2>>) => void,
) {
  const clients = await Promise.all(Array.from({ length: count }, () => rawHttp2(port)))
  for (const client of clients) each(client)
  return () => {
    for (const client of clients) client.close()
  }
}

const idle: Act = async ({ port }) => {
  const sockets = Array.from({ length: 1000 }, () => {
    const socket = net.connect(port, '127.0.0.1')
    return socket.on('error', () => {})
  })
  await Bun.sleep(300)
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

/** Wherever one is closed, the next one comes. */
const idleForEver: Act = async ({ port }) => {
  let isOver = false
  const sockets = new Set<net.Socket>()
  const open = () => {
    if (isOver) return
    const socket = net.connect(port, '127.0.0.1')
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      setTimeout(open, 100)
    })
  }
  for (let count = 0; count < 1500; count++) open()
  await Bun.sleep(500)
  return () => {
    isOver = true
    for (const socket of sockets) socket.destroy()
  }
}

const unused =
  (isKnown: boolean): Act =>
  (target) =>
    connections(target, 60, (client) => {
      for (let stream = 1; stream < 80; stream += 2) {
        client.call(stream, TRANSFER_PATH, isKnown ? target.key : '')
      }
    })

/** Each shows its key once, and does nothing more. */
const idleWithKey: Act = async (target) => {
  const close = await connections(target, 1100, (client) => client.call(1, PATHS.file, target.key))
  await Bun.sleep(500)
  return close
}

const manyStreams: Act = (target) =>
  connections(target, 4, (client) => {
    for (let stream = 1; stream < 10_000; stream += 2) client.call(stream, PATHS.file, target.key)
  })

const rapidReset: Act = (target) =>
  connections(target, 4, (client) => {
    const code = Buffer.alloc(4)
    for (let stream = 1; stream < 20_000; stream += 2) {
      client.call(stream, TRANSFER_PATH, target.key)
      client.send(frame('reset', code, { stream }))
    }
  })

const hugeHeaders: Act = (target) =>
  connections(target, 4, (client) => {
    client.send(frame('headers', Buffer.alloc(0), { stream: 1 }))
    const piece = Buffer.concat([
      Buffer.from([0, 1, 0x78, 0x7f, 0x81, 0x7d]),
      Buffer.alloc(16_000, 0x61),
    ])
    for (let count = 0; count < 4000; count++) {
      client.send(frame('continuation', piece, { stream: 1 }))
    }
  })

const bombs: Act = (target) => {
  const bomb = grpcMessage(gzipSync(Buffer.alloc(200 << 20)), true)
  return connections(target, 8, (client) => {
    ;[TRANSFER_PATH, PATHS.capture, PATHS.file, PATHS.login].forEach((path, index) => {
      const stream = 2 * index + 1
      client.call(stream, path, target.key, { 'grpc-encoding': 'gzip' })
      void client.upload(stream, bomb, END_STREAM)
    })
  })
}

/** As much of a message as there may be, on each of many streams, and a byte more now and then. */
const slow: Act = async (target) => {
  const begun = grpcMessage(Buffer.alloc(1 << 20)).subarray(0, 1 << 20)
  const close = await connections(target, 12, (client) => {
    for (let stream = 1; stream < 32; stream += 2) {
      client.call(stream, TRANSFER_PATH, target.key)
      void client.upload(stream, begun)
    }
  })
  await Bun.sleep(1500)
  return close
}

/** Asks for ever, and never takes an answer: its stream ends. */
const unread: Act = async ({ port, key }) => {
  const client = await rawHttp2(port, 0)
  client.call(1, TRANSFER_PATH, key)
  await client.upload(1, grpcMessage(hello))
  const asked = Buffer.concat(
    Array.from({ length: 250 }, (_, index) =>
      encodeAgentFrame({ channel: index + 1, type: 'open', request: request(1, 'relative', 1) }),
    ),
  )
  const message = grpcMessage(asked)
  let count = 0
  while (count < 2000 && (await client.upload(1, message))) count += 1
  expect([...client.resets]).toEqual([1])
  return () => client.close()
}

/** Many uploads at once, each with as many words about it as a message holds. */
const hugeMetadata: Act = (target) =>
  connections(target, 1, (client) => {
    client.call(1, TRANSFER_PATH, target.key)
    const tags = Array.from({ length: 60_000 }, (_, index) =>
      `a tag of one file ${index}`.slice(-12),
    )
    const opens = Array.from({ length: 300 }, (_, index) => {
      const wanted = request(index, `/f${index}`, 10_000_000)
      const open = { ...wanted, metadata: { ...wanted.metadata, tags } }
      return grpcMessage(encodeAgentFrame({ channel: index + 1, type: 'open', request: open }))
    })
    void (async () => {
      await client.upload(1, grpcMessage(hello))
      for (const open of opens) await client.upload(1, open)
    })()
  })

/** Pings without taking their answers. */
const pings: Act = (target) =>
  connections(target, 4, (client) => {
    const ping = Buffer.concat(Array.from({ length: 10_000 }, () => frame('ping', Buffer.alloc(8))))
    for (let count = 0; count < 20; count++) client.send(ping)
  })

const ACTS: readonly (readonly [string, Act])[] = [
  ['1,000 idle connections', idle],
  ['more idle connections than there may be, for ever', idleForEver],
  ['more connections with a good key than there may be', idleWithKey],
  ['streams opened without a key', unused(false)],
  ['streams opened with a key and never used', unused(true)],
  ['thousands of streams on one connection', manyStreams],
  ['streams that are reset as soon as they are opened', rapidReset],
  ['headers without end', hugeHeaders],
  ['uploads with a megabyte of words about each', hugeMetadata],
  ['messages that become 200 MiB when they are unpacked', bombs],
  ['messages that never end', slow],
  ['answers that are never read', unread],
  ['pings without end', pings],
]

test.each(ACTS)('%s: others are served, within 256 MiB', async (what, act) => {
  const site = await makeSite(temporaryFolder('hostile'))
  const key = await addKey({ ...site, device: 'hostile' })
  await addKey(site)
  const receiver = await startReceiver(site.store, ['--plaintext', '--log-level', 'warn'])
  const descriptors = () => fs.readdirSync(`/proc/${receiver.child.pid}/fd`).length
  const before = descriptors()
  const end = await act({ port: receiver.port, key })
  const destination = { url: `grpc://127.0.0.1:${receiver.port}`, ca_file: undefined }
  configure(site, receiver.port, { destination })
  fs.writeFileSync(`${site.board}/a`, Buffer.alloc(3 << 20, 'x'))
  const { code, err } = await once(site)
  await Bun.sleep(200)
  end()
  const memory = fs.readFileSync(`/proc/${receiver.child.pid}/status`, 'utf8')
  const peakMiB = Number(/VmHWM:\s+(\d+)/.exec(memory)?.[1]) / 1024
  console.log(`TABLE peak of the receiver: ${what}: ${Math.round(peakMiB)} MiB`)
  expect(`${code} ${code === 0 ? '' : err}`).toBe('0 ')
  expect(peakMiB).toBeLessThan(MOST_MIB)
  // Nothing of theirs stays once they are gone.
  await eventually(descriptors, (now) => now <= before + MOST_MORE_DESCRIPTORS)
})
