/** Files whose failure was put down to the destination: whom to ask next, and whose fault it is. */

/** Beyond these the oldest is forgotten: it costs one more question. */
const MOST_SUSPECTS = 1024
/** Steps of this part of the whole never come near an earlier one soon (the golden section). */
const STRIDE = (Math.sqrt(5) - 1) / 2

export interface Suspects {
  /** This row failed when the destination had given so many signs of life. */
  failed(row: number, answers: number): void
  /** Others got answers since this row failed: the next failure is its own. */
  isOutdone(row: number, answers: number): boolean
  forget(row: number): void
  /** The destination took it. */
  accepted(row: number): void
  /**
   * The one to ask whether the destination still fails: none that failed before while there are
   * others: the next after the one accepted last, then each time far from the one before, as files
   * that fare alike stand together. Else the one whose failure is longest ago.
   */
  probe(due: readonly number[], failures: number): number | undefined
}

export function createSuspects(): Suspects {
  /** In the order of their last failures. */
  const answersAt = new Map<number, number>()
  let accepted = Number.POSITIVE_INFINITY
  return {
    failed(row, answers) {
      answersAt.delete(row)
      answersAt.set(row, answers)
      const [oldest] = answersAt.keys()
      if (answersAt.size > MOST_SUSPECTS && oldest !== undefined) answersAt.delete(oldest)
    },
    isOutdone: (row, answers) => answers > (answersAt.get(row) ?? Number.POSITIVE_INFINITY),
    forget: (row) => void answersAt.delete(row),
    accepted(row) {
      answersAt.delete(row)
      accepted = row
    },
    probe(due, failures) {
      const fresh = due.filter((row) => !answersAt.has(row))
      const neighbour = failures === 1 ? fresh.find((row) => row > accepted) : undefined
      if (neighbour !== undefined) return neighbour
      if (fresh.length > 0) return fresh[Math.floor(((failures * STRIDE) % 1) * fresh.length)]
      const suspected = new Set(due)
      for (const row of answersAt.keys()) if (suspected.has(row)) return row
      return undefined
    },
  }
}
