/** From the text of a configuration to `FerryConfig`, or to every problem in it. Pure. */
import { type BytePath, display, fromText, relativeTo } from '../byte-path.ts'
import { ConfigError, type ConfigProblem, errorMessage } from '../errors.ts'
import type { LogLevel } from '../system/logger.ts'
import type { DestinationUrl, FerryConfig, Machine, RootConfig } from './config.ts'
import { SETTINGS, type Setting } from './settings.ts'
import { isLoopback, readUrl, readValues, type Values } from './values.ts'

const DEFAULT_INTERVAL_MINS = 0.1
/** Nearer to zero, an interval means the default. */
const INTERVAL_EPSILON_MINS = 0.0001
const MS_PER_MINUTE = 60_000

function parseDocument(text: string): Record<string, unknown> {
  let document: unknown
  try {
    document = Bun.JSONC.parse(text)
  } catch (error) {
    const problem = `is not JSON: ${errorMessage(error)}`
    throw new ConfigError([
      { key: 'the file', value: '', problem, hint: 'check commas and quotes' },
    ])
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Record<string, unknown>
  }
  const problem = 'is not a JSON object'
  throw new ConfigError([{ key: 'the file', value: '', problem, hint: '{ "device": "robot-7" }' }])
}

/** `~`, `.` and doubled or trailing slashes; the rest is as written. */
function absolute(path: string, home: string): string {
  const expanded = path === '~' || path.startsWith('~/') ? home + path.slice(1) : path
  const parts = expanded.split('/').filter((part) => part !== '' && part !== '.')
  return expanded.startsWith('/') ? `/${parts.join('/')}` : expanded
}

function collectRoots(values: Values, machine: Machine): RootConfig[] {
  const viamHome = machine.viamHome === '' ? `${machine.home}/.viam` : machine.viamHome
  const given = values['capture_dir'] as string | undefined
  const capture = absolute(given ?? `${viamHome}/capture`, machine.home)
  const extra = (values['additional_sync_paths'] ?? []) as readonly RootConfig[]
  const base = { include: [], exclude: [], afterUpload: 'delete', isCapture: true } as const
  const expand = (path: BytePath) =>
    Buffer.from(absolute(Buffer.from(path, 'latin1').toString('utf8'), machine.home)).toString(
      'latin1',
    ) as BytePath
  return [
    ...(given !== undefined || machine.exists(capture)
      ? [{ ...base, path: fromText(capture) }]
      : []),
    ...extra.map((root) => ({ ...root, path: expand(root.path) })),
  ]
}

type Report = (key: string, value: unknown, problem: string, hint: string) => void

/** Roots must not hold each other, nor what Ferry itself writes. */
export function checkRoots(
  roots: readonly RootConfig[],
  own: readonly [string, string][],
  report: Report,
) {
  if (roots.length === 0) {
    report('capture_dir', '', 'there is nothing to send from', 'set it or additional_sync_paths')
  }
  roots.forEach((root, index) => {
    const key = root.isCapture ? 'capture_dir' : 'additional_sync_paths'
    const name = display(root.path)
    if (root.path.split('/').includes('..'))
      report(key, name, 'has a ".." in it', 'name it directly')
    if (!root.path.startsWith('/')) report(key, name, 'is not an absolute path', `/${name}`)
    const other = roots.find(
      (one, at) => at !== index && relativeTo(one.path, root.path) !== undefined,
    )
    if (other !== undefined && (other.path !== root.path || roots.indexOf(other) < index)) {
      report(key, name, `lies inside the root ${display(other.path)}`, 'name one of the two')
    }
    for (const [what, path] of own) {
      if (relativeTo(root.path, fromText(path)) === undefined) continue
      report(key, name, `holds ${what} ${path}, which must not be sent`, 'move one of the two')
    }
  })
}

function checkDestination(values: Values, report: Report): DestinationUrl | undefined {
  const text = values['destination.url'] as string | undefined
  const url = text === undefined ? undefined : readUrl(text)
  if (url === undefined) {
    const problem = text === undefined ? 'is missing' : 'is not an address'
    report('destination.url', text ?? '', problem, 'grpcs://host:7443 or file:///mnt/usb')
  }
  const keyFile = values['destination.key_file']
  if (url?.scheme === 'grpc' && keyFile !== undefined && !isLoopback(url.host)) {
    const problem = 'would send the key in plaintext over the network'
    report('destination.url', text, problem, `grpcs://${url.host}:${url.port}`)
  }
  return url
}

const OWN_FILES = [
  ['the key', 'destination.key_file'],
  ['the certificate', 'destination.ca_file'],
] as const

interface ParseOptions {
  readonly text: string
  /** Absolute path of the file, so that no root holds it. */
  readonly file: string
  readonly machine: Machine
}

function defaultStateDir({ isRoot, home }: Machine): string {
  return isRoot ? '/var/lib/ferry' : `${home}/.local/state/ferry`
}

function intervalMs(minutes: number): number {
  const near = minutes < INTERVAL_EPSILON_MINS
  return (near ? DEFAULT_INTERVAL_MINS : minutes) * MS_PER_MINUTE
}

function pausedBecause(values: Values): string {
  if (values['sync_disabled'] === true) return 'sync_disabled is true'
  const syncer = values['selective_syncer_name']
  return syncer ? `selective_syncer_name names "${syncer}", which does not exist here` : ''
}

function assemble(values: Values, url: DestinationUrl, rest: Assembled): FerryConfig {
  const get = <T>(key: keyof Values) => values[key] as T
  const threads = get<number | undefined>('maximum_num_sync_threads') ?? 0
  const { machine } = rest
  return {
    device: get<string | undefined>('device') ?? machine.hostName,
    destination: {
      url,
      keyFile: get('destination.key_file'),
      caFile: get('destination.ca_file'),
      protocol: get('destination.protocol'),
      login: undefined,
    },
    partId: '',
    selectiveSync: undefined,
    eviction: undefined,
    roots: rest.roots,
    intervalMs: intervalMs(get('sync_interval_mins')),
    pausedBecause: pausedBecause(values),
    quietMs: get('file_last_modified_millis'),
    largeFiles: threads > 0 ? threads : Math.max(1, Math.floor(machine.cpus / 2)),
    tags: get('tags'),
    bytesPerSecond: get('bandwidth'),
    stateDir: rest.stateDir,
    deleteWhenUnsure: get('delete_when_unsure'),
    filesInFlight: Math.max(1, get<number>('max_files_in_flight')),
    bytesInFlight: get('max_bytes_in_flight'),
    journalFiles: get('max_journal_files'),
    silenceMs: get('silence_timeout'),
    logLevel: get<LogLevel>('log_level'),
    logFormat: get('log_format'),
    captureSettings: rest.captureSettings,
    evictionSettings: rest.evictionSettings,
  }
}

interface Assembled {
  readonly machine: Machine
  readonly roots: readonly RootConfig[]
  readonly stateDir: string
  readonly captureSettings: readonly string[]
  readonly evictionSettings: readonly string[]
}

/** Fails with `ConfigError`, which holds all problems. */
export function parseConfig({ text, file, machine }: ParseOptions): FerryConfig {
  const { values, given, problems } = readValues(parseDocument(text))
  const report: Report = (key, value, problem, hint) =>
    problems.push({ key, value, problem, hint } satisfies ConfigProblem)
  const stateDir = absolute(
    (values['state_dir'] as string | undefined) ?? defaultStateDir(machine),
    machine.home,
  )
  if (!stateDir.startsWith('/'))
    report('state_dir', stateDir, 'is not an absolute path', '/var/lib')
  const roots = collectRoots(values, machine)
  const url = checkDestination(values, report)
  const own: [string, string][] = [
    ['the state directory', stateDir],
    ['the configuration', file],
  ]
  if (url?.scheme === 'file') own.push(['the destination', display(url.path)])
  for (const [what, key] of OWN_FILES) {
    const path = values[key]
    if (typeof path === 'string') own.push([what, absolute(path, machine.home)])
  }
  checkRoots(roots, own, report)
  if (problems.length > 0 || url === undefined) throw new ConfigError(problems)
  const settings: readonly Setting[] = SETTINGS
  const having = (mark: 'capture' | 'eviction') =>
    given.filter((key) => settings.find((setting) => setting.key === key)?.[mark])
  return assemble(values, url, {
    machine,
    roots,
    stateDir,
    captureSettings: having('capture'),
    evictionSettings: having('eviction'),
  })
}
