/** The receiver: its disk, its process, and what happens to them when either goes down. */
import { fromText } from '../../src/byte-path.ts'
import { markStore, openDirectoryStore } from '../../src/receive/directory/directory-store.ts'
import { createInbox } from '../../src/receive/inbox.ts'
import { serveTransfer } from '../../src/receive/transfer-service.ts'
import type { Link, LinkHandlers } from '../../src/wire/link.ts'
import { createQuietLog } from './log.ts'
import { DEVICE, type Oracle, STORE } from './oracle.ts'
import { createProcess, Killed, type Process } from './process.ts'
import { createSimClock, type WallClock } from './sim-clock.ts'
import type { Disk } from './sim-disk.ts'
import { createSimFiles } from './sim-files.ts'
import type { Listener } from './sim-network.ts'
import type { WireWatch } from './wire-watch.ts'
import { BLOCK_BYTES, type Setting, SMALL_BYTES, spells } from './world.ts'

interface ReceiverOptions extends Setting {
  readonly disk: Disk
  readonly wall: WallClock
  readonly oracle: Oracle
  readonly watch: WireWatch
}

export interface Receiver {
  start(): void
  listener(): Listener | undefined
  /** A stream whose key is that of this device; undefined while the receiver is down. */
  serveAs(device: string, link: Link): LinkHandlers | undefined
  openFiles(): number
}

const DATA_BYTES = 512
const SILENT_LOOK_MS = 30_000

function filesOf(options: ReceiverOptions, process: Process, isFull: () => boolean) {
  const { disk, oracle, swarm, timeline, rng, during, watch } = options
  return createSimFiles({
    disk,
    process,
    timeline,
    rng,
    faults: {
      readError: during(swarm.receiverReadError),
      callError: during(swarm.receiverCallError),
      syncError: during(swarm.syncError),
      isFull,
      unknownWriters: () => 0,
      syncMs: () => swarm.syncMs * rng.between(0.2, 2) * (rng.chance(0.02) ? 50 : 1),
    },
    hooks: {
      onUnlink: (_, name) => watch.dropped(name),
      onNamed: oracle.named,
      onWrite: oracle.written,
    },
  })
}

function open(options: ReceiverOptions, process: Process, isFull: () => boolean) {
  const { timeline, wall, trace } = options
  const files = filesOf(options, process, isFull)
  const clock = createSimClock(timeline, wall, process.isAlive, 0)
  const log = createQuietLog('receiver', trace)
  const store = openDirectoryStore({
    files,
    clock,
    path: fromText(STORE),
    lock: () => true,
    floorBytes: 0,
    allowVolatile: false,
    receiptDays: 90,
    partDays: 14,
  })
  const limits = {
    smallFileBytes: SMALL_BYTES,
    largestFileBytes: 2 ** 40,
    openUploads: 64,
    memoryBytes: 64 * 1024,
    commitEveryBytes: 2 * BLOCK_BYTES,
  }
  const inbox = createInbox({ store, clock, log, limits })
  const service = {
    inbox,
    log,
    limits: { channels: 32, dataBytes: DATA_BYTES, windowBytes: 4 * BLOCK_BYTES },
    smallFileBytes: SMALL_BYTES,
    software: 'simulated',
    greet: () => '',
  }
  const lookForSilent = () => {
    if (!process.isAlive()) return
    inbox.dropSilent()
    timeline.after(SILENT_LOOK_MS, lookForSilent)
  }
  timeline.after(SILENT_LOOK_MS, lookForSilent)
  const links: Link[] = []
  const serveAs = (device: string, link: Link) => {
    links.push(link)
    return serveTransfer(service, device, link)
  }
  const listener: Listener = { process, serve: (link) => serveAs(DEVICE, link) }
  /** As the program does it: first nobody is served any more. */
  const close = async () => {
    for (const link of links) link.close()
    await inbox.close()
  }
  return { listener, serveAs, files, close }
}

function makeStore(options: ReceiverOptions): void {
  const { disk, rng, timeline } = options
  const store = disk.make('directory')
  disk.change([disk.root, STORE.slice(1), store])
  const none = () => 0
  const quiet = { onUnlink: () => {}, onNamed: () => {}, onWrite: () => {} }
  const process = createProcess({
    name: 'init',
    rng,
    crashChance: none,
    onCrash: () => {},
    between: () => {},
    trace: () => {},
    fail: options.fail,
  })
  const faults = {
    readError: none,
    callError: none,
    syncError: none,
    isFull: () => false,
    unknownWriters: none,
    syncMs: none,
  }
  markStore(createSimFiles({ disk, process, timeline, rng, faults, hooks: quiet }), fromText(STORE))
  for (const inode of store.entries.values()) disk.beginSync(inode)('done')
  disk.beginSync(store)('done')
  disk.beginSync(disk.root)('done')
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const { disk, rng, swarm, timeline, during, oracle, trace, fail } = options
  const isFull = spells(options, swarm.fullSpells)
  makeStore(options)
  let current: ReturnType<typeof open> | undefined
  const startLater = () => timeline.after(rng.between(10, 3_000), start)
  const onCrash = (label: string) => {
    const isPower = rng.chance(swarm.receiverPower)
    trace(`*** the receiver ${isPower ? 'loses power' : 'is killed'} ${label}`)
    current = undefined
    startLater()
    if (!isPower) return
    disk.crash(rng)
    oracle.recheck()
  }
  const start = () => {
    trace('the receiver starts')
    const process = createProcess({
      name: 'receiver',
      rng,
      crashChance: during(swarm.receiverCrash),
      onCrash,
      between: () => {},
      trace: (label) => trace(() => `receiver: ${label}`),
      fail,
    })
    try {
      current = open(options, process, isFull)
    } catch (error) {
      if (error instanceof Killed || !process.isAlive()) return
      trace(`the receiver cannot start: ${String(error)}`)
      process.kill()
      startLater()
    }
  }
  const stop = () => {
    const stopping = current
    if (!stopping?.listener.process.isAlive()) return
    trace('the receiver is told to stop')
    current = undefined
    const { process } = stopping.listener
    stopping.close().then(
      () => {
        if (!process.isAlive()) return
        trace('the receiver has stopped')
        process.kill()
        startLater()
      },
      (error: unknown) => process.isAlive() && fail(error),
    )
  }
  const running = () => (current?.listener.process.isAlive() ? current : undefined)
  return {
    start() {
      start()
      for (let count = 0; count < swarm.receiverStops; count++) {
        timeline.after(rng.between(0, swarm.faultsUntilMs), stop)
      }
    },
    listener: () => running()?.listener,
    serveAs: (device, link) => running()?.serveAs(device, link),
    openFiles: () => current?.files.openCount() ?? 0,
  }
}
