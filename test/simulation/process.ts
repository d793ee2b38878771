/** One process on a machine: it ends at any call, and nothing it does afterwards has an effect. */
import type { Rng } from './rng.ts'

/** Thrown out of the call during which the process ended. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface Process {
  readonly name: string
  isAlive(): boolean
  /** Ends it and runs what was left to be done at its end. */
  kill(): void
  /** `work` runs when the process ends, however it ends. */
  atEnd(work: () => void): void
  /** Throws when the process has ended. */
  check(): void
  /** One call of the system: the process may end right before or after it. */
  call<T>(label: string, work: () => T): T
}

export interface ProcessOptions {
  readonly name: string
  readonly rng: Rng
  /** For each side of each call. */
  readonly crashChance: () => number
  /** The process is gone already; decides whether the machine goes down with it. */
  readonly onCrash: (label: string) => void
  /** Others run between two calls. */
  readonly between: (label: string) => void
  readonly trace: (label: string) => void
  /** The simulation itself has gone wrong. */
  readonly fail: (error: unknown) => void
}

export function createProcess(options: ProcessOptions): Process {
  const { name, rng, crashChance, onCrash, between, trace, fail } = options
  let alive = true
  const endings: (() => void)[] = []
  const kill = () => {
    if (!alive) return
    alive = false
    for (const work of endings) work()
  }
  const check = () => {
    if (!alive) throw new Killed(name)
  }
  const maybeCrash = (side: 'before' | 'after', label: string) => {
    if (!rng.chance(crashChance())) return
    try {
      kill()
      onCrash(`${side} ${label}`)
    } catch (error) {
      fail(error)
    }
    throw new Killed(name)
  }
  return {
    name,
    isAlive: () => alive,
    kill,
    atEnd: (work) => void endings.push(work),
    check,
    call(label, work) {
      check()
      maybeCrash('before', label)
      between(label)
      trace(label)
      const result = work()
      maybeCrash('after', label)
      return result
    },
  }
}
