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
}

export interface Proxy {
  readonly port: number
  readonly faults: Faults
  /** Resets every connection. */
  cut(): void
  /** Bytes from the agent that were passed on. */
  passedBytes(): number
  close(): Promise<void>
}

const CALM: Faults = { latencyMs: 0, bytesPerSecond: 0, blackHole: false, resetAfterBytes: 0 }

export async function startProxy(target: number): Promise<Proxy> {
  const faults: Faults = { ...CALM }
  const pairs = new Set<[net.Socket, net.Socket]>()
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
      fromThis += chunk.length
      if (isUp && faults.resetAfterBytes > 0 && fromThis > faults.resetAfterBytes) {
        from.resetAndDestroy()
        to.resetAndDestroy()
        return
      }
      if (isUp) passed += chunk.length
      const delayMs = delayOf(chunk.length, isUp)
      if (delayMs < 1) return void to.write(chunk)
      from.pause()
      setTimeout(() => {
        if (!to.destroyed) to.write(chunk)
        from.resume()
      }, delayMs)
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
  }
  const server = net.createServer((agent) => {
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
    passedBytes: () => passed,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
