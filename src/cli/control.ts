/** What the control socket does for the commands: sync, retry, pause and resume. */
import type { Journal } from '../journal/journal.ts'
import type { ControlAction } from '../status/control-socket.ts'
import { formatTime } from '../units.ts'
import type { Pause } from './pause-state.ts'
import type { Running } from './session.ts'

interface ControlParts {
  readonly running: () => Running
  readonly pause: Pause
  readonly journal: Pick<Journal, 'dueNow' | 'summary'>
  readonly stop: AbortSignal
}

/** `ferry status` tells all of them. */
const MOST_CAUSES = 5
/** Node's timers take no longer ones. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

const timeoutOf = (value: unknown) =>
  typeof value === 'number' && value > 0 ? Math.min(value, LONGEST_TIMEOUT_MS) : LONGEST_TIMEOUT_MS

/** Fails with `late()` when the time is over; what was waited for goes on. */
async function within<T>(work: Promise<T>, timeoutMs: number, late: () => Error): Promise<T> {
  const over = Promise.withResolvers<never>()
  const timer = setTimeout(() => over.reject(late()), timeoutMs)
  try {
    return await Promise.race([work, over.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Why files are left, in words. */
function causesOf(journal: Pick<Journal, 'summary'>, breakerCause: string): string[] {
  const { reasons } = journal.summary()
  const causes = reasons.map(
    ({ reason, files }) => `${files} ${files === 1 ? 'file' : 'files'}: ${reason}`,
  )
  return causes.length === 0 && breakerCause !== '' ? [breakerCause] : causes.slice(0, MOST_CAUSES)
}

function createSync({ running, journal, stop }: ControlParts): ControlAction {
  return async ({ wait, timeout_ms }) => {
    const { agent } = running()
    const timeoutMs = timeoutOf(timeout_ms)
    const endMs = performance.now() + timeoutMs
    const late = (what: string) => () => {
      const { cause } = agent.state().breaker
      return new Error(`${what} within ${formatTime(timeoutMs)}${cause && `: ${cause}`}`)
    }
    const handed = agent.sync(stop)
    const { pendingFiles: files, settled } = await within(
      handed,
      timeoutMs,
      late('not everything was handed over'),
    )
    if (wait !== true) return { files }
    const leftMs = Math.max(endMs - performance.now(), 0)
    const gone = await within(settled, leftMs, late('not everything is gone'))
    return { files, gone, causes: gone ? [] : causesOf(journal, agent.state().breaker.cause) }
  }
}

export function controlActions(parts: ControlParts): Readonly<Record<string, ControlAction>> {
  const { pause, journal, running } = parts
  return {
    sync: createSync(parts),
    async pause({ remaining_ms: left }) {
      pause.set(typeof left === 'number' && left > 0 ? left : Number.POSITIVE_INFINITY)
      // Also where it was paused before, and a sync by hand began since.
      running().gate.release()
      return {}
    },
    async retry() {
      journal.dueNow()
      running().agent.nudge()
      return {}
    },
    async resume() {
      pause.set(undefined)
      return {}
    },
  }
}
