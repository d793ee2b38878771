/**
 * The agent: three loops that meet only in the journal. Scan finds finished files and adds rows;
 * upload carries due rows to the destination and records receipts; reclaim deletes what has one.
 * A crash between any two lines loses nothing, because every hand-over is a row.
 */
import type { BytePath } from './byte-path.ts'
import type { Journal } from './journal/journal.ts'
import { createRecorder, type Recorder } from './journal/recorder.ts'
import { createPolicy, type Policy } from './policy.ts'
import { type DiskGuardParts, runDiskGuard } from './reclaim/disk-guard.ts'
import type { EvictionRule } from './reclaim/eviction.ts'
import { createReclaimLoop } from './reclaim/reclaim-loop.ts'
import { restoreAside } from './reclaim/restore.ts'
import { everyFile } from './scan/every-file.ts'
import { createOrphans, type Orphans } from './scan/orphans.ts'
import type { PassFigures } from './scan/report.ts'
import {
  createScanLoop,
  loudly,
  type ScanLoop,
  type ScanLoopOptions,
  type ScanState,
} from './scan/scan-loop.ts'
import { createSelection } from './scan/selection.ts'
import { createStability } from './scan/stability.ts'
import type { BreakerState } from './schedule/breaker.ts'
import type { SlotLimits } from './schedule/slots.ts'
import { type Bell, createBell } from './system/bell.ts'
import type { Clock } from './system/clock.ts'
import type { Files } from './system/files.ts'
import type { Logger } from './system/logger.ts'
import type { Random } from './system/random.ts'
import { createRootGuard } from './system/root-guard.ts'
import type { Destination } from './upload/destination.ts'
import { createUploadLoop, type Flight, type UploadLoop } from './upload/upload-loop.ts'

export interface AgentParts {
  readonly files: Files
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly journal: Journal
  readonly destination: Destination
  /** Given where it outlives the agent; else this agent's first look begins it. */
  readonly orphans?: Orphans
}

export interface AgentOptions extends ScanLoopOptions {
  readonly slots: SlotLimits
  /** Delete where the system cannot tell whether a file is open for writing. */
  readonly deleteWhenUnsure: boolean
  /** undefined: nothing unsent is ever deleted. */
  readonly eviction?: EvictionRule | undefined
}

/** What the loops know beside the journal, for `status`. */
export interface AgentState extends ScanState {
  readonly breaker: BreakerState
  readonly flights: readonly Flight[]
}

export interface Agent {
  /** Runs until the signal aborts, then stops at a safe point. */
  run(signal: AbortSignal): Promise<void>
  /** Sends what two looks find; true when all of it is gone or kept, and nothing waits. */
  once(signal: AbortSignal): Promise<boolean>
  /** Looks at once. */
  nudge(): void
  state(): AgentState
}

/** How often a single run asks whether it is done. */
const DONE_CHECK_MS = 20

function policyOf({ roots, quietMs }: AgentOptions): Policy {
  const selections = new Map(roots.map((root) => [root, createSelection(root, quietMs)]))
  return createPolicy(roots, (root, relative) => selections.get(root)?.(relative).send ?? false)
}

type WalkArguments = Parameters<DiskGuardParts['walk']>

interface Loops {
  readonly scan: ScanLoop
  readonly upload: UploadLoop
  readonly reclaim: { run(signal: AbortSignal): Promise<void> }
  /** Never ends where the operator set no such rule. */
  readonly guardDisk: (signal: AbortSignal) => Promise<void>
  readonly recorder: Recorder
  readonly scanBell: Bell
}

function createLoops(parts: AgentParts, options: AgentOptions): Loops {
  const { clock, journal, log, files } = parts
  const scanBell = createBell(clock)
  const uploadBell = createBell(clock)
  const reclaimBell = createBell(clock)
  const guard = createRootGuard(files, journal)
  const recorder: Recorder = createRecorder({
    journal,
    clock,
    log,
    onWritten(events) {
      upload.written(events)
      if (events.some((event) => event.type === 'acknowledged')) reclaimBell.ring()
    },
  })
  const shared = { ...parts, guard, recorder }
  const policy = policyOf(options)
  const captureRoots = options.roots.filter(({ isCapture }) => isCapture).map(({ path }) => path)
  const upload = createUploadLoop({ ...shared, bell: uploadBell, policy }, options.slots)
  const scan = createScanLoop(
    {
      ...shared,
      bell: scanBell,
      stability: createStability(),
      orphans: parts.orphans ?? createOrphans(),
      restore: loudly(log, (directory) => restoreAside(files, directory)),
      onDiscovered: () => uploadBell.ring(),
    },
    options,
  )
  const reclaim = createReclaimLoop(
    { ...shared, bell: reclaimBell, isCaptureRoot: (root) => captureRoots.includes(root) },
    { whenUnsure: options.deleteWhenUnsure ? 'delete' : 'hold', policy },
  )
  const guardDisk = async (signal: AbortSignal) => {
    const { eviction } = options
    if (eviction === undefined) return
    const isInFlight = (path: BytePath) =>
      upload.state().flights.some((flight) => flight.upload.file.path === path)
    const disk = {
      ...shared,
      isInFlight,
      walk: (...rest: WalkArguments) => everyFile(shared, ...rest),
    }
    await runDiskGuard(disk, eviction, captureRoots, signal)
  }
  return { scan, upload, reclaim, guardDisk, recorder, scanBell }
}

/** Resolves when nothing that was found can still move: true when nothing is left. */
async function settled({ journal, clock }: AgentParts, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const { pendingFiles, slowLaneFiles, reasons, ...rest } = journal.summary()
    const held = reasons.reduce((sum, { files }) => sum + files, 0)
    const left = pendingFiles + rest.reclaimableFiles + rest.undecodableFiles
    if (left === 0) return true
    if (left === slowLaneFiles || (pendingFiles === slowLaneFiles && held >= left)) return false
    await clock.sleep(DONE_CHECK_MS, signal)
  }
  return false
}

export function createAgent(parts: AgentParts, options: AgentOptions): Agent {
  const { scan, upload, reclaim, guardDisk, recorder, scanBell } = createLoops(parts, options)
  const running = async (first: Promise<unknown>, stop: AbortController) => {
    const loops = [upload.run(stop.signal), reclaim.run(stop.signal)]
    const guarding = guardDisk(stop.signal)
    try {
      await Promise.race([first, ...loops])
    } finally {
      stop.abort(new Error('the agent stops'))
      await Promise.allSettled([first, ...loops, guarding])
      recorder.flush()
    }
  }
  const linked = (signal: AbortSignal) => {
    const stop = new AbortController()
    signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true })
    if (signal.aborted) stop.abort(signal.reason)
    return stop
  }
  return {
    async run(signal) {
      const stop = linked(signal)
      await running(
        scan.run(stop.signal).catch((error: unknown) => {
          if (!stop.signal.aborted) throw error
        }),
        stop,
      )
    },
    async once(signal) {
      const stop = linked(signal)
      let isDone = false
      const work = async () => {
        let figures: PassFigures
        let isGone: boolean
        let isUnchanged: boolean
        do {
          figures = await scan.once(stop.signal)
          const superseded = () => parts.journal.summary().counters.supersededFiles
          const before = superseded()
          isGone = await settled(parts, stop.signal)
          isUnchanged = superseded() === before
        } while (isGone && isUnchanged && figures.crowded > 0 && figures.discovered > 0)
        const isWhole = figures.changing + figures.crowded + figures.troubles.length === 0
        isDone = isGone && isWhole && isUnchanged
      }
      await running(work(), stop)
      return isDone
    },
    nudge: () => scanBell.ring(),
    state: () => ({ ...scan.state(), ...upload.state() }),
  }
}
