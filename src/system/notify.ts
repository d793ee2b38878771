/** What a service manager is told over `$NOTIFY_SOCKET` (sd_notify), and its watchdog. */
import { sendDatagram } from './libc.ts'

export interface ServiceNotes {
  /** Once all is set up, and again when a reload is over. */
  ready(): void
  reloading(): void
  stopping(): void
  /** One line for `systemctl status`. */
  status(text: string): void
  close(): void
}

type Environment = Readonly<Record<string, string | undefined>>

/** Pings in the time after which the manager takes the process for hung: two may be lost. */
const PINGS = 3

/** undefined: no watchdog, or not for this process. */
function watchdogMs(environment: Environment): number | undefined {
  const pid = environment['WATCHDOG_PID']
  const timeMs = Number(environment['WATCHDOG_USEC'] ?? 0) / 1_000
  const isForUs = pid === undefined || pid === '' || Number(pid) === process.pid
  return isForUs && timeMs > 0 ? timeMs : undefined
}

/**
 * Without a manager nothing is done. The pings come from the event loop, so that they end when the
 * process hangs; they begin at once, since what is done before `ready` may take long too.
 */
export function createServiceNotes(environment: Environment): ServiceNotes {
  const address = environment['NOTIFY_SOCKET'] ?? ''
  const send = (text: string) => {
    try {
      if (address !== '') sendDatagram(address, text)
    } catch {
      // Without a C library to call, the manager's own time limits remain.
    }
  }
  const timeMs = watchdogMs(environment)
  const ping = () => send('WATCHDOG=1')
  if (timeMs !== undefined) ping()
  const pinging = timeMs === undefined ? undefined : setInterval(ping, timeMs / PINGS)
  pinging?.unref()
  let shown = ''
  return {
    ready: () => send('READY=1'),
    reloading: () => send('RELOADING=1'),
    stopping: () => send('STOPPING=1\nSTATUS=stopping'),
    status(text) {
      const line = text.replaceAll('\n', ' ')
      if (line === shown) return
      shown = line
      send(`STATUS=${line}`)
    },
    close: () => clearInterval(pinging),
  }
}
