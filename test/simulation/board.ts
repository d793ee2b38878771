/** The board: its disk, its agent, and what happens to them when either goes down. */
import { createAgent } from '../../src/agent.ts'
import { fromText } from '../../src/byte-path.ts'
import { unlimited } from '../../src/schedule/rate-limit.ts'
import type { Clock } from '../../src/system/clock.ts'
import { createTransferDestination } from '../../src/upload/transfer-destination.ts'
import { createQuietLog } from './log.ts'
import type { Mutator } from './mutator.ts'
import { DEVICE, filesBelow, type Oracle, Violation } from './oracle.ts'
import { createProcess, type Process } from './process.ts'
import { createSimClock, type WallClock } from './sim-clock.ts'
import type { Disk } from './sim-disk.ts'
import { createSimFiles } from './sim-files.ts'
import { createJournalDisk } from './sim-journal.ts'
import type { Network } from './sim-network.ts'
import type { Working } from './told.ts'
import { PATHS, ROOTS, type Setting, spells } from './world.ts'

interface BoardOptions extends Setting {
  readonly disk: Disk
  readonly wall: WallClock
  readonly oracle: Oracle
  readonly mutator: Mutator
  readonly network: Network
}

export interface Board {
  start(): void
  openFiles(): number
  /** Its agent, while it is alive. */
  working(): Working | undefined
}

/** From one start of the agent to its end. */
interface Life extends Omit<Working, 'monotonicMs'> {
  readonly process: Process
  readonly stop: AbortController
  readonly clock: Clock
}

const STOPS_WITHIN_MS = 5_000

function makeRoots(disk: Disk): void {
  const data = disk.make('directory')
  disk.change([disk.root, 'data', data])
  for (const root of ROOTS) disk.change([data, root.slice(6), disk.make('directory')])
  disk.beginSync(disk.root)('done')
  disk.beginSync(data)('done')
}

function optionsOf({ swarm }: Setting) {
  return {
    roots: ROOTS.map((path, index) => ({
      path: fromText(path),
      include: [],
      exclude: index === 0 && swarm.evicts ? ['**/*.capture'] : [],
      afterUpload: index === 1 && swarm.keepsSecondRoot ? ('keep' as const) : ('delete' as const),
      isCapture: index === 0 && swarm.evicts,
    })),
    intervalMs: swarm.intervalMs,
    quietMs: swarm.quietMs,
    maxRows: 1000,
    slots: { uploads: swarm.uploads, bytes: 16_384, largeFiles: 2 },
    deleteWhenUnsure: false,
    eviction: swarm.evicts ? { everyNth: 2, diskUsage: 0.9, captureShare: 0 } : undefined,
  }
}

/** The same for all starts of the agent. */
function createParts(options: BoardOptions, process: Process, isFull: () => boolean) {
  const { disk, wall, oracle, swarm, timeline, rng, during, network, trace } = options
  const syncMs = () => swarm.syncMs * rng.between(0.2, 2)
  const files = createSimFiles({
    disk,
    process,
    timeline,
    rng,
    faults: {
      readError: during(swarm.readError),
      callError: during(swarm.callError),
      syncError: () => 0,
      isFull,
      unknownWriters: during(swarm.unknownWriters),
      syncMs,
    },
    hooks: { onUnlink: oracle.unlinked, onNamed: () => {}, onWrite: () => {} },
  })
  const clock = createSimClock(timeline, wall, process.isAlive, rng.between(0, 1e6))
  const log = createQuietLog('agent', trace)
  const destination = createTransferDestination({
    kind: 'grpc',
    address: 'simulated',
    device: DEVICE,
    describe: () => ({ content: 'file', tags: [], datasetIds: [], partId: '' }),
    log,
    transport: network.transportFor(process),
    clock,
    rateLimit: () => unlimited,
    hello: { software: 'simulated', machineId: 'board' },
    silenceMs: swarm.silenceMs,
  })
  return { files, clock, random: rng, log, destination }
}

function createPowerLoss(options: BoardOptions) {
  const { disk, rng, mutator, oracle } = options
  return () => {
    mutator.forget()
    disk.crash(rng)
    disk.dev += 1n
    for (const [path, inode] of filesBelow(disk.root, '')) {
      oracle.record(path, inode)
    }
  }
}

export function createBoard(options: BoardOptions): Board {
  const { rng, swarm, timeline, during, isFaulty, mutator, trace, fail } = options
  const journalDisk = createJournalDisk(rng)
  const losePower = createPowerLoss(options)
  const isFull = spells(options, swarm.evicts ? 2 : 0)
  makeRoots(options.disk)
  let files: ReturnType<typeof createSimFiles> | undefined
  let current: Life | undefined
  const startLater = () => timeline.after(rng.between(10, 3_000), start)
  const onCrash = (label: string) => {
    const isPower = rng.chance(swarm.boardPower)
    trace(`*** the ${isPower ? 'board loses power' : 'agent is killed'} ${label}`)
    if (isPower) {
      losePower()
      journalDisk.losePower()
    }
    if (rng.chance(swarm.journalLoss)) {
      trace('the journal is lost or rolled back')
      journalDisk.rollBack()
    }
    startLater()
  }
  /** Most likely where it hurts: on the file that is about to be deleted. */
  const interleave = (label: string) => {
    const isClose = /^(writers|renameNew|unlink)/.test(label)
    if (!isFaulty() || !rng.chance(swarm.interleaving * (isClose ? 20 : 1))) return
    const among = PATHS.filter((path) => label.endsWith(path.slice(path.lastIndexOf('/') + 1)))
    mutator.act(among)
  }
  const newProcess = () =>
    createProcess({
      name: 'agent',
      rng,
      crashChance: during(swarm.agentCrash),
      onCrash,
      between: (label) => interleave(label),
      trace: (label) => trace(() => `agent: ${label}`),
      fail,
    })
  const launch = (process: Process) => {
    const parts = createParts(options, process, isFull)
    files = parts.files
    const { clock, destination } = parts
    const journal = journalDisk.open(process, clock.monotonicMs())
    const agent = createAgent({ ...parts, journal }, optionsOf(options))
    const stop = new AbortController()
    current = { process, agent, stop, journal, destination, clock }
    const isOnce = isFaulty() && rng.chance(swarm.onceStarts)
    const ended = (why: string) => {
      if (!process.isAlive()) return
      const isMeant = stop.signal.aborted || (isOnce && why === '')
      if (!isMeant) return fail(new Violation(`P9: the agent ended by itself: ${why}`))
      void destination.close()
      process.kill()
      trace('the agent has stopped')
      startLater()
    }
    const life: Promise<unknown> = isOnce ? agent.once(stop.signal) : agent.run(stop.signal)
    life.then(
      () => ended(''),
      (error: unknown) => ended(String(error)),
    )
  }
  const start = () => {
    const process = newProcess()
    trace('the agent starts')
    try {
      launch(process)
    } catch (error) {
      fail(error)
    }
  }
  const stopAgent = () => {
    if (!current?.process.isAlive()) return
    const { process, stop } = current
    trace('the agent is told to stop')
    stop.abort(new Error('SIGTERM'))
    timeline.after(STOPS_WITHIN_MS, () => {
      if (process.isAlive()) fail(new Violation('the agent has not stopped within 5 s'))
    })
  }
  /** What people do by hand; that it cannot be done now is an answer, too. */
  const byHand = () => {
    if (!current?.process.isAlive()) return
    const { agent, stop } = current
    trace('a sync by hand')
    const whole = async () => void (await (await agent.sync(stop.signal)).settled)
    whole().catch(() => {})
  }
  const nudge = () => {
    if (current?.process.isAlive()) current.agent.nudge()
  }
  const atRandom = (count: number, work: () => void) => {
    for (let number = 0; number < count; number++) {
      timeline.after(rng.between(0, swarm.faultsUntilMs), work)
    }
  }
  return {
    start() {
      start()
      atRandom(swarm.manualSyncs, byHand)
      atRandom(swarm.nudges, nudge)
      atRandom(swarm.agentStops, stopAgent)
    },
    openFiles: () => files?.openCount() ?? 0,
    working: () =>
      current?.process.isAlive()
        ? { ...current, monotonicMs: current.clock.monotonicMs() }
        : undefined,
  }
}
