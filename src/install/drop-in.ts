/** What this machine adds to a unit or an init script: user, directories, key, options. Pure. */
import { ConfigError } from '../errors.ts'

const WRITTEN = '# Written by ferry install; the next run writes it anew.'

export interface Service {
  readonly user: string
  /** Nobody has said yet what is sent, nor who sends it: the user is not written down. */
  readonly isGuess: boolean
  readonly program: string
  /** What stands after the command; empty: as in the unit. */
  readonly options: string
  /** Directories to write to, beside the state directory. */
  readonly writable: readonly string[]
  /** Handed over by the service manager; undefined: the program reads it itself. */
  readonly credential: string | undefined
  readonly isReceiver: boolean
  /** Something that the configuration names, or may use, lies in somebody's home. */
  readonly needsHomes: boolean
}

/** A word of a unit. Fails with `ConfigError` on what cannot be said in one. */
function unitWord(text: string): string {
  if (/[\n\r\uFFFD]/.test(text)) {
    const problem = 'cannot be named in a unit'
    const hint = 'rename it, or run the agent without systemd'
    throw new ConfigError([{ key: 'root', value: text, problem, hint }])
  }
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')
  return `"${escaped}"`
}

/** Root keeps what it needs for files of others, and nothing else of what root may. */
const ROOT_LINES = [
  'AmbientCapabilities=',
  'CapabilityBoundingSet=',
  'CapabilityBoundingSet=CAP_LEASE CAP_DAC_OVERRIDE CAP_FOWNER',
]

/** Any path there, or a text that names one: homes of people, of root, and of their sessions. */
const HOMES = /(^|[^\w.-])(\/(home|root|run\/user)(?![\w.-])|~)/

/** True for what leads into a home, and for what runs a command of the user's. */
export function leadsHome(configText: string, paths: readonly string[]): boolean {
  return [configText, ...paths].some((text) => HOMES.test(text)) || /selective/.test(configText)
}

const isTemporary = (path: string) => /^(\/var)?\/tmp(\/|$)/.test(path)

/** `10-ferry.conf` beside a unit. Fails with `ConfigError`. */
export function dropIn(service: Service): string {
  const { user, isGuess, options, writable, credential, isReceiver, needsHomes } = service
  return [
    WRITTEN,
    '[Service]',
    ...(isGuess ? [] : [`User=${user}`]),
    ...(user === 'root' && !isReceiver ? ROOT_LINES : []),
    // Root would see everybody's; others see what is open to them.
    ...(user === 'root' && !needsHomes ? ['ProtectHome=yes'] : []),
    ...writable.map((path) => `ReadWritePaths=${unitWord(`-${path}`)}`),
    // A private /tmp would hide them.
    ...(writable.some(isTemporary) ? ['PrivateTmp=no'] : []),
    ...(credential === undefined ? [] : [`LoadCredential=key:${credential}`]),
    ...(options === '' ? [] : [`Environment=${unitWord(`FERRY_OPTIONS=${options}`)}`]),
    '',
  ].join('\n')
}

const shellWord = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** What an init script reads at its start. */
export function defaults({ user, isGuess, program, options }: Service): string {
  return [
    WRITTEN,
    `FERRY_PROGRAM=${shellWord(program)}`,
    ...(isGuess ? [] : [`FERRY_USER=${shellWord(user)}`]),
    ...(options === '' ? [] : [`FERRY_OPTIONS=${shellWord(options)}`]),
    '',
  ].join('\n')
}

/** The user that an earlier run wrote down, in either form. */
export function userOf(text: string): string | undefined {
  return /^(?:User|FERRY_USER)='?([\w.-]+)'?$/m.exec(text)?.[1]
}

/**
 * The options that an earlier run wrote down, in either form; '' where there are none, undefined
 * where somebody else's words cannot be read.
 */
export function optionsOf(text: string): string | undefined {
  const unit = [...text.matchAll(/^Environment="FERRY_OPTIONS=((?:[^"\\]|\\.)*)"\s*$/gm)].at(
    -1,
  )?.[1]
  if (unit !== undefined) return unit.replace(/\\(.)/g, '$1').replaceAll('%%', '%')
  const shell = [...text.matchAll(/^FERRY_OPTIONS=(?:'([^']*)'|"([^"$`\\]*)")\s*$/gm)].at(-1)
  if (shell !== undefined) return shell[1] ?? shell[2] ?? ''
  return /^[^#\n]*FERRY_OPTIONS=/m.test(text) ? undefined : ''
}

const optionPattern = (name: string) => new RegExp(`(?:^|\\s+)--${name}(?:=|\\s+)(\\S+)`, 'g')

/** The value that counts: the last. */
export const optionIn = (options: string, name: string) =>
  [...options.matchAll(optionPattern(name))].at(-1)?.[1]

export const withoutOption = (options: string, name: string) =>
  options.replace(optionPattern(name), '').trim()

/** Of the owners of the directories to send from: who can delete in all of them. */
export function suggestUser(owners: readonly string[], init: string): string {
  // procd grants no capability without a jail, and root needs none.
  if (init === 'procd') return 'root'
  const [first = 'ferry', ...others] = [...new Set(owners)]
  return others.length > 0 ? 'root' : first
}
