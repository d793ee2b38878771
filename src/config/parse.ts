/** From the text of a configuration to `FerryConfig`, or to every problem in it. Pure. */
import { display } from '../byte-path.ts'
import { deviceProblem } from '../device-name.ts'
import { ConfigError, type ConfigProblem } from '../errors.ts'
import type { LogLevel } from '../system/logger.ts'
import type { DestinationUrl, Eviction, FerryConfig, Login, Machine, RootConfig } from './config.ts'
import { absolute, checkRoots, collectRoots } from './roots.ts'
import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'
import { type Report, readSource, type Source } from './source.ts'
import { isLoopback, readUrl, readValues, type Values } from './values.ts'

const DEFAULT_INTERVAL_MINS = 0.1
/** Nearer to zero, an interval means the default. */
const INTERVAL_EPSILON_MINS = 0.0001
const MS_PER_MINUTE = 60_000

interface Reach {
  readonly url: DestinationUrl | undefined
  readonly login: Login | undefined
}

/**
 * The operator's own address and key stand over the cloud's. The cloud's secret goes to the cloud's
 * address, and to another one only where the operator says that Viam's protocol is spoken there.
 */
function checkDestination(values: Values, { cloud }: Source, report: Report): Reach {
  const own = values['destination.url'] as string | undefined
  const text = own ?? cloud?.url
  const url = text === undefined ? undefined : readUrl(text)
  if (url === undefined && !(own === undefined && cloud)) {
    const problem = text === undefined ? 'is missing' : 'is not an address'
    report('destination.url', text ?? '', problem, 'grpcs://host:7443 or file:///mnt/usb')
  }
  const keyFile = values['destination.key_file']
  if (url?.scheme === 'grpc' && keyFile !== undefined && !isLoopback(url.host)) {
    const problem = 'would send the key in plaintext over the network'
    report('destination.url', text, problem, `grpcs://${url.host}:${url.port}`)
  }
  const isTheirs = own === undefined || values['destination.protocol'] === 'viam'
  const login = keyFile === undefined && isTheirs ? cloud?.login : undefined
  if (cloud && own === undefined && login === undefined && keyFile === undefined) {
    report('cloud.secret', '', 'is missing', 'set it, or "api_key", or destination.key_file')
  }
  return { url, login }
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

/** Viam's defaults for what is not given, but only once the operator gave one of the three. */
function evictionOf(values: Values): Eviction | undefined {
  const of = (key: keyof Values) => (values[key] as number | undefined) ?? 0
  const everyNth = of('delete_every_nth_when_disk_full')
  const diskUsage = of('disk_usage_deletion_threshold')
  const captureShare = of('capture_dir_deletion_threshold')
  const isGiven = everyNth > 0 || diskUsage > 0 || captureShare > 0
  if (!isGiven || values['capture_disabled'] === true) return undefined
  return {
    everyNth: everyNth || 5,
    diskUsage: diskUsage || 0.9,
    captureShare: captureShare || 0.5,
  }
}

interface Assembled extends Reach {
  readonly url: DestinationUrl
  readonly machine: Machine
  readonly source: Source
  readonly roots: readonly RootConfig[]
  readonly stateDir: string
  readonly captureSettings: readonly string[]
}

function assemble(values: Values, rest: Assembled): FerryConfig {
  const get = <T>(key: keyof Values) => values[key] as T
  const threads = get<number | undefined>('maximum_num_sync_threads') ?? 0
  const { machine, source, url, login } = rest
  const partId = source.cloud?.partId ?? ''
  return {
    device: get<string | undefined>('device') ?? (partId || machine.hostName),
    destination: {
      url,
      keyFile: get('destination.key_file'),
      caFile: get('destination.ca_file'),
      protocol: get('destination.protocol'),
      login,
    },
    partId,
    selectiveSync: get('selective_sync'),
    eviction: evictionOf(values),
    roots: rest.roots,
    intervalMs: intervalMs(get('sync_interval_mins')),
    syncDisabled: get('sync_disabled'),
    selectiveSyncerName: get<string | undefined>('selective_syncer_name') ?? '',
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
    ignoredSettings: source.ignored,
    viamFile: source.viamFile,
    secretFile: login && source.cloudFile,
  }
}

function ownFiles(values: Values, source: Source, { file, machine }: ParseOptions) {
  const own: [string, string][] = [['the configuration', file]]
  for (const path of new Set(source.files)) {
    if (path !== file) own.push(["viam-server's configuration", path])
  }
  for (const [what, key] of OWN_FILES) {
    const path = values[key]
    if (typeof path === 'string') own.push([what, absolute(path, machine.home)])
  }
  return own
}

function checkDevice({ device }: Values, { cloud }: Source, report: Report): void {
  const problem = device === undefined && cloud?.partId ? deviceProblem(cloud.partId) : ''
  if (problem !== '') report('cloud.id', cloud?.partId, problem, 'set "device"')
}

const ROOT_KEYS = ['capture_dir', 'additional_sync_paths']

/** Fails with `ConfigError`, which holds all problems. */
export function parseConfig(options: ParseOptions): FerryConfig {
  const { text, file, machine } = options
  const problems: ConfigProblem[] = []
  const report: Report = (key, value, problem, hint) => problems.push({ key, value, problem, hint })
  const source = readSource(text, { file, machine, report })
  const { values, given, problems: wrong } = readValues(source.settings)
  problems.push(...wrong)
  const stateDir = absolute(
    (values['state_dir'] as string | undefined) ?? defaultStateDir(machine),
    machine.home,
  )
  if (!stateDir.startsWith('/'))
    report('state_dir', stateDir, 'is not an absolute path', '/var/lib')
  const roots = collectRoots(values, machine, source.isViam)
  const { url, login } = checkDestination(values, source, report)
  checkDevice(values, source, report)
  const own = [...ownFiles(values, source, options)]
  own.push(['the state directory', stateDir])
  if (url?.scheme === 'file') own.push(['the destination', display(url.path)])
  if (roots.length === 0 && !problems.some(({ key }) => ROOT_KEYS.includes(key))) {
    report('capture_dir', '', 'there is nothing to send from', 'set it or additional_sync_paths')
  }
  checkRoots(roots, own, report)
  if (problems.length > 0 || url === undefined) throw new ConfigError(problems)
  const settings: readonly Setting[] = SETTINGS
  const captureSettings = given.filter(
    (key) => settings.find((setting) => setting.key === key)?.capture,
  )
  return assemble(values, { machine, source, url, login, roots, stateDir, captureSettings })
}
