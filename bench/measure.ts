/** Runs whole programs, in turn, and keeps what each run cost. */

/** One run of one program. */
export interface Sample {
  readonly seconds: number
  /** Of the sending program and what it waited for. */
  readonly cpuSeconds: number
  readonly peakBytes: number
  /** What only some programs tell, by name. */
  readonly extra: Readonly<Record<string, number>>
}

export interface Contestant {
  readonly name: string
  /** Whether what it wrote was on the medium when its time ended, and how. */
  readonly synced: string
  /** With which settings, for RESULTS.md. */
  readonly settings: string
  /** Not timed: makes everything as if for the first time. */
  prepare(): Promise<void>
  run(): Promise<Sample>
  /** Not timed; fails when what should have arrived has not. */
  finish(): Promise<void>
}

export interface Scenario {
  readonly name: string
  readonly about: string
  readonly bytes: number
  readonly files: number
  readonly contestants: readonly Contestant[]
  readonly close: () => Promise<void>
}

export type Samples = Readonly<Record<string, readonly Sample[]>>

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

interface RunOptions {
  readonly env?: Record<string, string>
  /** Fails with this code are results too. */
  readonly codes?: readonly number[]
  readonly cwd?: string
}

/** Spawns, waits, and fails with what the program said when its exit code is another. */
export async function timed(command: readonly string[], options: RunOptions = {}): Promise<Sample> {
  const start = performance.now()
  const child = Bun.spawn([...command], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const said = new Response(child.stderr).text()
  const code = await child.exited
  const seconds = (performance.now() - start) / 1000
  if (!(options.codes ?? [0]).includes(code)) {
    throw new Error(`${command.join(' ')} ended with ${code}: ${(await said).slice(-2000)}`)
  }
  const usage = child.resourceUsage()
  return {
    seconds,
    cpuSeconds: Number(usage?.cpuTime.total ?? 0) / 1e6,
    peakBytes: usage?.maxRSS ?? 0,
    extra: {},
  }
}

const TOUCHED_BYTES = 3 << 30
const PAGE_BYTES = 4096

/**
 * A virtual machine hands out memory that was never used, or was given back, page by page at the
 * first touch, which costs whoever comes first. So it is touched right before each run, for all alike.
 */
function touchMemory(): void {
  const script = `const b = Buffer.allocUnsafeSlow(${TOUCHED_BYTES});
    for (let at = 0; at < b.length; at += ${PAGE_BYTES}) b[at] = 1`
  Bun.spawnSync([process.execPath, '-e', script])
}

/** Each contestant once a round, so that a slow minute of the machine meets all of them. */
export async function inTurn(scenario: Scenario, rounds: number): Promise<Samples> {
  const samples: Record<string, Sample[]> = {}
  for (let round = 0; round < rounds; round++) {
    for (const contestant of scenario.contestants) {
      await contestant.prepare()
      Bun.spawnSync(['sync'])
      touchMemory()
      const sample = await contestant.run()
      await contestant.finish()
      const kept = samples[contestant.name] ?? []
      kept.push(sample)
      samples[contestant.name] = kept
      const rate = (scenario.bytes / 1e6 / sample.seconds).toFixed(1)
      process.stderr.write(
        `${scenario.name} ${round + 1}/${rounds} ${contestant.name}: ${sample.seconds.toFixed(2)} s,` +
          ` ${rate} MB/s, ${(scenario.files / sample.seconds).toFixed(0)} files/s,` +
          ` ${sample.cpuSeconds.toFixed(2)} CPU s, ${(sample.peakBytes / 2 ** 20).toFixed(0)} MiB\n`,
      )
    }
  }
  return samples
}

/** Of the two in the same round: how much faster `name` was than `other`. Median, least and most. */
export function ratio(samples: Samples, name: string, other: string) {
  const pairs = (samples[name] ?? []).map((sample, round) => {
    const against = samples[other]?.[round]
    return against === undefined ? Number.NaN : against.seconds / sample.seconds
  })
  return { median: median(pairs), least: Math.min(...pairs), most: Math.max(...pairs) }
}
