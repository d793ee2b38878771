/** Tells of calls without a good key, in few lines: strangers may make as many as they like. */
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'

/** One line says which machine it is; the next ones say that it goes on. */
const QUIET_MS = 60_000
/** More machines at once than that share one line. */
const MOST_HOSTS = 256
const OTHERS = 'others'

export type TellRefused = (what: 'call' | 'login', peer: string) => void

interface Told {
  quietUntilMs: number
  /** Since the last line. */
  untold: number
}

/** `peer` is an address with its port. For each machine a line at once, then one a minute. */
export function createRefusedLog(log: Logger, clock: Pick<Clock, 'monotonicMs'>): TellRefused {
  const hosts = new Map<string, Told>()
  const nameFor = (peer: string, nowMs: number) => {
    const host = peer.slice(0, peer.lastIndexOf(':'))
    if (hosts.has(host) || hosts.size < MOST_HOSTS) return host
    for (const [name, { quietUntilMs }] of hosts) if (quietUntilMs <= nowMs) hosts.delete(name)
    return hosts.size < MOST_HOSTS ? host : OTHERS
  }
  return (what, peer) => {
    const nowMs = clock.monotonicMs()
    const name = nameFor(peer, nowMs)
    const told = hosts.get(name)
    if (told !== undefined && nowMs < told.quietUntilMs) {
      told.untold += 1
      return
    }
    hosts.set(name, { quietUntilMs: nowMs + QUIET_MS, untold: 0 })
    log.warn(`${what} refused, its key is unknown or revoked`, { peer, before: told?.untold })
  }
}
