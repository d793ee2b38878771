/**
 * The agent: three loops that meet only in the journal. Scan finds finished files and adds rows;
 * upload carries due rows to the destination and records receipts; reclaim deletes what has one.
 * A crash between any two lines loses nothing, because every hand-over is a row.
 */
import type { BytePath } from './byte-path.ts'
import type { Journal } from './journal/journal.ts'
import { createRecorder, type Recorder } from './journal/recorder.ts'
import type { Upload, UploadEvent } from './model.ts'
import { createPolicy, type Policy } from './policy.ts'
import { type DiskGuardParts, runDiskGuard } from './reclaim/disk-guard.ts'
import type { EvictionRule } from './reclaim/eviction.ts'
import { createReclaimLoop, type ReclaimLoop } from './reclaim/reclaim-loop.ts'
import { undoDeletion } from './reclaim/restore.ts'
import { everyFile } from './scan/every-file.ts'
import { createOrphans, type Orphans } from './scan/orphans.ts'
import {
  createScanLoop,
  loudly,
  type ScanLoop,
  type ScanLoopOptions,
  type ScanState,
} from './scan/scan-loop.ts'
import { createSelection } from './scan/selection.ts'
import { createSnapshot } from './scan/snapshot.ts'
import { createStability } from './scan/stability.ts'
import { createManualSync, type HandedOver } from './schedule/manual-sync.ts'
import { createOneRun } from './schedule/one-run.ts'
import type { SlotLimits } from './schedule/slots.ts'
import { type Bell, createBell } from './system/bell.ts'
import type { Claims } from './system/claims.ts'
import type { Clock } from './system/clock.ts'
import type { Files } from './system/files.ts'
import { type Gate, openGate } from './system/gate.ts'
import type { Logger } from './system/logger.ts'
import type { Random } from './system/random.ts'
import { createRootGuard } from './system/root-guard.ts'
import type { Destination } from './upload/destination.ts'
import { createUploadLoop, type UploadLoop, type UploadLoopState } from './upload/upload-loop.ts'

export interface AgentParts {
  readonly files: Files
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly journal: Journal
  readonly destination: Destination
  /** Given where it outlives the agent; else this agent's first look begins it. */
  readonly orphans?: Orphans
  /** Tidies up what a crash left in a capture directory. */
  readonly sweep?: (capture: BytePath) => void
  /** Told of how many events were written each time. */
  readonly written?: (events: number) => void
  /** Without one the schedule always goes ahead. */
  readonly gate?: Gate
  /** Roots that another agent works in are left alone. */
  readonly claims?: Claims
}

export interface AgentOptions extends ScanLoopOptions {
  readonly slots: SlotLimits
  /** Delete where the system cannot tell whether a file is open for writing. */
  readonly deleteWhenUnsure: boolean
  /** undefined: nothing unsent is ever deleted. */
  readonly eviction?: EvictionRule | undefined
}

/** What the loops know beside the journal, for `status`. */
export interface AgentState extends ScanState, UploadLoopState {}

export interface Agent {
  /** Runs until the signal aborts, then stops at a safe point. */
  run(signal: AbortSignal): Promise<void>
  /** Sends what two looks find while the gate is open; unless all is gone or kept, the log says why. */
  once(signal: AbortSignal): Promise<boolean>
  /**
   * While `run` is under way: looks at once and sends all of it, whatever the gate says. Fails with
   * why nothing can be sent.
   */
  sync(signal: AbortSignal): Promise<HandedOver>
  /** Looks at once, and asks a destination that fails at once. */
  nudge(): void
  state(): AgentState
}

function policyOf({ roots, quietMs }: AgentOptions): Policy {
  const selections = new Map(roots.map((root) => [root, createSelection(root, quietMs)]))
  return createPolicy(roots, (root, relative) => selections.get(root)?.(relative).send ?? false)
}

type WalkArguments = Parameters<DiskGuardParts['walk']>

const OPENING: readonly UploadEvent['type'][] = ['acknowledged', 'held', 'undecodable']

/** Whether a row is still there to be deleted, or to be put aside. */
function leavesWork(events: readonly UploadEvent[]): boolean {
  const isOpen = new Map<number, boolean>()
  for (const { type, row } of events) {
    if (OPENING.includes(type)) isOpen.set(row, true)
    else if (isOpen.has(row)) isOpen.set(row, false)
  }
  return [...isOpen.values()].includes(true)
}

/** Files that went to `failed/`; the others are in the log. */
const MOST_REMEMBERED = 20

interface Loops {
  readonly scan: ScanLoop
  readonly upload: UploadLoop
  readonly reclaim: ReclaimLoop
  /** Never ends where the operator set no such rule. */
  readonly guardDisk: (signal: AbortSignal) => Promise<void>
  readonly recorder: Recorder
  readonly scanBell: Bell
  readonly wake: () => void
  readonly moved: readonly Upload[]
  readonly gate: Gate
}

function createBells(clock: Clock, gate: Gate) {
  const scanBell = createBell(clock)
  const uploadBell = createBell(clock)
  const reclaimBell = createBell(clock)
  const wake = () => {
    for (const bell of [uploadBell, reclaimBell]) bell.ring()
  }
  gate.onOpen(() => {
    scanBell.ring()
    wake()
  })
  return { scanBell, uploadBell, reclaimBell, wake }
}

function createLoops(parts: AgentParts, options: AgentOptions): Loops {
  const { clock, journal, log, files, gate = openGate } = parts
  const { scanBell, uploadBell, reclaimBell, wake } = createBells(clock, gate)
  const moved: Upload[] = []
  const onMoved = (upload: Upload) => void (moved.length < MOST_REMEMBERED && moved.push(upload))
  const guard = createRootGuard(files, journal, parts.claims)
  const recorder: Recorder = createRecorder({
    journal,
    clock,
    log,
    settle: (acknowledged) => reclaim.settle(acknowledged),
    onWritten(events) {
      upload.written(events)
      parts.written?.(events.length)
      if (leavesWork(events)) reclaimBell.ring()
    },
  })
  const shared = { ...parts, gate, guard, recorder }
  const policy = policyOf(options)
  const captureRoots = options.roots.filter(({ isCapture }) => isCapture).map(({ path }) => path)
  const upload = createUploadLoop({ ...shared, bell: uploadBell, policy }, options.slots)
  const scan = createScanLoop(
    {
      ...shared,
      bell: scanBell,
      stability: createStability(),
      snapshot: createSnapshot(),
      orphans: parts.orphans ?? createOrphans(),
      restore: loudly(log, (directory, _, held) => undoDeletion(files, directory, held)),
      onDiscovered: () => uploadBell.ring(),
      isCutOff: () => upload.state().breaker.connection === 'failing',
    },
    options,
  )
  const reclaim = createReclaimLoop(
    { ...shared, bell: reclaimBell, isCaptureRoot: (root) => captureRoots.includes(root), onMoved },
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
  return { scan, upload, reclaim, guardDisk, recorder, scanBell, wake, moved, gate }
}

export function createAgent(parts: AgentParts, options: AgentOptions): Agent {
  const loops = createLoops(parts, options)
  const { scan, upload, reclaim, guardDisk, recorder, scanBell, wake, moved, gate } = loops
  const retryNow = () => {
    wake()
    upload.retryNow()
  }
  const manual = createManualSync({
    ...parts,
    gate,
    upload: { ...upload, retryNow },
    look: scan.ask,
  })
  let life = AbortSignal.abort(new Error('the agent does not run'))
  const running = async (first: Promise<unknown>, stop: AbortController) => {
    const acting = [upload.run(stop.signal), reclaim.run(stop.signal)]
    const guarding = guardDisk(stop.signal)
    try {
      await Promise.race([first, ...acting])
    } finally {
      stop.abort(new Error('the agent stops'))
      await Promise.allSettled([first, ...acting, guarding])
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
      life = stop.signal
      await running(
        scan.run(stop.signal).catch((error: unknown) => {
          if (!stop.signal.aborted) throw error
        }),
        stop,
      )
    },
    async once(signal) {
      const stop = linked(signal)
      life = AbortSignal.abort(
        new Error('ferry run --once is under way: it sends everything itself'),
      )
      const oneRun = createOneRun({ ...parts, gate, upload, look: scan.once, wake, moved })
      const work = oneRun.work(stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error
      })
      await running(work, stop)
      return oneRun.tell(signal)
    },
    sync: (signal) => manual(AbortSignal.any([life, signal])),
    nudge() {
      scanBell.ring()
      retryNow()
    },
    state: () => ({ ...scan.state(), ...upload.state() }),
  }
}
