/** Runs whole programs, in turn, and keeps what each run cost. */
import { descendants, peakBytes } from './processes.ts'

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
  /** Where it carries less than the others, because it is too slow for all of it. */
  readonly files?: number
  readonly bytes?: number
  /** Not timed: makes everything as if for the first time. */
  prepare(): Promise<void>
  run(): Promise<Sample>
  /** Not timed; fails when what should have arrived has not. */
  finish(): Promise<void>
}

/** MB/s and files/s: more is better; s: less is. */
export type Unit = 'MB/s' | 'files/s' | 's' | 'CPU %' | 'bytes twice %' | 'journal KiB'

export interface Scenario {
  readonly name: string
  readonly about: string
  readonly bytes: number
  readonly files: number
  /** What its chart shows. */
  readonly unit: Unit
  readonly contestants: readonly Contestant[]
  readonly close: () => Promise<void>
}

export type Samples = Readonly<Record<string, readonly Sample[]>>

const PEAK_LOOK_MS = 20

/**
 * The kernel's own figure for an ended child starts from what its parent held, so it is looked at
 * while it runs: the largest of it and of those it started.
 */
function watchPeak(pid: number): { stop: () => number } {
  let peak = 0
  const look = () => {
    for (const one of [pid, ...descendants(pid)]) {
      try {
        peak = Math.max(peak, peakBytes(one) || 0)
      } catch {
        // It has ended.
      }
    }
  }
  const timer = setInterval(look, PEAK_LOOK_MS)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

interface RunOptions {
  readonly env?: Record<string, string>
  /** Fails with this code are results too. */
  readonly codes?: readonly number[]
  readonly cwd?: string
}

/** Nothing here takes longer, unless it hangs. */
const MOST_RUN_MS = 400_000

/** Spawns, waits, and fails with what the program said when its exit code is another. */
export async function timed(command: readonly string[], options: RunOptions = {}): Promise<Sample> {
  const start = performance.now()
  const child = Bun.spawn([...command], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...{ timeout: MOST_RUN_MS, killSignal: 'SIGKILL' },
  })
  const said = new Response(child.stderr).text()
  const peak = watchPeak(child.pid)
  const code = await child.exited
  const seconds = (performance.now() - start) / 1000
  if (!(options.codes ?? [0]).includes(code)) {
    throw new Error(`${command.join(' ')} ended with ${code}: ${(await said).slice(-2000)}`)
  }
  const usage = child.resourceUsage()
  return {
    seconds,
    cpuSeconds: Number(usage?.cpuTime.total ?? 0) / 1e6,
    peakBytes: peak.stop(),
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

/** What waits for the disk is written, and memory is there. */
export function settleMachine(): void {
  Bun.spawnSync(['sync'])
  touchMemory()
}

function tell(scenario: Scenario, contestant: Contestant, round: string, sample: Sample): void {
  const { files = scenario.files, bytes = scenario.bytes } = contestant
  const extra = Object.entries(sample.extra).map(([key, value]) => `, ${key} ${+value.toFixed(3)}`)
  process.stderr.write(
    `${scenario.name} ${round} ${contestant.name}: ${sample.seconds.toFixed(3)} s,` +
      ` ${(bytes / 1e6 / sample.seconds).toFixed(1)} MB/s,` +
      ` ${(files / sample.seconds).toFixed(0)} files/s, ${sample.cpuSeconds.toFixed(2)} CPU s,` +
      ` ${(sample.peakBytes / 2 ** 20).toFixed(0)} MiB${extra.join('')}\n`,
  )
}

/** What came of all rounds. */
export interface Outcome {
  readonly samples: Samples
  readonly leftOut: Readonly<Record<string, string>>
}

export interface Rounds {
  readonly wanted: number
  /** A further round begins only while it can be expected to end within this. */
  readonly withinSeconds: number
  /** Before each run: the machine is brought into the same state for all. */
  readonly settle: () => void
  /** Ends what a contestant that failed has left running. */
  readonly clear: () => Promise<void>
}

const isOurs = ({ name }: Contestant) => name.startsWith('ferry')

async function measureOne(contestant: Contestant, settle: () => void): Promise<Sample> {
  await contestant.prepare()
  settle()
  const sample = await contestant.run()
  await contestant.finish()
  return sample
}

/**
 * Each contestant once a round, so that a slow minute of the machine meets all of them. Another
 * program that fails is left out from then on, with what it did before; Ferry's failure ends it.
 */
export async function inTurn(scenario: Scenario, rounds: Rounds): Promise<Outcome> {
  const { wanted } = rounds
  const samples: Record<string, Sample[]> = {}
  const leftOut: Record<string, string> = {}
  const startMs = performance.now()
  const secondsSoFar = () => (performance.now() - startMs) / 1000
  for (let round = 1; round <= wanted; round++) {
    for (const contestant of scenario.contestants.filter(({ name }) => !(name in leftOut))) {
      try {
        const sample = await measureOne(contestant, rounds.settle)
        samples[contestant.name] = [...(samples[contestant.name] ?? []), sample]
        tell(scenario, contestant, `${round}/${wanted}`, sample)
      } catch (error) {
        await rounds.clear()
        if (isOurs(contestant)) throw error
        process.stderr.write(`LEFT OUT ${contestant.name}, it failed: ${error}\n`)
        leftOut[contestant.name] = `failed in round ${round} of ${wanted}`
        delete samples[contestant.name]
      }
    }
    const [taken, each] = [secondsSoFar(), secondsSoFar() / round]
    process.stderr.write(
      `-- ${scenario.name}: round ${round} of ${wanted}, ${taken.toFixed(0)} s\n`,
    )
    if (round < wanted && taken + each > rounds.withinSeconds) {
      process.stderr.write(`CUT SHORT ${scenario.name}: the time is over after ${round} rounds\n`)
      break
    }
  }
  return { samples, leftOut }
}
