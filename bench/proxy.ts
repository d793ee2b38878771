/** A link between two programs: it takes time, has a width, is cut now and then, and counts. */
import * as net from 'node:net'

export interface LinkOptions {
  /** Each way. */
  readonly latencyMs?: number
  /** From the agent to the receiver. */
  readonly bytesPerSecond?: number
  readonly cutEveryMs?: number
}

export interface Link {
  readonly port: number
  /** Bytes from the agent that got through to the receiver. */
  readonly passedBytes: () => number
  readonly cuts: () => number
  readonly close: () => Promise<void>
}

/** What is under way on the link; more is not read from the sender. */
const MOST_UNDER_WAY_BYTES = 8 << 20
/** A narrow link holds as much as routers do. */
const NARROW_UNDER_WAY_BYTES = 64 << 10

interface Chunk {
  readonly bytes: Buffer
  readonly dueMs: number
}

/** Passes each chunk on when its time has come; many are under way at once, in order. */
function pass(from: net.Socket, to: net.Socket, most: number, onPassed: (n: number) => void) {
  const queue: Chunk[] = []
  let underWay = 0
  const deliver = () => {
    const nowMs = performance.now()
    while (queue[0] !== undefined && queue[0].dueMs <= nowMs) {
      const { bytes } = queue.shift() as Chunk
      underWay -= bytes.length
      if (to.destroyed) continue
      to.write(bytes)
      onPassed(bytes.length)
    }
    if (underWay <= most) from.resume()
    if (queue[0] !== undefined) setTimeout(deliver, Math.max(1, queue[0].dueMs - nowMs))
  }
  return (bytes: Buffer, dueMs: number) => {
    queue.push({ bytes, dueMs })
    underWay += bytes.length
    if (underWay > most) from.pause()
    if (queue.length === 1) deliver()
  }
}

/** When what is sent now has left, and arrives: one after the other, at the width of the link. */
function createLane({ latencyMs = 0, bytesPerSecond = 0 }: LinkOptions) {
  let freeMs = 0
  return (bytes: number) => {
    const nowMs = performance.now()
    if (bytesPerSecond === 0) return nowMs + latencyMs
    freeMs = Math.max(freeMs, nowMs) + (bytes / bytesPerSecond) * 1000
    return freeMs + latencyMs
  }
}

export async function startLink(target: number, options: LinkOptions): Promise<Link> {
  const sockets = new Set<net.Socket>()
  let passed = 0
  let cuts = 0
  const up = createLane(options)
  const down = createLane({ latencyMs: options.latencyMs ?? 0 })
  const connect = (from: net.Socket, to: net.Socket, isUp: boolean) => {
    const most = options.bytesPerSecond ? NARROW_UNDER_WAY_BYTES : MOST_UNDER_WAY_BYTES
    const arrivesMs = isUp ? up : down
    const send = pass(from, to, most, (bytes) => {
      if (isUp) passed += bytes
    })
    sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (chunk: Buffer) => send(chunk, arrivesMs(chunk.length)))
    // The end travels as long as the bytes before it.
    from.on('end', () => setTimeout(() => to.end(), Math.max(1, (options.latencyMs ?? 0) + 5)))
    from.on('error', () => to.destroy())
    from.on('close', () => sockets.delete(from))
  }
  const server = net.createServer((agent) => {
    const receiver = net.connect(target, '127.0.0.1')
    connect(agent, receiver, true)
    connect(receiver, agent, false)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    if (sockets.size > 0) cuts += 1
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const { cutEveryMs } = options
  const cutting = cutEveryMs === undefined ? undefined : setInterval(cut, cutEveryMs)
  return {
    port: (server.address() as net.AddressInfo).port,
    passedBytes: () => passed,
    cuts: () => cuts,
    async close() {
      clearInterval(cutting)
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
