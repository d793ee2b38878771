/** Answers of a journal that are good until it changes, so that asking again costs nothing. */
import type { Journal } from '../../src/journal/journal.ts'
import type { Lane, Upload, UploadEvent, UploadState } from '../../src/model.ts'

/** Good from one moment on until another row is due. */
interface Answer<T> {
  readonly fromMs: number
  readonly untilMs: number
  readonly value: T
}

type Asked = Pick<Journal, 'due' | 'settleable' | 'nextDueMs' | 'known' | 'summary'>

export interface Remembered extends Asked {
  /** To be called with every change; by events of these types, or by more. */
  forget(types?: readonly UploadEvent['type'][]): void
}

/** What changes rows that wait to be sent, and none that wait for anything else. */
const PENDING_ONLY: ReadonlySet<string> = new Set(['progressed', 'postponed', 'delivered'])

/** More rows than a run ever has: what was asked for is the beginning of it. */
const ALL_ROWS = 1000

/** `has` tells whether there is such a row: most often there is none, and to join costs far more. */
export function remember(
  journal: Journal,
  has: (state: UploadState, lane: Lane) => boolean,
): Remembered {
  const hasAny = (state: UploadState) => has(state, 'normal') || has(state, 'slow')
  const timed = new Map<string, Answer<unknown>>()
  const lasting = new Map<string, unknown>()
  const until = <T>(key: string, nowMs: number, ask: () => [value: T, untilMs: number]): T => {
    const known = timed.get(key)
    if (known && nowMs >= known.fromMs && nowMs < known.untilMs) return known.value as T
    const [value, untilMs] = ask()
    timed.set(key, { fromMs: nowMs, untilMs, value })
    return value
  }
  const once = <T>(key: string, ask: () => T): T => {
    if (!lasting.has(key)) lasting.set(key, ask())
    return lasting.get(key) as T
  }
  const next = (state: UploadState, nowMs: number): number =>
    until(state, nowMs, () => {
      const next = hasAny(state) ? journal.nextDueMs(state, nowMs) : undefined
      const dueMs = next ?? Number.POSITIVE_INFINITY
      return [dueMs, dueMs]
    })
  const dueIn = (lane: Lane, nowMs: number): Upload[] =>
    until(lane, nowMs, () => {
      const query = { lane, monotonicMs: nowMs, limit: ALL_ROWS }
      const rows = has('pending', lane) ? journal.due(query) : []
      return [rows, next('pending', nowMs)]
    })
  return {
    due({ lane, monotonicMs, limit, except, pick }) {
      const all = dueIn(lane, monotonicMs).filter(({ row }) => !except?.has(row))
      const first = all.slice(0, limit)
      if (pick === undefined) return first
      const picked = pick(first.map(({ row }) => row))
      return first.filter(({ row }) => row === picked)
    },
    settleable(nowMs, limit) {
      const ask = (): [Upload[], number] => [
        hasAny('acknowledged') || hasAny('undecodable') ? journal.settleable(nowMs, limit) : [],
        Math.min(next('acknowledged', nowMs), next('undecodable', nowMs)),
      ]
      return [...until(`settleable ${limit}`, nowMs, ask)]
    },
    nextDueMs(state, nowMs) {
      const dueMs = next(state, nowMs)
      return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs
    },
    known: (directory, first, last) =>
      once(`${directory}\n${first}\n${last}`, () => journal.known(directory, first, last)),
    summary: () => once('', () => journal.summary()),
    forget(types) {
      if (!types?.every((type) => PENDING_ONLY.has(type))) {
        timed.clear()
        lasting.clear()
        return
      }
      for (const key of ['normal', 'slow', 'pending']) timed.delete(key)
      if (types.includes('postponed')) lasting.clear()
    },
  }
}
