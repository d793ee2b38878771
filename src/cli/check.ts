/** `ferry check`: whether everything that an agent needs is there, and what to do where it is not. */
import { display, toText } from '../byte-path.ts'
import type { FerryConfig, RootConfig } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { createSystemClock } from '../system/clock.ts'
import { createHost } from '../system/host.ts'
import { isClockSynchronised } from '../system/libc.ts'
import { fileFindings } from './check-files.ts'
import {
  exitCodeOf,
  type Finding,
  fail,
  hasFailed,
  ok,
  renderFindings,
  warn,
} from './check-finding.ts'
import { probeDisk, probeJournal, probeMachine, probeRoot } from './check-probes.ts'
import { receiverFindings, seenCertificate } from './check-receiver.ts'
import {
  clockFindings,
  diskFindings,
  journalFindings,
  machineFindings,
  rootFindings,
} from './check-rules.ts'
import { stateFindings } from './check-state.ts'
import { storeFindings } from './check-store.ts'
import { agentUser, type Eyes, openEyes } from './check-user.ts'
import type { Arguments, ExitCode } from './command.ts'
import { configPath, loadConfig } from './machine.ts'
import { print } from './output.ts'
import { closedByConfig } from './sync-gate.ts'
import { findViamServer, isViamServerRunning, otherSyncerReason, VIAM_HINT } from './viam-server.ts'

/** What the operator wrote, and the files that it names. */
async function configFindings(path: string, config: FerryConfig, eyes: Eyes): Promise<Finding[]> {
  const problems = await fileFindings(path, config, eyes)
  const { device, roots } = config
  const closed = closedByConfig(config)
  const from = roots.map((root) => display(root.path)).join(', ')
  return [
    ...problems,
    ...(hasFailed(problems) ? [] : [ok('config', `${path}: device ${device}, sends from ${from}`)]),
    ...(closed
      ? [warn('schedule', `the schedule sends nothing: ${closed}`, 'ferry sync sends by hand')]
      : []),
  ]
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

/** One after the other: while it is looked as another user, nothing else may go on. */
async function inTurn(
  roots: readonly RootConfig[],
  look: (root: RootConfig) => Promise<Finding[]>,
) {
  const found: Finding[] = []
  for (const root of roots) found.push(...(await look(root)))
  return found
}

async function findings(path: string, config: FerryConfig, isOffline: boolean) {
  const { url } = config.destination
  const clock = createSystemClock()
  const net = isOffline || url.scheme === 'file' ? undefined : url
  const eyes = await openEyes(agentUser(createHost(''), path, config.stateDir))
  const settings = await configFindings(path, config, eyes)
  const state = await stateFindings(config, eyes)
  const roots = await inTurn(config.roots, async (root) =>
    rootFindings(await probeRoot(root, config, eyes)),
  )
  const isSound = !hasFailed(settings)
  const store = isSound ? await storeFindings(config, eyes) : []
  const certificate = net && (await seenCertificate(net))
  const isSynchronised = isClockSynchronised()
  return [
    ...settings,
    ...eyes.findings,
    ...state,
    ...roots,
    ...otherFindings(config),
    ...clockFindings({ wallMs: clock.wallMs(), isSynchronised, certificate }),
    ...store,
    // Without its files there is nothing to greet with.
    ...(net && isSound ? await receiverFindings(config, net) : []),
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
