/** The uploads on one stream: whose turn it is, and how each of them ends. */
import type { Transient } from '../../errors.ts'
import type { Receipt } from '../../model.ts'
import { type Bell, createBell } from '../../system/bell.ts'
import type { Clock } from '../../system/clock.ts'
import type { Welcome } from '../../wire/frames.ts'
import type { Channel } from './channel.ts'

export interface Entry {
  readonly number: number
  readonly channel: Channel
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
  /** Frames of one channel are handled in order, though handling may take a while. */
  work: Promise<void>
  queued: boolean
  readonly release: () => void
  /** The receiver itself ended the channel. */
  isAnswered: boolean
}

export interface SessionState {
  readonly entries: Map<number, Entry>
  readonly turns: Entry[]
  readonly bell: Bell
  readonly ended: AbortController
  lastSignMs: number
  /** undefined until the receiver has welcomed us. */
  welcome: Welcome | undefined
  failure: Transient | undefined
  cancel: (number: number) => void
}

export function enqueue(state: SessionState, entry: Entry): void {
  if (!entry.queued && state.entries.has(entry.number) && entry.channel.wantsToSend()) {
    entry.queued = true
    state.turns.push(entry)
    state.bell.ring()
  }
}

/** An upload that ends without the receiver's word is cancelled there too. */
export function settle(
  state: SessionState,
  entry: Entry,
  outcome: { receipt: Receipt } | Error,
): void {
  if (!state.entries.delete(entry.number)) return
  entry.release()
  if (outcome instanceof Error && !entry.isAnswered) state.cancel(entry.number)
  if (outcome instanceof Error) entry.reject(outcome)
  else entry.resolve(outcome.receipt)
}

export function createState(clock: Clock): SessionState {
  return {
    entries: new Map(),
    turns: [],
    bell: createBell(clock),
    ended: new AbortController(),
    lastSignMs: clock.monotonicMs(),
    welcome: undefined,
    failure: undefined,
    cancel: () => {},
  }
}
