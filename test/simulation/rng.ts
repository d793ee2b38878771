/** Randomness from a seed: the same seed gives the same run. */
import type { Random } from '../../src/system/random.ts'

export interface Rng extends Random {
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number
  /** Evenly between the two. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
}

/** Mulberry32: 32 bits of state are enough to tell seeds apart. */
export function createRng(seed: number): Rng {
  let state = (seed * 0x9e3779b1) >>> 0
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (count: number) => Math.floor(fraction() * count)
  return {
    fraction,
    bytes(count) {
      const bytes = new Uint8Array(count)
      for (let at = 0; at < count; at++) bytes[at] = below(256)
      return bytes
    },
    below,
    between: (low, high) => low + fraction() * (high - low),
    chance: (probability) => probability > 0 && fraction() < probability,
    pick: <T>(from: readonly T[]) => from[below(from.length)] as T,
  }
}
