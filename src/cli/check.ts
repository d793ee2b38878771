/** `ferry check`: whether everything that an agent needs is there, and what to do where it is not. */
import * as fs from 'node:fs'
import { display, toText } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { createSystemClock } from '../system/clock.ts'
import { isClockSynchronised } from '../system/libc.ts'
import {
  exitCodeOf,
  type Finding,
  fail,
  hasFailed,
  ok,
  renderFindings,
  warn,
} from './check-finding.ts'
import { probeDisk, probeJournal, probeMachine, probeRoot, writeProblem } from './check-probes.ts'
import { receiverFindings, seenCertificate } from './check-receiver.ts'
import {
  clockFindings,
  diskFindings,
  journalFindings,
  machineFindings,
  rootFindings,
} from './check-rules.ts'
import type { Arguments, ExitCode } from './command.ts'
import { configPath, loadConfig } from './machine.ts'
import { destinationProblems, OPEN_TO_OTHERS } from './open-destination.ts'
import { print } from './output.ts'
import { closedByConfig } from './sync-gate.ts'
import { findViamServer, isViamServerRunning, otherSyncerReason, VIAM_HINT } from './viam-server.ts'

/** What the operator wrote, and the files that it names. */
function configFindings(path: string, config: FerryConfig): Finding[] {
  const problems = destinationProblems(config).map(({ key, value, problem, hint }) =>
    fail('config', `${key} (${value}) ${problem}`, hint),
  )
  const { secretFile, device, roots } = config
  const mode = secretFile && fs.statSync(secretFile, { throwIfNoEntry: false })?.mode
  const closed = closedByConfig(config)
  const from = roots.map((root) => display(root.path)).join(', ')
  return [
    ...problems,
    ...(problems.length === 0
      ? [ok('config', `${path}: device ${device}, sends from ${from}`)]
      : []),
    ...(closed
      ? [warn('schedule', `the schedule sends nothing: ${closed}`, 'ferry sync sends by hand')]
      : []),
    ...(mode && (mode & OPEN_TO_OTHERS) !== 0
      ? [warn('secret', `${secretFile} holds a secret and can be read by others`, 'chmod 600')]
      : []),
  ]
}

/** Root may do what the agent's user may not. */
function userFindings({ stateDir }: FerryConfig): Finding[] {
  const owner = fs.statSync(stateDir, { throwIfNoEntry: false })?.uid
  const own = process.getuid?.()
  if (owner === undefined || owner === own) return []
  const says = `checked as user ${own}, and ${stateDir} belongs to user ${owner}`
  return [warn('user', says, `run it as the agent's user: sudo -u '#${owner}' ferry check`)]
}

/** Without a journal on disk the agent works from memory, and says so. */
function stateFindings({ stateDir }: FerryConfig): Finding[] {
  const code = writeProblem(stateDir)
  if (code === '') return []
  const hint = 'give it to the user of the agent, or set state_dir'
  return [fail('state', `${stateDir} cannot be written to (${code})`, hint)]
}

function otherFindings(config: FerryConfig): Finding[] {
  const found = findViamServer(config)
  if (found) return [fail('viam-server', otherSyncerReason(found), VIAM_HINT)]
  return isViamServerRunning()
    ? [ok('viam-server', 'runs here, and sends from other directories')]
    : []
}

function diskFacts(config: FerryConfig): Finding[] {
  const disks = [
    probeDisk('state', config.stateDir, true),
    ...config.roots.map(({ path }) => probeDisk('disk', toText(path) ?? '/', false)),
  ]
  return disks.flatMap((disk) => (disk ? diskFindings(disk) : []))
}

async function findings(path: string, config: FerryConfig, isOffline: boolean) {
  const { url } = config.destination
  const clock = createSystemClock()
  const net = isOffline || url.scheme === 'file' ? undefined : url
  const settings = configFindings(path, config)
  const roots = await Promise.all(config.roots.map((root) => probeRoot(root, config)))
  const certificate = net && (await seenCertificate(net))
  const isSynchronised = isClockSynchronised()
  return [
    ...settings,
    ...userFindings(config),
    ...stateFindings(config),
    ...roots.flatMap(rootFindings),
    ...otherFindings(config),
    ...clockFindings({ wallMs: clock.wallMs(), isSynchronised, certificate }),
    // Without its files there is nothing to greet with.
    ...(net && !hasFailed(settings) ? await receiverFindings(config, net) : []),
    ...journalFindings(probeJournal(config)),
    ...diskFacts(config),
    ...machineFindings(probeMachine()),
  ]
}

const document = (found: readonly Finding[]) =>
  `${JSON.stringify({ ok: !hasFailed(found), findings: found }, null, 2)}\n`

/** As JSON also what cannot be used as a configuration is a finding. */
function configOrTell(args: Arguments): { path: string; config: FerryConfig } | undefined {
  try {
    const path = configPath(args)
    return { path, config: loadConfig(path) }
  } catch (error) {
    if (!(error instanceof ConfigError) || !args.flag('json')) throw error
    print(
      document(error.problems.map((one) => fail('config', `${one.key} ${one.problem}`, one.hint))),
    )
    return undefined
  }
}

export async function check(args: Arguments): Promise<ExitCode> {
  const loaded = configOrTell(args)
  if (loaded === undefined) return 78
  const found = await findings(loaded.path, loaded.config, args.flag('offline'))
  print(args.flag('json') ? document(found) : renderFindings(found))
  return exitCodeOf(found)
}
