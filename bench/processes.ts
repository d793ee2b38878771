/** What the kernel knows of a running process: CPU time, memory, bytes it wrote. */
import * as fs from 'node:fs'

/** The kernel counts CPU time in hundredths of a second for programs. */
const TICKS_PER_SECOND = 100

const read = (path: string) => fs.readFileSync(path, 'utf8')

/** Seconds of all its threads, ended ones too. */
export function cpuParts(pid: number): { readonly user: number; readonly system: number } {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  const seconds = (field: number) => Number(fields[field]) / TICKS_PER_SECOND
  return { user: seconds(11), system: seconds(12) }
}

export function cpuSeconds(pid: number): number {
  const { user, system } = cpuParts(pid)
  return user + system
}

const inKib = (text: string, key: string) =>
  Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024

export const peakBytes = (pid: number) => inKib(read(`/proc/${pid}/status`), 'VmHWM')

/** What it started, and what those started, as long as they run. */
export function descendants(pid: number): readonly number[] {
  try {
    const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ')
    const pids = children.filter((text) => text !== '').map(Number)
    return pids.flatMap((child) => [child, ...descendants(child)])
  } catch {
    return []
  }
}

/** From now on the peak counts anew. */
export const forgetPeak = (pid: number) => fs.writeFileSync(`/proc/${pid}/clear_refs`, '5')

/** `dirtyBytes`: what the kernel cannot drop; `privateBytes`: that and mapped pages of no one else. */
export function residentNow(pid: number) {
  const text = read(`/proc/${pid}/smaps_rollup`)
  const dirtyBytes = inKib(text, 'Private_Dirty')
  const privateBytes = dirtyBytes + inKib(text, 'Private_Clean')
  return { residentBytes: inKib(text, 'Rss'), dirtyBytes, privateBytes }
}

/** Polls until it gives something; fails when it takes longer. */
export async function eventually<T>(
  what: string,
  withinMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const endMs = performance.now() + withinMs
  while (performance.now() < endMs) {
    const value = await probe()
    if (value !== undefined) return value
    await Bun.sleep(20)
  }
  throw new Error(`${what}: not within ${withinMs / 1000} s`)
}
