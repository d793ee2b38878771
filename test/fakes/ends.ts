/**
 * What ends with a test or with the run. A hook that a shared module registers holds for the first
 * file that loads it alone; `hooks.ts`, which the runner loads before any file, runs these for all.
 */

const endings = new Set<() => unknown>()
let made: (() => unknown)[] = []

/** After each test of every file. */
export const afterEachTest = (end: () => unknown) => void endings.add(end)

/** Once, after the test that runs now; after the run, when none does. */
export const onceAfter = (end: () => unknown) => void made.push(end)

let outside: (() => unknown)[] = []

export function testBegins(): void {
  outside = [...outside, ...made]
  made = []
}

export async function testEnds(): Promise<void> {
  for (const end of endings) await end()
  const mine = made
  made = []
  for (const end of mine.reverse()) await end()
}

export async function runEnds(): Promise<void> {
  testBegins()
  for (const end of outside.splice(0).reverse()) await end()
}
