/** What the installation of the receiver wants, and its store, made where there is none. */
import { dirname } from 'node:path'
import { UsageError } from '../errors.ts'
import { leadsHome, optionIn, optionsOf, withoutOption } from '../install/drop-in.ts'
import { STATE_DIR, type Wanted } from '../install/plan.ts'
import { readAddress } from './host-name.ts'
import { chooseUser, isHandedOver, type Plan, programPath, writtenBefore } from './install-plan.ts'
import { print } from './output.ts'
import { changeLines, checkReached, initStore } from './receive-init.ts'

/** How the receiver is started. */
interface Serving {
  readonly store: string
  readonly listen: string
  /** Whatever else somebody added to its options. */
  readonly others: string
  /** An earlier run made its store there. */
  readonly isKnown: boolean
}

const DEFAULTS = { store: '/srv/ferry', listen: '0.0.0.0:7443' }

function refuseBad({ store, listen }: Serving): void {
  const port = readAddress(listen)?.port ?? 0
  if (!/^\/[\w./-]+$/.test(store)) {
    throw new UsageError(`--store ${store}: an absolute path, of plain characters`)
  }
  if (!/^[\w.:[\]-]+$/.test(listen) || port < 1) {
    throw new UsageError(`--listen ${listen}: HOST:PORT, of plain characters, a port up to 65535`)
  }
}

/** As given, as before, or as usual. Fails with `UsageError`. */
function readServing(plan: Plan): Serving {
  const { args } = plan
  const before = optionsOf(writtenBefore(plan))
  const given = { store: args.text('store'), listen: args.text('listen') }
  if (before === undefined && (given.store === undefined || given.listen === undefined)) {
    throw new UsageError('the earlier FERRY_OPTIONS cannot be read: give --store and --listen')
  }
  const options = before ?? ''
  const known = { store: optionIn(options, 'store'), listen: optionIn(options, 'listen') }
  const store = given.store ?? known.store ?? DEFAULTS.store
  const serving = {
    store,
    listen: given.listen ?? known.listen ?? DEFAULTS.listen,
    others: withoutOption(withoutOption(options, 'store'), 'listen'),
    isKnown: known.store === store,
  }
  refuseBad(serving)
  const kept = [
    ...(given.store === undefined && known.store ? [`--store ${store}`] : []),
    ...(given.listen === undefined && known.listen ? [`--listen ${serving.listen}`] : []),
    ...(serving.others === '' ? [] : [serving.others]),
  ]
  if (kept.length > 0) print(`kept   ${kept.join(' ')}\n`)
  return serving
}

/** What a store that is there has to learn. True: its receiver must read it anew. */
async function updateStore({ target, args }: Plan, store: string): Promise<boolean> {
  const isDry = args.flag('dry-run')
  const hosts = args.texts('host')
  const reached = { hosts, listen: args.text('listen') }
  print(`as is  the store ${store}\n`)
  const change = await initStore(`${target.prefix}${store}`, reached, isDry)
  for (const line of changeLines(change, hosts)) print(`${isDry ? 'would ' : 'made  '} ${line}\n`)
  return change.isRenewed
}

/** A new store belongs to the one who runs the receiver. */
async function makeStore(plan: Plan, store: string, user: string): Promise<void> {
  const { target, host, args } = plan
  if (args.flag('dry-run')) return print(`would  the store ${store}\n`)
  // Its user has to come through, whatever the umask here.
  host.makeDirectory(dirname(store))
  const reached = { hosts: args.texts('host'), listen: args.text('listen') }
  await initStore(`${target.prefix}${store}`, reached)
  if (host.ids(user) === undefined) host.addUser(user, STATE_DIR)
  host.own(store, user, 'all')
  print(`made   the store ${store}\n`)
}

/** Whether it is new; and whether its receiver must read it anew. */
async function prepareStore(plan: Plan, { store, isKnown }: Serving, user: string) {
  const { host, args } = plan
  await checkReached({ hosts: args.texts('host') })
  if (host.stat(`${store}/.ferry`) !== undefined) {
    return { isNew: false, isStale: await updateStore(plan, store) }
  }
  // A disk that is not mounted must not look like a new store, with an authority no board knows.
  if (isKnown) {
    throw new UsageError(
      `the store ${store} is not there: mount its disk; or, to begin anew, ` +
        'ferry uninstall --receiver first',
    )
  }
  if (!host.isEmpty(store)) {
    throw new UsageError(`${store} is not empty: ferry receive --init ${store} as its owner`)
  }
  await makeStore(plan, store, user)
  return { isNew: true, isStale: false }
}

export interface WantedReceiver extends Wanted {
  /** What the operator does with a new store; '' where it is there. */
  readonly next: string
}

export async function receiverWanted(plan: Plan): Promise<WantedReceiver> {
  const { target } = plan
  const serving = readServing(plan)
  const { store, listen, others } = serving
  const user = chooseUser(plan, [])
  const { isNew, isStale } = await prepareStore(plan, serving, user)
  return {
    ...target,
    self: process.execPath,
    isHandedOver: isHandedOver(plan, user),
    isStale,
    service: {
      ...{ user, isGuess: false, credential: undefined, isReceiver: true },
      program: programPath(plan),
      options: `--store ${store} --listen ${listen}${others === '' ? '' : ` ${others}`}`,
      writable: [store],
      needsHomes: leadsHome('', [store]),
    },
    ...{ directories: [], stateDir: STATE_DIR, keyFile: undefined, notYet: '' },
    next: isNew ? `ferry keys add robot-1 --keys ${target.prefix}${store}/.ferry/keys` : '',
  }
}
