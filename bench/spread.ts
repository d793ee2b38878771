/** Medians, and how far the samples lie apart. Pure. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** undefined when there is nothing, or when one of them is not a number. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return undefined
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) }
}

/** Of the samples of one round each: the first's rate through the second's. */
export function ratios(first: readonly number[], second: readonly number[]): Spread | undefined {
  const rounds = Math.min(first.length, second.length)
  return spreadOf(first.slice(0, rounds).map((value, round) => value / (second[round] ?? 0)))
}
