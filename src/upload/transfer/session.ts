/** One stream to a receiver: many uploads at once, in turns, until the stream ends. */
import { Transient } from '../../errors.ts'
import type { Receipt } from '../../model.ts'
import type { RateLimit } from '../../schedule/rate-limit.ts'
import type { Clock } from '../../system/clock.ts'
import { encodeAgentFrame } from '../../wire/agent-frames.ts'
import type { ReceiverFrame, Welcome } from '../../wire/frames.ts'
import type { Link, Transport } from '../../wire/link.ts'
import { decodeReceiverFrames } from '../../wire/receiver-frames.ts'
import { unlessAborted } from '../abort.ts'
import { createTurns, type InTurn } from '../turns.ts'
import { type Channel, failureOf } from './channel.ts'
import { createState, type Entry, enqueue, type SessionState, settle } from './entries.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import { createPace, type Pace } from './pace.ts'

export interface SessionParts {
  readonly transport: Transport
  readonly clock: Clock
  readonly rateLimit: () => RateLimit
  readonly hello: { readonly software: string; readonly machineId: string }
  readonly onSent: (bytes: number) => void
  /** Without any sign of life for this long while something is under way, the stream is given up. */
  readonly silenceMs: number
}

export interface Session {
  /** Resolves when the receiver has welcomed us; fails when it does not. */
  welcome(): Promise<Welcome>
  carry(make: (number: number, welcome: Welcome) => Channel, signal: AbortSignal): Promise<Receipt>
  isOpen(): boolean
  close(): void
}

/** A receiver that can be reached answers sooner. */
const LONGEST_GREETING_MS = 20_000

async function handle(state: SessionState, entry: Entry, frame: ReceiverFrame): Promise<void> {
  const { channel } = entry
  if (frame.type === 'failed') {
    entry.isAnswered = true
    return settle(state, entry, failureOf(frame))
  }
  if (frame.type === 'progress') channel.progressed(frame.committedBytes)
  if (frame.type === 'opened' && frame.receipt === undefined) await channel.opened(frame)
  const receipt = 'receipt' in frame ? frame.receipt : undefined
  if (receipt !== undefined) {
    const accepted = await channel.stored(receipt)
    if (accepted) return settle(state, entry, { receipt: accepted })
  }
  enqueue(state, entry)
}

/** A wait that we chose is no silence of the receiver's. */
async function pause({ clock }: SessionParts, state: SessionState, waitMs: number): Promise<void> {
  const endMs = clock.monotonicMs() + waitMs
  while (!state.ended.signal.aborted && clock.monotonicMs() < endMs) {
    await clock.sleep(Math.min(endMs - clock.monotonicMs(), 1000), state.ended.signal)
    state.lastSignMs = clock.monotonicMs()
  }
}

interface Out {
  readonly outbox: Outbox
  readonly pace: Pace
}

/** Lets every channel send one piece in turn, for as long as the stream lasts. */
async function pump(parts: SessionParts, state: SessionState, out: Out): Promise<void> {
  const { outbox, pace } = out
  const { clock, rateLimit, onSent } = parts
  const { signal } = state.ended
  while (!signal.aborted) {
    const entry = state.turns.shift()
    if (entry === undefined) {
      await outbox.flush()
      // Waiting for answers is part of what the link takes.
      if (state.entries.size === 0) pace.paused()
      if (state.turns.length === 0) await state.bell.wait(60_000, signal)
      continue
    }
    entry.queued = false
    if (!state.entries.has(entry.number) || !entry.channel.wantsToSend()) continue
    try {
      const { messages, bytes } = await entry.channel.next(outbox.lend)
      const waitMs = rateLimit().reserve(bytes, clock.monotonicMs())
      if (waitMs > 0) {
        await outbox.flush()
        await pause(parts, state, waitMs)
      }
      await outbox.send(messages)
      state.lastSignMs = clock.monotonicMs()
      pace.sent(bytes, state.lastSignMs)
      onSent(bytes)
      enqueue(state, entry)
    } catch (error) {
      settle(state, entry, error as Error)
    }
  }
}

async function watch({ clock, silenceMs }: SessionParts, state: SessionState, link: Link) {
  const { signal } = state.ended
  while (!signal.aborted) {
    await clock.sleep(Math.min(silenceMs / 4, LONGEST_GREETING_MS / 4), signal)
    const silentMs = clock.monotonicMs() - state.lastSignMs
    if (state.welcome && state.entries.size === 0) state.lastSignMs = clock.monotonicMs()
    else if (silentMs > (state.welcome ? silenceMs : Math.min(silenceMs, LONGEST_GREETING_MS))) {
      const seconds = Math.round(silentMs / 1000)
      state.failure = new Transient(`no answer for ${seconds} s`, { scope: 'destination' })
      link.close()
    }
  }
}

function createCarrier(state: SessionState, welcomed: Promise<Welcome>): Session['carry'] {
  let lastNumber = 0
  /** More than the receiver has channels for wait here: refused ones would be asked about again. */
  let inTurn: InTurn | undefined
  return async (make, signal) => {
    // Stopping does not wait for a receiver that says nothing.
    const welcome = state.welcome ?? (await unlessAborted(welcomed, signal))
    const start = async () => {
      signal.throwIfAborted()
      if (state.failure) throw state.failure
      lastNumber += 1
      const number = lastNumber
      return await enter(state, number, make(number, welcome), signal)
    }
    inTurn ??= createTurns(welcome.maxChannels)
    return await inTurn(start)
  }
}

function enter(state: SessionState, number: number, channel: Channel, signal: AbortSignal) {
  return new Promise<Receipt>((resolve, reject) => {
    const stop = () => settle(state, entry, signal.reason as Error)
    const entry: Entry = {
      ...{ number, channel, resolve, reject },
      work: Promise.resolve(),
      queued: false,
      release: () => signal.removeEventListener('abort', stop),
      isAnswered: false,
    }
    state.entries.set(number, entry)
    signal.addEventListener('abort', stop)
    enqueue(state, entry)
  })
}

/** Opens the stream at once. When it ends, everything on it fails with why. */
export function openSession(parts: SessionParts): Session {
  const { clock, transport } = parts
  const state = createState(clock)
  const { promise: welcomed, resolve: accept, reject: refuse } = Promise.withResolvers<Welcome>()
  welcomed.catch(() => {})
  const receive = (frame: ReceiverFrame) => {
    if (frame.type === 'welcome') {
      state.welcome = frame
      return accept(frame)
    }
    const entry = state.entries.get(frame.channel)
    if (entry === undefined) return
    entry.work = entry.work
      .then(() => handle(state, entry, frame))
      .catch((error: unknown) => settle(state, entry, error as Error))
  }
  const end = (why: Transient) => {
    state.failure ??= why
    state.ended.abort()
    refuse(state.failure)
    for (const entry of [...state.entries.values()]) settle(state, entry, state.failure)
  }
  const link = transport.connect({
    message(bytes) {
      state.lastSignMs = clock.monotonicMs()
      try {
        for (const frame of decodeReceiverFrames(bytes)) receive(frame)
      } catch (cause) {
        state.failure ??= new Transient('the answer is not of this protocol', {
          scope: 'destination',
          cause,
        })
        link.close()
      }
    },
    moved() {
      state.lastSignMs = clock.monotonicMs()
    },
    closed: end,
  })
  link.send(encodeAgentFrame({ channel: 0, type: 'hello', ...parts.hello }))
  state.cancel = (channel) => link.send(encodeAgentFrame({ channel, type: 'cancel' }))
  void watch(parts, state, link)
  void welcomed.then(
    ({ maxDataBytes }) => {
      const pace = createPace(maxDataBytes)
      return pump(parts, state, { outbox: createOutbox(link, maxDataBytes, pace), pace })
    },
    () => {},
  )
  return {
    welcome: () => welcomed,
    carry: createCarrier(state, welcomed),
    isOpen: () => !state.ended.signal.aborted,
    close: () => link.close(),
  }
}
