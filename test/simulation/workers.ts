/** Runs seeds in processes of their own, because each loads the sources in its own way. */
import * as path from 'node:path'

export interface WorkerResult {
  readonly exitCode: number
  readonly output: string
}

const ENTRY = path.join(import.meta.dir, 'simulate.ts')

export async function simulate(args: readonly string[]): Promise<WorkerResult> {
  const worker = Bun.spawn([process.execPath, ENTRY, ...args], { stderr: 'inherit' })
  const output = await new Response(worker.stdout).text()
  return { exitCode: await worker.exited, output }
}

/** At most as many at once as there are processors. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const one = async () => {
    while (next < items.length) {
      const index = next
      next += 1
      results[index] = await work(items[index] as T)
    }
  }
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, one))
  return results
}
