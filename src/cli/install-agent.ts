/** What the installation of the agent wants. */
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import type { FerryConfig } from '../config/config.ts'
import { leadsHome } from '../install/drop-in.ts'
import { STATE_DIR, type Wanted } from '../install/plan.ts'
import { isExample } from './documents.ts'
import { CONFIG_FILE, readConfiguration } from './install-config.ts'
import {
  chooseUser,
  isHandedOver,
  named,
  type Plan,
  programPath,
  userBefore,
} from './install-plan.ts'
import { destinationProblems } from './open-destination.ts'

function notYet(config: FerryConfig | undefined, { target, host, args }: Plan): string {
  const edit = `edit ${CONFIG_FILE}, then ferry install again`
  // A dry run: what would be there.
  if (config === undefined) return args.text('join') === undefined ? edit : ''
  if (isExample(host.read(CONFIG_FILE) ?? '')) return edit
  // The files that an image's configuration names are not those of this machine.
  const problem = target.prefix === '' ? destinationProblems(config)[0] : undefined
  return problem === undefined ? '' : `${problem.key} ${problem.value} ${problem.problem}; ${edit}`
}

/** A root may be a link into a home, or the homes a link; where an image's lead cannot be told. */
function needsHomes({ target, host }: Plan, directories: readonly string[]): boolean {
  const there = [...directories, '/home', '/root'].filter((path) => host.stat(path))
  const real = there.map((path) => fs.realpathSync(`${target.prefix}${path}`))
  if (real.some((path, index) => path !== `${target.prefix}${there[index]}`)) return true
  return leadsHome(host.read(CONFIG_FILE) ?? '', directories)
}

export async function agentWanted(plan: Plan): Promise<Wanted> {
  const { target, host, args } = plan
  const config = await readConfiguration(plan)
  const given = args.texts('root').map((root) => resolve(root))
  const directories = config?.roots.map(({ path }) => named(path)) ?? given
  const { url, keyFile } = config?.destination ?? {}
  const stateDir = config?.stateDir ?? STATE_DIR
  const credential = target.hasCredentials ? keyFile : undefined
  const user = chooseUser(plan, directories)
  const reason = notYet(config, plan)
  const isChosen = (args.text('user') ?? userBefore(plan)) !== undefined
  const isGuess = !isChosen && isExample(host.read(CONFIG_FILE) ?? '')
  return {
    ...target,
    self: process.execPath,
    isHandedOver: isHandedOver(plan, user),
    isStale: false,
    service: {
      ...{ user, isGuess, credential, isReceiver: false },
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
