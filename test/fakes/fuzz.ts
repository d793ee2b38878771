/** Very many random cases: only errors that say what to do may come of them, and nothing may grow. */
import { expect } from 'bun:test'
import * as fs from 'node:fs'
import * as fc from 'fast-check'

/** Of all fuzzing together; the long tests ask for a million. */
const CASES = Number(process.env['FERRY_FUZZ_CASES'] ?? 100_000)
/** Drawn and shrunk together, since drawing one alone costs more than running it. */
const BATCH = 100
const MOST_GROWTH_MIB = 24

/** Called for an error of a kind that is meant; anything else fails. */
export type ErrorKind = abstract new (...args: never[]) => Error

interface Fuzzing<T> {
  /** Which part of all cases. */
  readonly share: number
  readonly one: fc.Arbitrary<T>
  readonly meant: readonly ErrorKind[]
  /** Runs one case; throws what is meant, or nothing. */
  readonly attempt: (value: T) => unknown
  /** After each batch: lets what is under way end, and looks at what must hold then. */
  readonly settle?: () => Promise<void>
}

const descriptors = () => fs.readdirSync('/proc/self/fd').length

const memoryMiB = () => {
  Bun.gc(true)
  return process.memoryUsage.rss() / 1024 / 1024
}

/** Counts how the cases ended: at least one of them well, and one by an error that is meant. */
export async function fuzz<T>(name: string, fuzzing: Fuzzing<T>): Promise<void> {
  const { share, one, meant, attempt, settle = async () => {} } = fuzzing
  const seed = Number(process.env['FERRY_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const ends = new Map<string, number>()
  const count = (end: string) => ends.set(end, (ends.get(end) ?? 0) + 1)
  const run = async (value: T) => {
    try {
      await attempt(value)
      count('ok')
    } catch (error) {
      if (!meant.some((kind) => error instanceof kind)) throw error
      count((error as Error).name)
    }
  }
  const batch = fc.asyncProperty(
    fc.array(one, { minLength: BATCH, maxLength: BATCH }),
    async (values) => {
      for (const value of values) await run(value)
      await settle()
    },
  )
  const runs = Math.ceil((CASES * share) / BATCH / 2)
  console.log(`fuzzing ${name}: seed ${seed}`)
  // The first half fills what the runtime keeps anyway: a leak grows in the second as well.
  await fc.assert(batch, { numRuns: runs, seed })
  const before = { descriptors: descriptors(), memoryMiB: memoryMiB() }
  await fc.assert(batch, { numRuns: runs, seed: seed + 1 })
  const grown = Math.round(memoryMiB() - before.memoryMiB)
  console.log(`TABLE fuzzing ${name}: ${JSON.stringify(Object.fromEntries(ends))}, ${grown} MiB`)
  expect(descriptors()).toBe(before.descriptors)
  expect(grown).toBeLessThan(MOST_GROWTH_MIB)
  expect(ends.size).toBeGreaterThan(1)
}

/** Bytes that began as one of these and were changed, cut, or made longer. */
export const damaged = (wholes: readonly Uint8Array[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      fc.constantFrom(...wholes),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -300, max: 300 })),
    )
    .map(([whole, changes, longer]) => {
      const bytes = Buffer.alloc(Math.max(0, whole.length + longer))
      bytes.set(whole.subarray(0, bytes.length))
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
      return bytes
    })
