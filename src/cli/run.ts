/** `ferry run`: builds the agent from the configuration, and listens to signals. */
import { type Agent, createAgent } from '../agent.ts'
import type { FerryConfig } from '../config/config.ts'
import { ConfigError, errorMessage, UsageError } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import { openJournal } from '../journal/open-journal.ts'
import { openControlSocket } from '../status/control-socket.ts'
import { createSystemClock } from '../system/clock.ts'
import { LOG_LEVELS, type Logger, type LogLevel } from '../system/logger.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { createSystemRandom } from '../system/random.ts'
import { parseTime } from '../units.ts'
import type { Destination } from '../upload/destination.ts'
import { VERSION } from '../version.ts'
import type { Arguments, ExitCode } from './command.ts'
import { createDiskWatch } from './disk-watch.ts'
import { dryRun } from './dry-run.ts'
import { configPath, loadConfig, openLog } from './machine.ts'
import { destinationProblems, openDestination } from './open-destination.ts'
import { liveSnapshot, pausedBy } from './status.ts'

const DEFAULT_ONCE_TIMEOUT_MS = 600_000
/** SIGTERM must end within 5 s, whatever hangs. */
const STOP_WITHIN_MS = 4_000
/** For the forecast of when a disk is full. */
const SAMPLE_DISKS_MS = 60_000

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

export function agentOptions(config: FerryConfig) {
  return {
    roots: config.roots,
    intervalMs: config.intervalMs,
    quietMs: config.quietMs,
    maxRows: config.journalFiles,
    slots: {
      uploads: config.filesInFlight,
      bytes: config.bytesInFlight,
      largeFiles: config.largeFiles,
    },
    deleteWhenUnsure: config.deleteWhenUnsure,
  }
}

interface Running {
  readonly config: FerryConfig
  readonly destination: Destination
  readonly agent: Agent
}

function build(config: FerryConfig, journal: Journal, log: Logger): Running {
  const destination = openDestination(config, { files, clock, log })
  const parts = { files, clock, random, log, journal, destination }
  return { config, destination, agent: createAgent(parts, agentOptions(config)) }
}

/** Aborts `stop` at the first signal, and ends the process at the second or when it takes long. */
function stopOnSignals(stop: AbortController, log: Logger): void {
  const onSignal = (name: string) => {
    if (stop.signal.aborted) process.exit(1)
    log.info('stopping', { signal: name })
    stop.abort(new Error(name))
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
  }
  process.on('SIGTERM', () => onSignal('SIGTERM'))
  process.on('SIGINT', () => onSignal('SIGINT'))
}

/** The configuration as it is now, or undefined where it cannot be used. */
function reloaded(path: string, current: FerryConfig, log: Logger): FerryConfig | undefined {
  try {
    const next = loadConfig(path)
    const problems = destinationProblems(next)
    if (problems.length > 0) throw new ConfigError(problems)
    if (next.stateDir !== current.stateDir) log.warn('state_dir changes at a restart only')
    log.info('configuration read again')
    return { ...next, stateDir: current.stateDir }
  } catch (error) {
    log.error('the new configuration is not used', { cause: errorMessage(error) })
    return undefined
  }
}

/** The agent of the new configuration; of the old one where the new one cannot be built. */
async function rebuilt(current: Running, { path, journal, log }: Session): Promise<Running> {
  const config = reloaded(path, current.config, log)
  if (config === undefined) {
    const parts = { files, clock, random, log, journal, destination: current.destination }
    return { ...current, agent: createAgent(parts, agentOptions(current.config)) }
  }
  await current.destination.close()
  try {
    return build(config, journal, log)
  } catch (error) {
    log.error('the new configuration is not used', { cause: errorMessage(error) })
    return build(current.config, journal, log)
  }
}

/** Runs until stopped; each SIGHUP ends the agent at a safe point and starts it anew. */
async function runUntilStopped(
  running: Running,
  session: Session,
  stop: AbortController,
): Promise<void> {
  const { log, show } = session
  let current = running
  let restart = new AbortController()
  process.on('SIGHUP', () => restart.abort(new Error('SIGHUP')))
  while (!stop.signal.aborted) {
    show(current)
    const signal = AbortSignal.any([stop.signal, restart.signal])
    const pausedBecause = pausedBy(current.config)
    if (pausedBecause !== '') {
      log.info('paused', { cause: pausedBecause })
      await clock.sleep(Number.POSITIVE_INFINITY, signal)
    } else await current.agent.run(signal)
    if (stop.signal.aborted) break
    restart = new AbortController()
    current = await rebuilt(current, session)
  }
  await current.destination.close()
}

interface Session {
  readonly path: string
  readonly journal: Journal
  readonly log: Logger
  readonly show: (running: Running) => void
}

async function runOnce(running: Running, args: Arguments, stop: AbortController) {
  const text = args.text('timeout')
  const timeoutMs = text === undefined ? DEFAULT_ONCE_TIMEOUT_MS : parseTime(text)
  if (timeoutMs === undefined) throw new UsageError('--timeout is a time, as 10m')
  const late = AbortSignal.timeout(timeoutMs)
  const isDone = await running.agent.once(AbortSignal.any([stop.signal, late]))
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

export async function run(args: Arguments): Promise<ExitCode> {
  const path = configPath(args)
  const config = loadConfig(path)
  if (args.flag('dry-run')) return await dryRun(config)
  const log = openLog(
    { level: logLevelOf(args) ?? config.logLevel, format: config.logFormat },
    clock,
  )
  const journal = openJournal({ directory: config.stateDir, clock, log })
  const stop = new AbortController()
  stopOnSignals(stop, log)
  let running = build(config, journal, log)
  const disks = createDiskWatch(files, clock)
  const sampling = setInterval(() => disks.look(running.config.roots), SAMPLE_DISKS_MS)
  const control = openControl(config.stateDir, log, () =>
    liveSnapshot({ ...running, journal, disks: disks.look(running.config.roots), clock, log }),
  )
  log.info('ferry runs', { version: VERSION, device: config.device })
  tellSettings(config, log)
  try {
    if (args.flag('once')) return (await runOnce(running, args, stop)) ? 0 : 1
    const show = (next: Running) => {
      running = next
    }
    await runUntilStopped(running, { path, journal, log, show }, stop)
    return 0
  } finally {
    clearInterval(sampling)
    await control?.close()
    journal.close()
    log.info('stopped')
  }
}

/** Without a control socket the agent works all the same. */
function openControl(directory: string, log: Logger, answer: () => unknown) {
  try {
    return openControlSocket(directory, answer)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    log.warn('no control socket, status shows the journal only', { cause: errorMessage(error) })
    return undefined
  }
}
