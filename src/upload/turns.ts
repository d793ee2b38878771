/** Work of which only so much is done at a time: more side by side is not faster, only larger. */

/** Starts it once fewer than the limit are at work, in the order of the calls; gives what it gives. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export function createTurns(limit: number): InTurn {
  let atWork = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (atWork < limit) atWork += 1
    // Whoever ends hands its place over, so that nobody who comes now gets ahead.
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else atWork -= 1
    }
  }
}
