/** Which service manager runs here, and what it can do. */
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { BOOT_ORDER } from '../install/carry-out.ts'
import { PROGRAM } from '../install/plan.ts'
import { INIT_KINDS, type InitKind, type ServiceName } from '../install/steps.ts'
import { createHost } from '../system/host.ts'
import type { Arguments } from './command.ts'

/** LoadCredential came with it; JetPack 4 and 5 are older. */
const CREDENTIALS_SINCE = 247

/** Systems that have several are named by what runs as the first process. */
const SIGNS: readonly [InitKind, readonly string[]][] = [
  ['procd', ['/sbin/procd']],
  ['openrc', ['/sbin/openrc-run', '/usr/sbin/openrc-run']],
  ['systemd', ['/lib/systemd/systemd', '/usr/lib/systemd/systemd']],
  ['sysv', ['/etc/init.d']],
]

function findInit(prefix: string): InitKind {
  if (prefix === '' && fs.existsSync('/run/systemd/system')) return 'systemd'
  const isThere = ([kind, paths]: (typeof SIGNS)[number]) =>
    // Installed, and yet not what runs here.
    !(kind === 'systemd' && prefix === '') && paths.some((path) => fs.existsSync(prefix + path))
  const found = SIGNS.find(isThere)
  if (found === undefined) throw new UsageError('no init system was found: name it with --init')
  return found[0]
}

export interface Target {
  readonly prefix: string
  readonly init: InitKind
  readonly name: ServiceName
  readonly hasCredentials: boolean
  readonly hasRunlevels: boolean
  readonly hasBootOrder: boolean
  /** A package brought the unit or script. */
  readonly isPackaged: boolean
  readonly isShadowed: boolean
  readonly isShared: boolean
}

function hasCredentials(prefix: string): boolean {
  if (prefix !== '') return false
  const { stdout } = spawnSync('systemctl', ['--version'], { encoding: 'utf8' })
  return Number(/^systemd (\d+)/.exec(stdout ?? '')?.[1] ?? 0) >= CREDENTIALS_SINCE
}

/** Fails with `UsageError`. */
export function readTarget(args: Arguments): Target {
  const given = args.text('prefix')
  const prefix = given === undefined || resolve(given) === '/' ? '' : resolve(given)
  if (prefix === '' && process.getuid?.() !== 0) throw new UsageError('this needs root: use sudo')
  if (prefix !== '' && !fs.existsSync(prefix)) throw new UsageError(`${prefix} does not exist`)
  const wanted = args.text('init') ?? 'auto'
  const known = INIT_KINDS.find((kind) => kind === wanted)
  if (known === undefined && wanted !== 'auto') {
    throw new UsageError(`--init is one of ${INIT_KINDS.join(', ')}, auto`)
  }
  const init = known ?? findInit(prefix)
  const name = args.flag('receiver') ? 'ferry-receiver' : 'ferry-agent'
  const packaged = `/lib/systemd/system/${name}.service`
  const { stat, read } = createHost(prefix)
  const other = name === 'ferry-agent' ? 'ferry-receiver' : 'ferry-agent'
  const isPackaged = init === 'systemd' && stat(packaged) !== undefined
  const own = read(`/etc/systemd/system/${name}.service`) ?? ''
  return {
    ...{ prefix, init, name },
    hasCredentials: init === 'systemd' && hasCredentials(prefix),
    hasRunlevels: stat('/etc/rc2.d') !== undefined,
    // An image's is not ours to run.
    hasBootOrder: init === 'sysv' && prefix === '' && stat(BOOT_ORDER) !== undefined,
    isPackaged,
    isShadowed: isPackaged && own.includes(`=${PROGRAM} `),
    isShared: [`/etc/systemd/system/${other}.service`, `/etc/init.d/${other}`].some(stat),
  }
}
