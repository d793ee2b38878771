/** The agent of a configuration, and a new one each time the configuration changes. */
import * as fs from 'node:fs'
import { type Agent, createAgent } from '../agent.ts'
import type { BytePath } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { sameSyncConfig } from '../config/same.ts'
import { ConfigError, errorMessage } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Orphans } from '../scan/orphans.ts'
import type { Claims } from '../system/claims.ts'
import type { Clock } from '../system/clock.ts'
import type { Files } from '../system/files.ts'
import type { Gate } from '../system/gate.ts'
import { createCollector } from '../system/heap.ts'
import type { Logger } from '../system/logger.ts'
import type { ServiceNotes } from '../system/notify.ts'
import type { Random } from '../system/random.ts'
import type { Destination } from '../upload/destination.ts'
import { loadConfig } from './machine.ts'
import { destinationProblems, openDestination } from './open-destination.ts'
import { createSyncGate, type GateParts } from './sync-gate.ts'
import { refuseViamServer } from './viam-server.ts'

function agentOptions(config: FerryConfig) {
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
    eviction: config.eviction,
  }
}

export interface Running {
  readonly config: FerryConfig
  /** The receiver's authority as it was read; it may change under the same name. */
  readonly authority: string
  readonly destination: Destination
  readonly gate: Gate
  readonly agent: Agent
}

/** What outlives a change of the configuration. */
export interface Session extends Pick<GateParts, 'isPaused' | 'otherSyncer'> {
  readonly path: string
  readonly files: Files
  readonly clock: Clock
  readonly random: Random
  readonly journal: Journal
  readonly log: Logger
  /** Taken up once for each process: what comes after a reload belongs to a live program. */
  readonly orphans: Orphans
  /** Taken when a root is first looked at; given back when it is none any more. */
  readonly claims: Claims
  /** Tidies up what a crash left in a capture directory, when it is first looked at. */
  readonly sweep: (capture: BytePath) => void
  /** Looks for another program at work on the same directories. */
  readonly findOthers: () => void
  readonly notes: ServiceNotes
  /** Called with what runs from now on. */
  readonly show: (running: Running) => void
}

const authorityOf = ({ destination: { caFile } }: FerryConfig) =>
  caFile === undefined ? '' : fs.readFileSync(caFile, 'utf8')

/** Fails with `ConfigError`. */
export function build(config: FerryConfig, session: Session): Running {
  const destination = openDestination(config, session)
  session.journal.deliverTo(`${destination.state().address} ${config.partId || config.device}`)
  const gate = createSyncGate({ ...session, config })
  session.claims.keep(config.roots.map(({ path }) => path))
  const agent = createAgent(
    { ...session, destination, gate, written: createCollector() },
    agentOptions(config),
  )
  return { config, authority: authorityOf(config), destination, gate, agent }
}

/** The journal is open: another place for it is said to wait, and the old one stays. */
function withSameState(next: FerryConfig, { stateDir }: FerryConfig, log: Logger): FerryConfig {
  if (next.stateDir === stateDir) return next
  const fields = { state_dir: next.stateDir, until_then: stateDir }
  log.warn('a changed state_dir needs a restart of the agent', fields)
  return { ...next, stateDir }
}

/** The configuration as it is now, or undefined where it cannot be used. */
function reloaded({ path, log }: Session): FerryConfig | undefined {
  try {
    const next = loadConfig(path)
    const problems = destinationProblems(next)
    if (problems.length > 0) throw new ConfigError(problems)
    refuseViamServer(next)
    log.info('configuration read again')
    return next
  } catch (error) {
    log.error('the new configuration is not used', { cause: errorMessage(error) })
    return undefined
  }
}

/** The agent of the new configuration; of the old one where the new one cannot be built. */
async function rebuilt(current: Running, next: FerryConfig, session: Session): Promise<Running> {
  await current.destination.close()
  try {
    return build(next, session)
  } catch (error) {
    session.log.error('the new configuration is not used', { cause: errorMessage(error) })
    return build(current.config, session)
  }
}

/**
 * Runs until stopped. A SIGHUP with other settings for sending ends the agent at a safe point and
 * starts it anew; one with the same leaves everything under way as it is.
 */
export async function runUntilStopped(
  running: Running,
  session: Session,
  stop: AbortController,
): Promise<void> {
  let current = running
  let next: FerryConfig | undefined
  let restart = new AbortController()
  const onReload = () => {
    session.findOthers()
    const found = reloaded(session)
    if (found === undefined) return
    const read = withSameState(found, current.config, session.log)
    const isSame = sameSyncConfig(read, current.config) && authorityOf(read) === current.authority
    if (isSame && next === undefined) {
      current = { ...current, config: read }
      session.show(current)
      const isWhole = read === found
      session.log.info(isWhole ? 'nothing changes for sending' : 'nothing changes until then')
    } else {
      next = read
      restart.abort(new Error('the agent is being restarted, ask again'))
    }
  }
  process.on('SIGHUP', () => {
    session.notes.reloading()
    onReload()
    session.notes.ready()
  })
  session.notes.ready()
  while (!stop.signal.aborted) {
    session.show(current)
    await current.agent.run(AbortSignal.any([stop.signal, restart.signal]))
    if (stop.signal.aborted) break
    restart = new AbortController()
    const wanted = next ?? current.config
    next = undefined
    current = await rebuilt(current, wanted, session)
  }
  await current.destination.close()
}
