/** What one seed turns on, and how likely it is: few faults at a time find more than all at once. */
import type { Rng } from './rng.ts'

export interface Swarm {
  /** Faults end here; everything must drain afterwards. */
  readonly faultsUntilMs: number
  readonly operations: number
  /** Writers run between two calls of the agent, too. */
  readonly interleaving: number
  readonly forgery: number
  readonly agentCrash: number
  readonly receiverCrash: number
  /** Of the crashes, the share that takes the machine's power. */
  readonly boardPower: number
  readonly receiverPower: number
  /** Of the crashes of the board, the share that also takes the journal or brings back an old one. */
  readonly journalLoss: number
  readonly agentStops: number
  readonly receiverStops: number
  /** Of the starts, the share that sends what is there and ends by itself. */
  readonly onceStarts: number
  readonly manualSyncs: number
  readonly nudges: number
  /** The first root is one of captured data, whose files go unsent while the disk is full. */
  readonly evicts: boolean
  readonly readError: number
  readonly callError: number
  readonly syncError: number
  readonly receiverCallError: number
  readonly receiverReadError: number
  readonly fullSpells: number
  readonly unknownWriters: number
  readonly cut: number
  readonly straggling: number
  /** The share of files that take many messages. */
  readonly largeFiles: number
  readonly darkSpells: number
  readonly latencyMs: number
  readonly syncMs: number
  readonly wallJumps: number
  readonly isOrdered: boolean
  readonly keepsSecondRoot: boolean
  readonly quietMs: number
  readonly intervalMs: number
  readonly silenceMs: number
  readonly uploads: number
}

export function drawSwarm(rng: Rng): Swarm {
  const maybe = (share: number, low: number, high: number) =>
    rng.chance(share) ? low * (high / low) ** rng.fraction() : 0
  return {
    faultsUntilMs: rng.between(4_000, 30_000),
    operations: 3 + rng.below(16),
    interleaving: maybe(0.5, 0.001, 0.05),
    forgery: maybe(0.5, 0.2, 1),
    agentCrash: maybe(0.5, 0.0005, 0.01),
    receiverCrash: maybe(0.6, 0.001, 0.03),
    boardPower: rng.pick([0, 0.5, 1]),
    receiverPower: rng.pick([0, 0.5, 1]),
    journalLoss: maybe(0.4, 0.1, 1),
    agentStops: rng.chance(0.2) ? 1 + rng.below(3) : 0,
    receiverStops: rng.chance(0.2) ? 1 + rng.below(2) : 0,
    onceStarts: maybe(0.2, 0.2, 1),
    manualSyncs: rng.chance(0.2) ? 1 + rng.below(3) : 0,
    nudges: rng.chance(0.2) ? 1 + rng.below(3) : 0,
    evicts: rng.chance(0.15),
    readError: maybe(0.2, 0.005, 0.1),
    callError: maybe(0.15, 0.0005, 0.02),
    syncError: maybe(0.2, 0.01, 0.2),
    receiverCallError: maybe(0.2, 0.001, 0.03),
    receiverReadError: maybe(0.1, 0.005, 0.1),
    fullSpells: rng.chance(0.2) ? 1 + rng.below(3) : 0,
    unknownWriters: maybe(0.1, 0.1, 0.9),
    cut: maybe(0.6, 0.005, 0.2),
    straggling: maybe(0.8, 0.5, 1),
    largeFiles: maybe(0.3, 0.2, 1),
    darkSpells: rng.chance(0.3) ? 1 + rng.below(3) : 0,
    latencyMs: rng.pick([0.1, 5, 50, 400]),
    syncMs: rng.pick([0.1, 2, 20, 300]),
    wallJumps: rng.chance(0.4) ? 1 + rng.below(3) : 0,
    isOrdered: rng.chance(0.5),
    keepsSecondRoot: rng.chance(0.35),
    quietMs: rng.pick([500, 1_000, 3_000]),
    intervalMs: rng.pick([2_000, 5_000, 10_000]),
    silenceMs: rng.pick([5_000, 20_000, 30_000]),
    uploads: 1 + rng.below(8),
  }
}
