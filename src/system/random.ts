/** Randomness, so that tests and the simulation can supply their own. */

export interface Random {
  /** Evenly in [0, 1). */
  fraction(): number
  bytes(count: number): Uint8Array
}

export function createSystemRandom(): Random {
  return {
    fraction: () => Math.random(),
    bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  }
}
