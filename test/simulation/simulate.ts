/**
 * Runs seeds in a process of its own: `bun test/simulation/simulate.ts --from 1 --count 1000`.
 * `--seed N` runs one and prints its events, `--plant FILE` plants a bug, `--all` goes on after a
 * failure and counts, `--hash` prints what each seed's events come to. Exit code 0: every promise was kept, 1: one was broken, 2: it cannot run.
 */
import * as fs from 'node:fs'
import { parseArgs } from 'node:util'
import { prepareSources } from './sources.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '100' },
    step: { type: 'string', default: '1' },
    plant: { type: 'string' },
    all: { type: 'boolean', default: false },
    hash: { type: 'boolean', default: false },
  },
})

/** Events shown of a failed run; the last ones tell most. */
const EVENTS_SHOWN = 150
/** The runtime tells of rejections that nobody handles in between. */
const BREATHE_EVERY = 20

const print = (text: string) => void process.stdout.write(`${text}\n`)

function seedsOf(): Iterable<number> {
  if (values.seed !== undefined) return [Number(values.seed)]
  if (values.seeds !== undefined) return values.seeds.split(',').map(Number)
  const [from, step] = [Number(values.from), Number(values.step)]
  return Array.from({ length: Number(values.count) }, (_, index) => from + index * step)
}

async function main(): Promise<number> {
  const plant = values.plant
  try {
    await prepareSources(plant === undefined ? '' : fs.readFileSync(plant, 'utf8'))
  } catch (error) {
    print(`cannot run: ${(error as Error).message}`)
    return 2
  }
  const { runSeed } = await import('./world.ts')
  const rejections: unknown[] = []
  process.on('unhandledRejection', (error) => {
    if ((error as Error)?.name !== 'Killed') rejections.push(error)
  })
  // Failures are part of the play: their stacks are of use only where somebody reads them.
  const { stackTraceLimit } = Error
  if (values.seed === undefined) Error.stackTraceLimit = 0
  const startMs = performance.now()
  let ran = 0
  const broken = new Map<string, number[]>()
  for (const seed of seedsOf()) {
    ran += 1
    const events: string[] | undefined = values.hash ? [] : undefined
    const { violation } = runSeed(seed, events)
    if (events) print(`${seed} ${events.length} ${Bun.SHA256.hash(events.join('\n'), 'hex')}`)
    if (ran % BREATHE_EVERY === 0) await new Promise((resolve) => setImmediate(resolve))
    if (rejections.length > 0) {
      print(`a rejection that nobody handles, by seed ${seed} or shortly before: ${rejections[0]}`)
      return 1
    }
    if (violation === undefined) continue
    const kind = violation.message.replace(/\b[0-9a-f]{6,}\b|\d+/g, '#')
    broken.set(kind, [...(broken.get(kind) ?? []), seed])
    if (values.all) continue
    const log: string[] = []
    Error.stackTraceLimit = stackTraceLimit
    const { violation: again } = runSeed(seed, log)
    print(log.slice(values.seed === undefined ? -EVENTS_SHOWN : 0).join('\n'))
    print(`seed ${seed}, the ${ran}. one: ${again?.stack ?? violation.message}`)
    print(`again: ./scripts/simulate.sh --seed ${seed}${plant ? ` --plant ${plant}` : ''}`)
    return 1
  }
  const perSecond = Math.round((ran * 1000) / (performance.now() - startMs))
  for (const [kind, seeds] of broken) print(`${seeds.length} x ${kind}: ${seeds.slice(0, 8)}`)
  print(`${ran} seeds, ${perSecond} a second`)
  return broken.size === 0 ? 0 : 1
}

process.exit(await main())
