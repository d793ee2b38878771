/** A TCP proxy with faults: delay, bandwidth, cuts, silence. Loopback only. */
import * as net from 'node:net'

export interface Faults {
  /** Each way. */
  latencyMs: number
  /** From the agent to the receiver; 0 is no limit. */
  bytesPerSecond: number
  /** Takes and answers nothing, and closes nothing. */
  blackHole: boolean
  /** Each new connection is reset after so many bytes from the agent; 0 is never. */
  resetAfterBytes: number
  /** What goes up is passed on in pieces of so many bytes; 0 is as it comes. */
  sliceBytes: number
}

export interface Proxy {
  readonly port: number
  readonly faults: Faults
  /** Resets every connection. */
  cut(): void
  /** Ends every connection in order, in the middle of whatever is said. */
  finish(): void
  /**
   * The agents' ends are reset, and the receiver is told nothing. Gives what brings it, much later,
   * the last that was on its way.
   */
  halfOpen(): () => void
  /** Bytes from the agent that were passed on. */
  passedBytes(): number
  close(): Promise<void>
}

const CALM: Faults = {
  latencyMs: 0,
  bytesPerSecond: 0,
  blackHole: false,
  resetAfterBytes: 0,
  sliceBytes: 0,
}

function writeSlices(to: net.Socket, chunk: Buffer, sliceBytes: number): void {
  const size = sliceBytes || chunk.length
  for (let at = 0; at < chunk.length; at += size) to.write(chunk.subarray(at, at + size))
}

export async function startProxy(target: number): Promise<Proxy> {
  const faults: Faults = { ...CALM }
  const pairs = new Set<[net.Socket, net.Socket]>()
  /** Connections whose agent is gone without a word, with what it said last. */
  const widowed = new Map<net.Socket, Buffer[]>()
  let isHalfOpen = false
  let passed = 0
  let freeAtMs = 0
  const delayOf = (bytes: number, isUp: boolean) => {
    if (!isUp || faults.bytesPerSecond === 0) return faults.latencyMs
    freeAtMs = Math.max(freeAtMs, performance.now()) + (bytes / faults.bytesPerSecond) * 1000
    return freeAtMs - performance.now() + faults.latencyMs
  }
  const pass = (from: net.Socket, to: net.Socket, isUp: boolean) => {
    let fromThis = 0
    from.on('data', (chunk: Buffer) => {
      if (faults.blackHole) return
      if (isUp && isHalfOpen) {
        widowed.set(to, [...(widowed.get(to) ?? []), chunk])
        return from.resetAndDestroy()
      }
      fromThis += chunk.length
      if (isUp && faults.resetAfterBytes > 0 && fromThis > faults.resetAfterBytes) {
        from.resetAndDestroy()
        to.resetAndDestroy()
        return
      }
      if (isUp) passed += chunk.length
      const delayMs = delayOf(chunk.length, isUp)
      if (delayMs < 1) return writeSlices(to, chunk, isUp ? faults.sliceBytes : 0)
      from.pause()
      setTimeout(() => {
        if (!to.destroyed) writeSlices(to, chunk, isUp ? faults.sliceBytes : 0)
        from.resume()
      }, delayMs)
    })
    from.on('end', () => widowed.has(to) || to.end())
    const leave = () => {
      if (!widowed.has(to)) to.destroy()
    }
    from.on('error', leave)
    from.on('close', leave)
  }
  const server = net.createServer((agent) => {
    // Only those that were there are half open.
    if (widowed.size > 0) isHalfOpen = false
    const receiver = net.connect(target, '127.0.0.1')
    const pair: [net.Socket, net.Socket] = [agent, receiver]
    pairs.add(pair)
    pass(agent, receiver, true)
    pass(receiver, agent, false)
    agent.on('close', () => pairs.delete(pair))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
    pairs.clear()
  }
  return {
    port: (server.address() as net.AddressInfo).port,
    faults,
    cut,
    finish() {
      for (const pair of pairs) for (const socket of pair) socket.end()
    },
    halfOpen() {
      isHalfOpen = true
      return () => {
        for (const [socket, chunks] of widowed) for (const chunk of chunks) socket.write(chunk)
      }
    },
    passedBytes: () => passed,
    async close() {
      cut()
      for (const socket of widowed.keys()) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
