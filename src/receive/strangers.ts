/** Connections that have not shown a good key yet: few at once, and not for long. */
import type { Clock } from '../system/clock.ts'

interface Socket {
  readonly remoteAddress?: string
  readonly remotePort?: number
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
}

/** A quarter of the connections there may be; a board shows its key at once. */
const MOST_STRANGERS = 256
/** Time for a handshake over a bad link, and for the first call. */
const STRANGER_MS = 30_000

/** Connections of one device that stay; a board has one, or a few that were cut off. */
const MOST_OF_DEVICE = 64
/** The same of those that have logged in and not yet made a call, all together. */
const MOST_LOGGED_IN = 512

export interface Strangers {
  /** One that has just come; the oldest stranger goes where there are too many. */
  add(socket: Socket): void
  /**
   * The connection of this peer (`address:port`) has shown a good key of the device, '' for a login. It
   * stays a stranger where the device has too many.
   */
  know(peer: string, device: string): void
  /** Ends those that have had their time; to be called now and then. */
  check(): void
}

/** IPv6 addresses come with brackets and without. */
const nameOf = (peer: string) => peer.replace(/[[\]]/g, '')

/** Which connections have shown a good key, and of whom. */
function createKnown() {
  const devices = new Map<string, string>()
  const counts = new Map<string, number>()
  const remove = (peer: string) => {
    const device = devices.get(peer)
    if (device === undefined) return
    devices.delete(peer)
    const left = (counts.get(device) ?? 0) - 1
    if (left > 0) counts.set(device, left)
    else counts.delete(device)
  }
  return {
    remove,
    /** False where the device has too many; then nothing changes. */
    add(peer: string, device: string): boolean {
      const before = devices.get(peer)
      if (before === device || (before !== undefined && device === '')) return true
      const count = counts.get(device) ?? 0
      if (count >= (device === '' ? MOST_LOGGED_IN : MOST_OF_DEVICE)) return false
      remove(peer)
      devices.set(peer, device)
      counts.set(device, count + 1)
      return true
    },
  }
}

export function createStrangers(clock: Pick<Clock, 'monotonicMs'>): Strangers {
  /** In the order in which they came. */
  const waiting = new Map<string, { readonly socket: Socket; readonly sinceMs: number }>()
  const known = createKnown()
  const end = (peer: string) => {
    waiting.get(peer)?.socket.destroy()
    waiting.delete(peer)
  }
  return {
    add(socket) {
      const peer = nameOf(`${socket.remoteAddress}:${socket.remotePort}`)
      const [oldest] = waiting.keys()
      if (oldest !== undefined && waiting.size >= MOST_STRANGERS) end(oldest)
      waiting.set(peer, { socket, sinceMs: clock.monotonicMs() })
      socket.once('close', () => {
        if (waiting.get(peer)?.socket === socket) waiting.delete(peer)
        known.remove(peer)
      })
    },
    know(peer, device) {
      const name = nameOf(peer)
      if (known.add(name, device)) waiting.delete(name)
    },
    check() {
      const beforeMs = clock.monotonicMs() - STRANGER_MS
      for (const [peer, { sinceMs }] of [...waiting]) if (sinceMs < beforeMs) end(peer)
    },
  }
}
