/** When a disk will be full at the rate of the last hours. Pure. */
import type { DiskUsage } from '../model.ts'

export interface Sample {
  readonly monotonicMs: number
  readonly availableBytes: number
}

const SAMPLE_EVERY_MS = 5 * 60_000
const KEPT_SAMPLES = 72
/** A shorter history says nothing. */
const SHORTEST_HISTORY_MS = 10 * 60_000

/** Keeps one sample for each five minutes of the last six hours. */
export function withSample(
  samples: readonly Sample[],
  usage: DiskUsage,
  monotonicMs: number,
): readonly Sample[] {
  const last = samples.at(-1)
  if (last && monotonicMs - last.monotonicMs < SAMPLE_EVERY_MS) return samples
  const sample = { monotonicMs, availableBytes: usage.availableBytes }
  return [...samples, sample].slice(-KEPT_SAMPLES)
}

/** Milliseconds until nothing is available; undefined while it does not shrink or is too new. */
export function fullInMs(samples: readonly Sample[]): number | undefined {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return undefined
  const overMs = last.monotonicMs - first.monotonicMs
  const lost = first.availableBytes - last.availableBytes
  if (overMs < SHORTEST_HISTORY_MS || lost <= 0) return undefined
  return (last.availableBytes / lost) * overMs
}
