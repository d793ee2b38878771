/** `ferry run`: builds the agent from the configuration, and listens to signals. */
import type { FerryConfig } from '../config/config.ts'
import { ConfigError, errorMessage, UsageError } from '../errors.ts'
import { openJournal } from '../journal/open-journal.ts'
import { sweepSequences } from '../reclaim/sequences.ts'
import { createOrphans } from '../scan/orphans.ts'
import { type ControlSocket, openControlSocket } from '../status/control-socket.ts'
import { createClaims } from '../system/claims.ts'
import { createSystemClock } from '../system/clock.ts'
import { LOG_LEVELS, type Logger, type LogLevel } from '../system/logger.ts'
import { createServiceNotes, type ServiceNotes } from '../system/notify.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { createSystemRandom } from '../system/random.ts'
import { formatTime, parseTime } from '../units.ts'
import { VERSION } from '../version.ts'
import type { Arguments, ExitCode } from './command.ts'
import { controlActions } from './control.ts'
import { createDiskWatch } from './disk-watch.ts'
import { dryRun } from './dry-run.ts'
import { configPath, loadConfig, openLog } from './machine.ts'
import { createPause } from './pause-state.ts'
import { tellStatus } from './service-notes.ts'
import { build, type Running, runUntilStopped, type Session } from './session.ts'
import { createStaleWatch } from './stale-watch.ts'
import { liveSnapshot } from './status.ts'
import {
  findViamServer,
  isViamServerRunning,
  otherSyncerReason,
  refuseViamServer,
} from './viam-server.ts'

const DEFAULT_ONCE_TIMEOUT_MS = 600_000
/** Timers take no longer ones. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1
/** SIGTERM must end within 5 s, whatever hangs. */
const STOP_WITHIN_MS = 4_000
/** For the forecast of when a disk is full, and the warning that nothing moves. */
const SAMPLE_MS = 60_000
/** Someone may start viam-server at any time. */
const FIND_SERVER_MS = 30_000

const clock = createSystemClock()
const files = createPosixFiles()
const random = createSystemRandom()

export function logLevelOf(args: Arguments): LogLevel | undefined {
  const level = args.text('log-level')
  const known = LOG_LEVELS.find((one) => one === level)
  if (level !== undefined && known === undefined) {
    throw new UsageError(`--log-level is one of ${LOG_LEVELS.join(', ')}`)
  }
  return known
}

/** Aborts `stop` at the first signal, and ends the process at the second or when it takes long. */
function stopOnSignals(stop: AbortController, log: Logger, notes: ServiceNotes): void {
  const onSignal = (name: string) => {
    if (stop.signal.aborted) process.exit(1)
    log.info('stopping', { signal: name })
    notes.stopping()
    stop.abort(new Error(name))
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
  }
  process.on('SIGTERM', () => onSignal('SIGTERM'))
  process.on('SIGINT', () => onSignal('SIGINT'))
}

function timeoutOf(args: Arguments): number {
  const text = args.text('timeout')
  const timeoutMs = text === undefined ? DEFAULT_ONCE_TIMEOUT_MS : parseTime(text)
  if (timeoutMs === undefined) throw new UsageError('--timeout is a time, as 10m')
  return Math.min(timeoutMs, LONGEST_TIMEOUT_MS)
}

async function runOnce(running: Running, timeoutMs: number, stop: AbortController) {
  const late = new AbortController()
  const isLate = new Error(`the time is over: ${formatTime(timeoutMs)} (--timeout)`)
  const timer = setTimeout(() => late.abort(isLate), timeoutMs)
  const isDone = await running.agent.once(AbortSignal.any([stop.signal, late.signal]))
  clearTimeout(timer)
  await running.destination.close()
  return isDone
}

function tellSettings(config: FerryConfig, log: Logger): void {
  const { captureSettings: capture, ignoredSettings: ignored, eviction } = config
  if (capture.length > 0) {
    log.info('settings without effect here: they configure capture', { settings: capture.join() })
  }
  if (ignored.length > 0) {
    log.info('attributes without effect on a board', { settings: ignored.join() })
  }
  if (eviction === undefined) log.info('nothing unsent is ever deleted')
  else log.warn('unsent capture files are deleted when the disk is full', { ...eviction })
}

/** Without a control socket the agent works all the same. */
function openControl(log: Logger, open: () => ControlSocket): ControlSocket | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof ConfigError) throw error
    log.warn('no control socket, status shows the journal only', { cause: errorMessage(error) })
    return undefined
  }
}

interface Opening {
  readonly path: string
  readonly config: FerryConfig
  readonly log: Logger
  readonly stop: AbortController
  readonly notes: ServiceNotes
}

/** What goes on beside the agent, until closed. */
function openSession({ path, config, log, stop, notes }: Opening) {
  const directory = config.stateDir
  const journal = openJournal({ directory, clock, log })
  let other = ''
  const refresh = () => void running.gate.refresh(stop.signal)
  const pause = createPause({ directory, clock, log, onChange: refresh })
  const session: Session = {
    ...{ path, files, clock, random, journal, log, notes },
    ...{ orphans: createOrphans(), claims: createClaims(log) },
    sweep(capture) {
      if (!isViamServerRunning()) sweepSequences(files, capture, log)
    },
    isPaused: () => pause.leftMs() !== undefined,
    otherSyncer: () => other,
    findOthers() {
      const found = findViamServer(running.config)
      other = found ? otherSyncerReason(found) : ''
      refresh()
    },
    show(next) {
      running = next
    },
  }
  let running = build(config, session)
  const disks = createDiskWatch(files, clock)
  const tellStale = createStaleWatch({ journal, clock, log })
  const sampling = setInterval(() => {
    const { config: current, gate, agent } = running
    disks.look(current.roots)
    const closed = gate.closedBecause()
    const cause = closed || agent.state().breaker.cause
    tellStale({ intervalMs: current.intervalMs, isPaused: closed !== '', cause })
  }, SAMPLE_MS)
  const finding = setInterval(session.findOthers, FIND_SERVER_MS)
  const stopTelling = tellStatus(notes, () => ({
    summary: journal.summary(),
    closedBecause: running.gate.closedBecause(),
    address: running.destination.state().address,
  }))
  const answer = () => {
    const seen = { journal, disks: disks.look(running.config.roots), clock, log }
    return liveSnapshot({ ...running, ...seen, pauseLeftMs: pause.leftMs() })
  }
  const actions = controlActions({ running: () => running, pause, journal, stop: stop.signal })
  const control = openControl(log, () => openControlSocket({ directory, answer, actions }))
  return {
    session,
    running,
    async close() {
      clearInterval(sampling)
      clearInterval(finding)
      stopTelling()
      notes.close()
      pause.close()
      await control?.close()
      journal.close()
    },
  }
}

export async function run(args: Arguments): Promise<ExitCode> {
  // One that comes before the session listens must not end the process.
  process.on('SIGHUP', () => {})
  const path = configPath(args)
  const config = loadConfig(path)
  const timeoutMs = timeoutOf(args)
  if (args.flag('dry-run')) return await dryRun(config)
  refuseViamServer(config)
  const level = logLevelOf(args) ?? config.logLevel
  const log = openLog({ level, format: config.logFormat }, clock)
  const stop = new AbortController()
  const notes = createServiceNotes(process.env)
  stopOnSignals(stop, log, notes)
  const { session, running, close } = openSession({ path, config, log, stop, notes })
  log.info('ferry runs', { version: VERSION, device: config.device })
  tellSettings(config, log)
  try {
    if (args.flag('once')) return (await runOnce(running, timeoutMs, stop)) ? 0 : 1
    await runUntilStopped(running, session, stop)
    return 0
  } finally {
    await close()
    log.info('stopped')
  }
}
