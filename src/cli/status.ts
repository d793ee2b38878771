/** `ferry status`: the running agent's answer, or what its journal knows. */

import { Database } from 'bun:sqlite'
import * as fs from 'node:fs'
import type { Agent } from '../agent.ts'
import type { FerryConfig } from '../config/config.ts'
import { ConfigError, errorCode, errorMessage } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import { JOURNAL_FILE } from '../journal/open-journal.ts'
import { summarize } from '../journal/summary.ts'
import { closedBecause } from '../schedule/gate.ts'
import { askControlSocket } from '../status/control-socket.ts'
import { renderStatus } from '../status/render.ts'
import { type DiskState, type StatusDocument, snapshot } from '../status/snapshot.ts'
import type { Clock } from '../system/clock.ts'
import { createSystemClock } from '../system/clock.ts'
import type { Gate } from '../system/gate.ts'
import type { Logger } from '../system/logger.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import type { Destination } from '../upload/destination.ts'
import { SOFTWARE } from '../version.ts'
import type { Arguments, ExitCode } from './command.ts'
import { createDiskWatch } from './disk-watch.ts'
import { configPath, loadConfig } from './machine.ts'
import { print } from './output.ts'
import { type PauseLeft, readPause } from './pause-state.ts'
import { withStateAccess } from './state-access.ts'

interface LiveParts {
  readonly config: FerryConfig
  readonly agent: Agent
  readonly gate: Gate
  readonly pauseLeftMs: PauseLeft
  readonly destination: Destination
  readonly journal: Journal
  readonly disks: readonly DiskState[]
  readonly clock: Clock
  readonly log: Logger
}

/** What the running agent answers. */
export function liveSnapshot(parts: LiveParts): StatusDocument {
  const { config, agent, gate, destination, journal, clock } = parts
  return snapshot({
    software: SOFTWARE,
    device: config.device,
    pausedBecause: gate.closedBecause(),
    pauseLeftMs: parts.pauseLeftMs,
    journal: journal.summary(),
    journalTrouble: journal.trouble(),
    live: agent.state(),
    destination: destination.state(),
    disks: parts.disks,
    monotonicMs: clock.monotonicMs(),
    memoryBytes: process.memoryUsage.rss(),
    logBytes: parts.log.writtenBytes(),
  })
}

/** Fails with `ConfigError` where none is there, or it is closed to this user. */
function findJournal(stateDir: string): string {
  const path = `${stateDir}/${JOURNAL_FILE}`
  try {
    fs.accessSync(path, fs.constants.R_OK)
    return path
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    const problem = 'has no journal: no agent ran with it yet'
    throw new ConfigError([{ key: 'state_dir', value: stateDir, problem, hint: 'ferry run' }])
  }
}

function journalSnapshot(config: FerryConfig): StatusDocument {
  const path = findJournal(config.stateDir)
  const db = new Database(path, { readonly: true })
  try {
    const clock = createSystemClock()
    const pauseLeftMs = readPause(config.stateDir)
    const { syncDisabled, selectiveSyncerName, selectiveSync } = config
    const selective = selectiveSync && ''
    const isPaused = pauseLeftMs !== undefined
    const settings = { syncDisabled, selectiveSyncerName, selective }
    return snapshot({
      software: SOFTWARE,
      device: config.device,
      pausedBecause: closedBecause({ otherSyncer: '', isPaused, ...settings }),
      pauseLeftMs,
      journal: summarize(db),
      journalTrouble: '',
      live: undefined,
      destination: undefined,
      disks: createDiskWatch(createPosixFiles(), clock).look(config.roots),
      monotonicMs: clock.monotonicMs(),
      memoryBytes: 0,
      logBytes: 0,
    })
  } finally {
    db.close()
  }
}

/** A journal on a disk that is full or failing says so, in words. */
function journalOrWhy(config: FerryConfig): StatusDocument {
  try {
    return journalSnapshot(config)
  } catch (error) {
    if (!errorCode(error).startsWith('SQLITE_')) throw error
    const path = `${config.stateDir}/${JOURNAL_FILE}`
    const why = `${path} cannot be looked into (${errorMessage(error)}), and no agent answers`
    throw new Error(`${why}: ferry check says more`)
  }
}

export async function status(args: Arguments): Promise<ExitCode> {
  const config = loadConfig(configPath(args))
  const answer = (await askControlSocket(config.stateDir)) as StatusDocument | undefined
  const document = answer ?? withStateAccess(config.stateDir, 'status', () => journalOrWhy(config))
  const text = args.flag('json') ? `${JSON.stringify(document, null, 2)}\n` : renderStatus(document)
  print(text)
  return 0
}
