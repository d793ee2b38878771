/** Whose eyes `ferry check` looks with: root may do what the user of the agent may not. */
import * as fs from 'node:fs'
import { optionIn, optionsOf, userOf } from '../install/drop-in.ts'
import { additionsPath, CONFIG_DIR } from '../install/plan.ts'
import type { Host, Ids } from '../system/host.ts'
import { withRights } from '../system/rights.ts'
import { type Finding, ok, warn } from './check-finding.ts'
import { userName } from './state-access.ts'

export interface AgentUser extends Ids {
  readonly name: string
  /** Why it is taken for the user of the agent. */
  readonly because: string
  /** Most installed services get CAP_LEASE, whatever else their user may not. */
  readonly mayLease: boolean
  /** The service manager reads the key, as root, and hands it over. */
  readonly isKeyHandedOver: boolean
}

const SERVICE = 'ferry-agent'

/** Where `ferry install` wrote the user down. The unit's counts only where systemd runs. */
const additionsPaths = (isSystemd: boolean) => [
  ...(isSystemd ? [additionsPath('systemd', SERVICE)] : []),
  ...(['openrc', 'sysv'] as const).map((init) => additionsPath(init, SERVICE)),
]

/** A link in its place is followed, as the path of the configuration was. */
function realPath(path: string): string {
  try {
    return fs.realpathSync.native(path)
  } catch {
    return path
  }
}

/** Without the setpriv of util-linux the script of sysv grants no capability. */
const grantsLease = (host: Host, path: string) =>
  path !== additionsPath('sysv', SERVICE) ||
  host.succeeds(['sh', '-c', 'setpriv --help 2>&1 | grep -q -- --reuid'])

/** The user of the service that runs with this configuration; undefined where none is installed. */
export function serviceUser(host: Host, config: string, isSystemd: boolean): AgentUser | undefined {
  for (const path of additionsPaths(isSystemd)) {
    const text = host.read(path) ?? ''
    const name = userOf(text)
    const other = optionIn(optionsOf(text) ?? '', 'config') ?? `${CONFIG_DIR}/ferry.json`
    const ids = name === undefined ? undefined : host.ids(name)
    if (name === undefined || ids === undefined || realPath(other) !== config) continue
    const isKeyHandedOver = /^LoadCredential=key:/m.test(text)
    const mayLease = grantsLease(host, path)
    return { ...ids, name, because: 'whom the service runs as', mayLease, isKeyHandedOver }
  }
  return undefined
}

/** The user of the service, else the owner of the state directory; undefined: that cannot be told. */
export function agentUser(host: Host, config: string, stateDir: string): AgentUser | undefined {
  const installed = serviceUser(host, config, fs.existsSync('/run/systemd/system'))
  if (installed !== undefined) return installed
  try {
    const { uid, gid } = fs.statSync(stateDir)
    const [name, because] = [userName(uid), `who owns ${stateDir}`]
    return { uid, gid, name, because, mayLease: false, isKeyHandedOver: false }
  } catch {
    return undefined
  }
}

const asUser = <T>({ uid, gid, name }: AgentUser, work: () => Promise<T>) =>
  withRights({ uid, gid, name: name.startsWith('#') ? undefined : name }, work)

/** Looks as the user of the agent where this is root and can; else as who it is. */
export interface Eyes {
  /** Set where another one's are taken. */
  readonly user: AgentUser | undefined
  look<T>(work: () => Promise<T>): Promise<T>
  readonly findings: readonly Finding[]
}

const asIs = (findings: readonly Finding[]): Eyes => ({
  ...{ user: undefined, look: (work) => work(), findings },
})

export async function openEyes(user: AgentUser | undefined): Promise<Eyes> {
  const own = process.getuid?.() ?? 0
  if (user === undefined || user.uid === own) return asIs([])
  const says = `checked as ${userName(own)}, and the agent's user is ${user.name}, ${user.because}`
  const others = asIs([warn('user', says, `use sudo: sudo ferry check looks as ${user.name}`)])
  if (own !== 0) return others
  try {
    await asUser(user, async () => {})
  } catch {
    return others
  }
  const found = ok('user', `looked at files and directories as ${user.name}, ${user.because}`)
  return { user, look: (work) => asUser(user, work), findings: [found] }
}
