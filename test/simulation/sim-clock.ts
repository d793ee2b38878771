/** Virtual time: a plain loop takes the next event, runs it and drains the microtasks. */
import { drainMicrotasks } from 'bun:jsc'
import type { Clock } from '../../src/system/clock.ts'
import type { Rng } from './rng.ts'

interface SimEvent {
  readonly atMs: number
  /** Drawn: events of the same time come in any order. */
  readonly order: number
  readonly run: () => void
}

export interface Timeline {
  nowMs(): number
  /** Runs once, `delayMs` from now. */
  after(delayMs: number, run: () => void): void
  /** Runs the next event and all that follows from it at once; false when there is none. */
  step(): boolean
}

const isBefore = (a: SimEvent, b: SimEvent) =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

function createHeap() {
  const heap: SimEvent[] = []
  const swap = (a: number, b: number) => {
    const kept = heap[a] as SimEvent
    heap[a] = heap[b] as SimEvent
    heap[b] = kept
  }
  return {
    push(event: SimEvent) {
      heap.push(event)
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (!isBefore(heap[at] as SimEvent, heap[parent] as SimEvent)) break
        swap(at, parent)
        at = parent
      }
    },
    pop(): SimEvent | undefined {
      const first = heap[0]
      const last = heap.pop()
      if (heap.length === 0 || last === undefined) return first
      heap[0] = last
      for (let at = 0; ; ) {
        let least = at
        for (const child of [2 * at + 1, 2 * at + 2]) {
          const candidate = heap[child]
          if (candidate && isBefore(candidate, heap[least] as SimEvent)) least = child
        }
        if (least === at) return first
        swap(at, least)
        at = least
      }
    },
  }
}

export function createTimeline(rng: Rng): Timeline {
  const heap = createHeap()
  let nowMs = 0
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      heap.push({ atMs: nowMs + Math.max(delayMs, 0), order: rng.fraction(), run })
    },
    step() {
      const event = heap.pop()
      if (event === undefined) return false
      nowMs = event.atMs
      event.run()
      drainMicrotasks()
      return true
    },
  }
}

/** What a machine believes about the time; `stampNs` differs for each call. */
export interface WallClock {
  wallMs(): number
  stampNs(): bigint
  jumpTo(wallMs: number): void
}

export function createWallClock(timeline: Timeline, startMs: number): WallClock {
  let offsetMs = startMs
  let stamps = 0n
  const wallMs = () => offsetMs + timeline.nowMs()
  return {
    wallMs,
    stampNs() {
      stamps += 1n
      return BigInt(Math.floor(wallMs())) * 1_000_000n + (stamps % 1_000_000n)
    },
    jumpTo(target) {
      offsetMs = target - timeline.nowMs()
    },
  }
}

/** One process's clock; after its end nothing that sleeps wakes up. */
export function createSimClock(
  timeline: Timeline,
  wall: WallClock,
  isAlive: () => boolean,
  startMs: number,
): Clock {
  return {
    wallMs: wall.wallMs,
    monotonicMs: () => timeline.nowMs() + startMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        let done = false
        const finish = () => {
          if (done || !isAlive()) return
          done = true
          signal?.removeEventListener('abort', finish)
          resolve()
        }
        signal?.addEventListener('abort', finish)
        if (Number.isFinite(delayMs)) timeline.after(Math.max(delayMs, 0.001), finish)
      }),
  }
}
