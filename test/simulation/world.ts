/** One seed's world: a board, a receiver and the network between them, from faults to the end. */
import { createBoard } from './board.ts'
import { find } from './descriptors.ts'
import { startIntruder } from './intruder.ts'
import { createMutator, type Mutator } from './mutator.ts'
import { createOracle, filesBelow, type Oracle, Violation } from './oracle.ts'
import { Killed } from './process.ts'
import { createReceiver } from './receiver.ts'
import { createRng, type Rng } from './rng.ts'
import { createTimeline, createWallClock, type Timeline } from './sim-clock.ts'
import { createDisk, type Disk } from './sim-disk.ts'
import { createNetwork } from './sim-network.ts'
import { drawSwarm, type Swarm } from './swarm.ts'
import { createTold } from './told.ts'
import { createWireWatch } from './wire-watch.ts'

/** What both machines share. */
export interface Setting {
  readonly rng: Rng
  readonly swarm: Swarm
  readonly timeline: Timeline
  isFaulty(): boolean
  /** A chance that is nothing once the faults have ended. */
  during(probability: number): () => number
  fail(error: unknown): void
  /** A label that costs something to make is made when somebody reads it. */
  trace(label: string | (() => string)): void
}

export interface Outcome {
  readonly violation: Error | undefined
  readonly log: readonly string[]
  readonly endedAtMs: number
}

/** Scaled down with the digest's block, so that small files take every path through the code. */
export const BLOCK_BYTES = 1024
export const SMALL_BYTES = 512
export const ROOTS = ['/data/a', '/data/b'] as const
const NAMES = ['1.log', 'x/1.log', 'x/2 %.bin', '3.dat'] as const
export const PATHS = ROOTS.flatMap((root) => NAMES.map((name) => `${root}/${name}`))
/** Never sent, and deleted while the board's disk is full; only where it evicts. */
const CAPTURES = [`${ROOTS[0]}/4.capture`, `${ROOTS[0]}/x/5.capture`] as const
const isCapture = (path: string) => path.startsWith(`${ROOTS[0]}/`) && path.endsWith('.capture')
const SIZES = [0, 5, 300, 512, 513, 700, 1024, 1500, 2048, 3000, 4096, 5000, 8192, 9001] as const
const LARGE_SIZES = [9001, 12_288, 16_000] as const
const YEAR_2026_MS = 1_790_000_000_000
const DRAIN_WITHIN_MS = 2 * 3_600_000
const CHECK_EVERY_MS = 500
const ASK_EVERY_MS = 1_000
const MOST_STEPS = 40_000

function createSetting(seed: number, log: string[] | undefined) {
  const rng = createRng(seed)
  const timeline = createTimeline(createRng(seed ^ 0x5bd1e995))
  const swarm = drawSwarm(rng)
  const failures: Error[] = []
  const isFaulty = () => timeline.nowMs() < swarm.faultsUntilMs
  const setting: Setting = {
    rng,
    swarm,
    timeline,
    isFaulty,
    during: (probability) => () => (isFaulty() ? probability : 0),
    fail: (error) => {
      if (error instanceof Killed) return
      failures.push(error instanceof Error ? error : new Error(String(error)))
    },
    trace(label) {
      if (log === undefined) return
      const text = typeof label === 'string' ? label : label()
      log.push(`${timeline.nowMs().toFixed(3).padStart(10)} ${text}`)
    },
  }
  return { setting, failures }
}

/** Turns something on and off again a few times while faults last. */
export function spells({ rng, timeline, swarm, isFaulty }: Setting, count: number): () => boolean {
  const times = Array.from({ length: count }, () => {
    const from = rng.between(0, swarm.faultsUntilMs)
    return [from, from + rng.between(200, 20_000)] as const
  })
  return () => isFaulty() && times.some(([a, b]) => timeline.nowMs() >= a && timeline.nowMs() < b)
}

function scheduleWriters({ rng, timeline, swarm }: Setting, mutator: Mutator): void {
  for (let number = 0; number < swarm.operations; number++) {
    timeline.after(rng.between(0, swarm.faultsUntilMs * 0.95), () => mutator.act())
  }
  timeline.after(swarm.faultsUntilMs + rng.between(0, 5_000), () => mutator.rest())
}

/** Why the board is not done yet; '' when all that had to go is gone. */
function leftOver(board: Disk, oracle: Oracle, keeps: (path: string) => boolean): string {
  const data = find(board.root, '/data/.')
  if (data === undefined) return ''
  for (const [path, inode] of filesBelow(data, '/data')) {
    if (isCapture(path)) continue
    if (!keeps(path) || path.includes('/.ferry-aside')) return path
    if (!oracle.holds(path, inode)) return path
  }
  return ''
}

interface Machines {
  readonly boardDisk: Disk
  readonly oracle: Oracle
  readonly mutator: Mutator
  readonly start: () => void
  readonly openFiles: () => string
  readonly askStatus: () => void
}

function createMachines(setting: Setting, seed: number): Machines {
  const { rng, swarm, timeline, trace, fail, during } = setting
  const wall = createWallClock(timeline, rng.pick([0, YEAR_2026_MS]))
  const serverWall = createWallClock(timeline, YEAR_2026_MS)
  const disk = (stampNs: () => bigint) =>
    createDisk({ stampNs, isOrdered: swarm.isOrdered, dev: BigInt(1 + rng.below(50)) })
  const boardDisk = disk(wall.stampNs)
  const receiverDisk = disk(serverWall.stampNs)
  const keeps = (path: string) => swarm.keepsSecondRoot && path.startsWith(`${ROOTS[1]}/`)
  const oracle = createOracle({
    receiver: receiverDisk,
    mayDelete: (path) => !keeps(path),
    mayEvict: (path) => swarm.evicts && isCapture(path),
    fail,
  })
  const mutator = createMutator({
    disk: boardDisk,
    rng,
    paths: swarm.evicts ? [...PATHS, ...CAPTURES] : PATHS,
    size: () => rng.pick(rng.chance(swarm.largeFiles) ? LARGE_SIZES : SIZES),
    forgery: swarm.forgery,
    onContent: oracle.record,
    trace,
  })
  const watch = createWireWatch({ receiver: receiverDisk, fail, trace })
  const receiver = createReceiver({
    ...setting,
    disk: receiverDisk,
    wall: serverWall,
    oracle,
    watch,
  })
  const latency = () => swarm.latencyMs * rng.between(0.5, 1.5)
  const network = createNetwork({
    timeline,
    rng,
    trace,
    faults: {
      latencyMs: latency,
      cutChance: during(swarm.cut),
      isDown: spells(setting, swarm.darkSpells),
      straggling: swarm.straggling,
    },
    watch,
    listener: receiver.listener,
  })
  const board = createBoard({ ...setting, disk: boardDisk, wall, oracle, mutator, network })
  for (let jump = 0; jump < swarm.wallJumps; jump++) {
    timeline.after(rng.between(0, swarm.faultsUntilMs), () => {
      const years = rng.between(-30, 30)
      wall.jumpTo(rng.pick([0, YEAR_2026_MS, wall.wallMs() + years * 3.15e10, wall.wallMs() + 5e3]))
      trace(`the wall clock jumps to ${wall.wallMs()}`)
    })
  }
  return {
    boardDisk,
    oracle,
    mutator,
    start() {
      receiver.start()
      board.start()
      startIntruder({ ...setting, seed, serveAs: receiver.serveAs, requests: watch.requests })
      scheduleWriters(setting, mutator)
    },
    openFiles: () => {
      if (board.openFiles() > 12) return `the agent holds ${board.openFiles()} descriptors`
      return receiver.openFiles() > 80 ? `the receiver holds ${receiver.openFiles()}` : ''
    },
    askStatus: createTold({ disk: boardDisk, roots: ROOTS, working: board.working }),
  }
}

/** Runs a seed to its end; with `log` it writes down every event. */
export function runSeed(seed: number, log?: string[]): Outcome {
  const { setting, failures } = createSetting(seed, log)
  const { timeline, swarm, fail, trace } = setting
  const machines = createMachines(setting, seed)
  const { boardDisk, oracle } = machines
  const keeps = (path: string) => swarm.keepsSecondRoot && path.startsWith(`${ROOTS[1]}/`)
  let isDone = false
  const check = () => {
    const left = leftOver(boardDisk, oracle, keeps)
    if (left === '') {
      isDone = true
    } else if (timeline.nowMs() > swarm.faultsUntilMs + DRAIN_WITHIN_MS) {
      fail(new Violation(`P9: ${left} has not left the board`))
    } else timeline.after(CHECK_EVERY_MS + timeline.nowMs() / 100, check)
  }
  trace(() => JSON.stringify(swarm))
  timeline.after(swarm.faultsUntilMs + 6_000, check)
  try {
    machines.start()
    let steps = 0
    let askMs = 0
    while (!isDone && failures.length === 0) {
      steps += 1
      if (!timeline.step()) throw new Violation('nothing is left to happen')
      if (timeline.nowMs() >= askMs) {
        machines.askStatus()
        askMs = timeline.nowMs() * 1.1 + ASK_EVERY_MS
      }
      if (steps > MOST_STEPS) throw new Violation('P9: it never comes to rest')
    }
    if (failures.length === 0) {
      oracle.atEnd()
      const leak = machines.openFiles()
      if (leak !== '') throw new Violation(`P11: ${leak}`)
    }
  } catch (error) {
    fail(error)
  }
  const [violation] = failures
  if (violation) trace(`!!! ${violation.message}`)
  return { violation, log: log ?? [], endedAtMs: timeline.nowMs() }
}
