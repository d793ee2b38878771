/** `ferry install`: makes a service of the executable that runs it. */
import * as fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type BytePath, toText } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { UsageError } from '../errors.ts'
import { BOOT_ORDER, carryOut } from '../install/carry-out.ts'
import { leadsHome, suggestUser, userOf } from '../install/drop-in.ts'
import {
  additionsPath,
  CONFIG_DIR,
  installSteps,
  PACKAGED_PROGRAM,
  PROGRAM,
  STATE_DIR,
  type Wanted,
} from '../install/plan.ts'
import { createHost, type Host } from '../system/host.ts'
import type { Arguments, ExitCode } from './command.ts'
import { isExample } from './documents.ts'
import { type Joining, writeConfiguration } from './init.ts'
import { loadConfig } from './machine.ts'
import { destinationProblems } from './open-destination.ts'
import { print } from './output.ts'
import { initStore } from './receive-init.ts'
import { readTarget, type Target } from './service-manager.ts'

const CONFIG_FILE = `${CONFIG_DIR}/ferry.json`

interface Plan {
  readonly target: Target
  readonly host: Host
  readonly args: Arguments
}

/** What a new configuration holds: from options, else from who sits there. */
function readJoining(args: Arguments): Joining {
  const given = args.text('join')
  const roots = args.texts('root').map((root) => resolve(root))
  const mayAsk = given === undefined && process.stdin.isTTY === true && !args.flag('dry-run')
  const ask = (question: string) => (mayAsk ? (prompt(question) ?? '').trim() : '')
  const line = given ?? ask('Join line, from ferry keys add (empty: an example to edit):')
  const typed =
    line !== '' && roots.length === 0 ? ask('Directories to send from, with commas [/data]:') : ''
  const named = typed.split(',').map((path) => path.trim())
  return {
    line: line === '' ? undefined : line,
    roots:
      roots.length > 0 ? roots : named.filter((path) => path !== '').map((path) => resolve(path)),
    device: args.text('device'),
    stateDir: STATE_DIR,
  }
}

/** Nothing is started that does not send what was asked for. Fails with `UsageError`. */
function refuseOtherRoots(config: FerryConfig, args: Arguments): void {
  const known = config.roots.map(({ path }) => named(path))
  const others = args.texts('root').map((root) => resolve(root))
  const missing = others.filter((root) => !known.includes(root))
  if (missing.length === 0) return
  throw new UsageError(
    `${CONFIG_FILE} is there and does not send from ${missing.join(', ')}: add it to ` +
      '"additional_sync_paths" there, then ferry install again without --root',
  )
}

/** The configuration as it is, made where there is none; undefined in a dry run without one. */
async function readConfiguration({ target, host, args }: Plan): Promise<FerryConfig | undefined> {
  const file = `${target.prefix}${CONFIG_FILE}`
  if (host.stat(CONFIG_FILE) !== undefined) {
    print(`as is  ${CONFIG_FILE}\n`)
    if (args.text('join') !== undefined)
      print('note   --join is for a new one: ferry init --force\n')
  } else if (args.flag('dry-run')) {
    print(`would  ${CONFIG_FILE}\n`)
    return undefined
  } else {
    const where = { directory: `${target.prefix}${CONFIG_DIR}`, named: CONFIG_DIR, force: false }
    await writeConfiguration(readJoining(args), where)
  }
  const config = loadConfig(file)
  refuseOtherRoots(config, args)
  return config
}

function notYet(config: FerryConfig | undefined, { target, host }: Plan): string {
  if (config === undefined) return ''
  const edit = `edit ${CONFIG_FILE}, then ferry install again`
  if (isExample(host.read(CONFIG_FILE) ?? '')) return edit
  // The files that an image's configuration names are not those of this machine.
  const problem = target.prefix === '' ? destinationProblems(config)[0] : undefined
  return problem === undefined ? '' : `${problem.key} ${problem.value} ${problem.problem}; ${edit}`
}

/** Who an earlier run chose. */
const userBefore = ({ target, host }: Plan) =>
  userOf(host.read(additionsPath(target.init, target.name)) ?? '')

/** As given, as before, or who can delete what is to be sent. */
function chooseUser(plan: Plan, directories: readonly string[]): string {
  const { target, host, args } = plan
  const given = args.text('user')
  if (given !== undefined && given !== 'ferry' && host.ids(given) === undefined) {
    throw new UsageError(`there is no user ${given}`)
  }
  const before = userBefore(plan)
  if (given !== undefined || before !== undefined) return given ?? before ?? ''
  const owners = directories.flatMap((path) => host.userName(host.stat(path)?.uid ?? -1) ?? [])
  return args.flag('receiver') ? 'ferry' : suggestUser(owners, target.init)
}

/** A package's own stays where it is, and so does one that is in place. */
const programPath = ({ target: { prefix, isPackaged } }: Plan) =>
  isPackaged || (prefix === '' && process.execPath === PACKAGED_PROGRAM)
    ? PACKAGED_PROGRAM
    : PROGRAM

/** A unit cannot hold the character that stands for stray bytes, and says so. */
const named = (path: BytePath) => toText(path) ?? '\uFFFD'

/** A root may be a link into a home, or the homes a link; where an image's lead cannot be told. */
function needsHomes({ target, host }: Plan, directories: readonly string[]): boolean {
  const there = [...directories, '/home', '/root'].filter((path) => host.stat(path))
  const real = there.map((path) => fs.realpathSync(`${target.prefix}${path}`))
  if (real.some((path, index) => path !== `${target.prefix}${there[index]}`)) return true
  return leadsHome(host.read(CONFIG_FILE) ?? '', directories)
}

async function agentWanted(plan: Plan): Promise<Wanted> {
  const { target, args } = plan
  const config = await readConfiguration(plan)
  const given = args.texts('root').map((root) => resolve(root))
  const directories = config?.roots.map(({ path }) => named(path)) ?? given
  const { url, keyFile } = config?.destination ?? {}
  const stateDir = config?.stateDir ?? STATE_DIR
  const credential = target.hasCredentials ? keyFile : undefined
  const user = chooseUser(plan, directories)
  const reason = notYet(config, plan)
  return {
    ...target,
    self: process.execPath,
    isHandedOver: (userBefore(plan) ?? user) !== user,
    service: {
      ...{ user, credential, isReceiver: false },
      program: programPath(plan),
      options: '',
      needsHomes: needsHomes(plan, directories),
      writable: [
        ...directories,
        ...(stateDir === STATE_DIR ? [] : [stateDir]),
        ...(url?.scheme === 'file' ? [named(url.path)] : []),
      ],
    },
    // Those of an example are nobody's wish.
    directories: reason === '' ? directories : [],
    ...{ stateDir, keyFile },
    notYet: reason,
  }
}

/** A new store belongs to the one who runs the receiver. */
async function makeStore(plan: Plan, store: string, user: string): Promise<void> {
  const { target, host, args } = plan
  if (host.stat(`${store}/.ferry`) !== undefined) return print(`as is  the store ${store}\n`)
  if (args.flag('dry-run')) return print(`would  the store ${store}\n`)
  if (!host.isEmpty(store)) {
    throw new UsageError(`${store} is not empty: ferry receive --init ${store} as its owner`)
  }
  // Its user has to come through, whatever the umask here.
  host.makeDirectory(dirname(store))
  const hosts = args.texts('host')
  await initStore(`${target.prefix}${store}`, { hosts, listen: args.text('listen') })
  if (host.ids(user) === undefined) host.addUser(user, STATE_DIR)
  host.own(store, user, 'all')
}

async function receiverWanted(plan: Plan): Promise<Wanted> {
  const { target, args } = plan
  const store = args.text('store') ?? '/srv/ferry'
  const listen = args.text('listen') ?? '0.0.0.0:7443'
  if (!/^\/[\w./-]+$/.test(store) || !/^[\w.:[\]-]+$/.test(listen)) {
    throw new UsageError('--store is an absolute path and --listen HOST:PORT, of plain characters')
  }
  const user = chooseUser(plan, [])
  await makeStore(plan, store, user)
  return {
    ...target,
    self: process.execPath,
    isHandedOver: (userBefore(plan) ?? user) !== user,
    service: {
      ...{ user, credential: undefined, isReceiver: true },
      program: programPath(plan),
      options: `--store ${store} --listen ${listen}`,
      writable: [store],
      needsHomes: leadsHome('', [store]),
    },
    ...{ directories: [], stateDir: STATE_DIR, keyFile: undefined, notYet: '' },
  }
}

export async function install(args: Arguments): Promise<ExitCode> {
  const target = readTarget(args)
  const plan = { target, host: createHost(target.prefix), args }
  const wanted = args.flag('receiver') ? await receiverWanted(plan) : await agentWanted(plan)
  const { service } = wanted
  print(`plan   ${target.name} for ${target.init}, runs as ${service.user}\n`)
  const isDry = args.flag('dry-run')
  const steps = installSteps(wanted)
  carryOut(steps, { host: plan.host, isDry, print: (line) => print(`${line}\n`) })
  // OpenWrt's is a link to its /tmp.
  const isLost = /^\/?tmp$/.test(plan.host.link('/var') ?? '')
  if (isLost && !service.isReceiver && wanted.stateDir.startsWith('/var/')) {
    print(`note   a boot empties ${wanted.stateDir}: name a "state_dir" that stays\n`)
  }
  const isUnordered = target.init === 'sysv' && !target.hasBootOrder
  if (isUnordered && plan.host.stat(BOOT_ORDER) !== undefined) {
    print(`note   once in the image: update-rc.d ${target.name} defaults; its rc starts no other\n`)
  }
  return 0
}
