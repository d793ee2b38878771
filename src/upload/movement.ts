/** Whether something still moves in a call: messages under way, and how long none has left. */
import type { Clock } from '../system/clock.ts'

export interface Movement {
  /** A message is on its way; the returned function says that it has left. */
  leaving(sizeBytes: number): () => void
  /** Resolves when fewer than `count` messages are on their way. */
  below(count: number): Promise<void>
  /** A wait that we chose is no silence of the other end's. */
  pause(waitMs: number, signal: AbortSignal): Promise<void>
  /** Resolves with the time waited in vain, if ever. */
  readonly stalled: Promise<number>
  /** From now on the other end has its turn: it has all that there is. */
  finished(): void
  end(): void
}

/** A message moves as a whole as far as can be seen: on the slowest link it needs this long. */
const SLOWEST_BYTES_PER_MS = 4

export function createMovement(clock: Clock, silenceMs: number): Movement {
  const ended = new AbortController()
  const { promise: stalled, resolve: stall } = Promise.withResolvers<number>()
  let lastMs = clock.monotonicMs()
  let messages = 0
  let bytes = 0
  let isFinished = false
  let waiters: (() => void)[] = []
  const wake = () => {
    const woken = waiters
    waiters = []
    for (const resolve of woken) resolve()
  }
  const watch = async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(silenceMs / 4, ended.signal)
      // With nothing on its way, it is this side that is at work: it reads a large file, say.
      if (messages === 0 && !isFinished) lastMs = clock.monotonicMs()
      const silentMs = clock.monotonicMs() - lastMs
      if (ended.signal.aborted || silentMs < silenceMs + bytes / SLOWEST_BYTES_PER_MS) continue
      return stall(silentMs)
    }
  }
  void watch()
  return {
    stalled,
    leaving(sizeBytes) {
      messages += 1
      bytes += sizeBytes
      lastMs = clock.monotonicMs()
      return () => {
        messages -= 1
        bytes -= sizeBytes
        lastMs = clock.monotonicMs()
        wake()
      }
    },
    async below(count) {
      while (messages >= count && !ended.signal.aborted) {
        await new Promise<void>((resolve) => waiters.push(resolve))
      }
    },
    async pause(waitMs, signal) {
      const endMs = clock.monotonicMs() + waitMs
      while (!signal.aborted && clock.monotonicMs() < endMs) {
        await clock.sleep(Math.min(endMs - clock.monotonicMs(), silenceMs / 2), signal)
        lastMs = clock.monotonicMs()
      }
    },
    finished() {
      isFinished = true
      lastMs = clock.monotonicMs()
    },
    end() {
      ended.abort()
      wake()
    },
  }
}
