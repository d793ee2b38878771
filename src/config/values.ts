/** Reads single values of the configuration and collects every problem, with key, value and hint. */
import { fromText } from '../byte-path.ts'
import { deviceProblem } from '../device-name.ts'
import type { ConfigProblem } from '../errors.ts'
import { parseRate, parseSize, parseTime } from '../units.ts'
import type { DestinationUrl, RootConfig, SelectiveSync } from './config.ts'
import type { Setting } from './setting.ts'
import { SETTINGS, type SettingKey } from './settings.ts'
import { nearest } from './suggest.ts'

export type Values = Readonly<Partial<Record<SettingKey, unknown>>>

type Reading = { readonly value: unknown } | { readonly problem: string; readonly hint: string }

const wrong = (problem: string, hint: string): Reading => ({ problem, hint })
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

function readNumber(value: unknown, { key, kind }: Setting): Reading {
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrong('must be a number', '5')
  if (value < 0) return wrong(`${key} can't be negative`, 'use 0 or more')
  if (kind === 'integer' && !Number.isInteger(value)) return wrong('must be a whole number', '5')
  return { value }
}

function readWritten(value: unknown, kind: 'size' | 'rate' | 'time'): Reading {
  const parsers = { size: parseSize, rate: parseRate, time: parseTime }
  const hints = { size: '64MiB', rate: '2MiB/s', time: '30s' }
  const parsed = typeof value === 'string' ? parsers[kind](value) : undefined
  const amount = kind === 'size' && typeof value === 'number' ? value : parsed
  if (amount === undefined || amount <= 0) return wrong(`is not a ${kind}`, `"${hints[kind]}"`)
  return { value: amount }
}

function readText(value: unknown, { key, kind, choices = [] }: Setting): Reading {
  if (typeof value !== 'string') return wrong('must be text in quotes', '"..."')
  if (key === 'device' && deviceProblem(value) !== '')
    return wrong(deviceProblem(value), '"robot-7"')
  if (kind !== 'choice' || choices.includes(value)) return { value }
  return wrong(`is not one of ${choices.join(', ')}`, `"${nearest(value, choices)}"`)
}

/** A receiver refuses more than 16 KiB of words about a file, and its path may add some. */
const MOST_TAGS_BYTES = 12 << 10
/** What a word takes beside its letters. */
const WORD_BYTES = 32

function readTexts(value: unknown, key: string): Reading {
  if (!isTexts(value)) return wrong('must be a list of texts', '["a", "b"]')
  const bytes = value.reduce((sum, word) => sum + Buffer.byteLength(word) + WORD_BYTES, 0)
  if (key !== 'tags' || bytes <= MOST_TAGS_BYTES) return { value }
  return wrong('are more than 12 KiB, 32 bytes a word added', 'fewer, or shorter ones')
}

function readRoot(value: unknown): RootConfig | string {
  const entry = typeof value === 'string' ? { path: value } : value
  if (typeof entry !== 'object' || entry === null) return 'must be a path or an object with "path"'
  const {
    path,
    include = [],
    exclude = [],
    after_upload = 'delete',
    ...rest
  } = entry as Record<string, unknown>
  const [unknown] = Object.keys(rest)
  const known = ['path', 'include', 'exclude', 'after_upload']
  if (unknown !== undefined) {
    return `has an unknown key "${unknown}", did you mean "${nearest(unknown, known)}"?`
  }
  if (typeof path !== 'string' || path === '') return 'needs "path"'
  if (!isTexts(include) || !isTexts(exclude)) return '"include" and "exclude" are lists of globs'
  if (after_upload !== 'delete' && after_upload !== 'keep') {
    return '"after_upload" is "delete" or "keep"'
  }
  return { path: fromText(path), include, exclude, afterUpload: after_upload, isCapture: false }
}

function readRoots(value: unknown): Reading {
  if (!Array.isArray(value)) return wrong('must be a list', '["/data/logs"]')
  const roots = value.map(readRoot)
  const problem = roots.find((root) => typeof root === 'string')
  return problem === undefined ? { value: roots } : wrong(problem as string, '{"path": "/data"}')
}

const SELECTIVE_HINT = '{"file": "/run/should-sync.json"}'

/** What is not secret may stay on this machine; anything else needs TLS. */
function isAskable(text: string): boolean {
  const url = URL.parse(text)
  if (url === null) return false
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(host))
}

function readSelective(value: unknown): Reading {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const [[kind, given] = []] = entries
  if (entries.length !== 1) return wrong('needs one of file, command, http', SELECTIVE_HINT)
  const is = (one: SelectiveSync): Reading => ({ value: one })
  if (kind === 'file' && typeof given === 'string' && given.startsWith('/')) {
    return is({ kind, path: given })
  }
  if (kind === 'command' && isTexts(given) && given.length > 0 && given[0] !== '') {
    return is({ kind, command: given })
  }
  if (kind === 'http' && typeof given === 'string') {
    if (isAskable(given)) return is({ kind, url: given })
    return wrong('"http" is neither https nor loopback', '{"http": "http://127.0.0.1:8080/"}')
  }
  return wrong('is no absolute file, command as a list, or http address', SELECTIVE_HINT)
}

function read(value: unknown, setting: Setting): Reading {
  switch (setting.kind) {
    case 'text':
    case 'path':
    case 'choice':
      return readText(value, setting)
    case 'texts':
      return readTexts(value, setting.key)
    case 'roots':
      return readRoots(value)
    case 'selective':
      return readSelective(value)
    case 'object': {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      return isObject ? { value } : wrong('must be an object', '{}')
    }
    case 'boolean':
      return typeof value === 'boolean' ? { value } : wrong('must be true or false', 'true')
    case 'number':
    case 'integer':
      return readNumber(value, setting)
    case 'size':
    case 'rate':
    case 'time':
      return readWritten(value, setting.kind)
  }
}

function flatten(document: Record<string, unknown>): [string, unknown][] {
  return Object.entries(document).flatMap(([key, value]) =>
    key === 'destination' && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, one]): [string, unknown] => [`${key}.${inner}`, one])
      : [[key, value] as [string, unknown]],
  )
}

/** As in the data manager, where an absent number is 0. */
const ZERO_IS_DEFAULT = ['file_last_modified_millis', 'maximum_num_sync_threads']

/** Every value that could be read, defaults included, and a problem for each that could not. */
export function readValues(document: Record<string, unknown>): {
  readonly values: Values
  readonly given: readonly SettingKey[]
  readonly problems: ConfigProblem[]
} {
  const problems: ConfigProblem[] = []
  const values: Partial<Record<SettingKey, unknown>> = {}
  const given: SettingKey[] = []
  const settings: readonly Setting[] = SETTINGS
  const keys = settings.map(({ key }) => key)
  for (const setting of settings) {
    if (setting.default === undefined) continue
    const reading = read(setting.default, setting)
    if ('value' in reading) values[setting.key as SettingKey] = reading.value
  }
  for (const [key, value] of flatten(document)) {
    const setting = settings.find((one) => one.key === key)
    if (setting === undefined) {
      const hint = `did you mean "${nearest(key, keys)}"?`
      problems.push({ key, value, problem: 'is not a setting', hint })
      continue
    }
    given.push(setting.key as SettingKey)
    if (value === 0 && ZERO_IS_DEFAULT.includes(key)) continue
    if ((value === '' || value === null) && setting.fromViam) continue
    const reading = read(value, setting)
    if ('value' in reading) values[setting.key as SettingKey] = reading.value
    else problems.push({ key, value, ...reading })
  }
  return { values, given, problems }
}

export const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** undefined where the text is no such address. */
export function readUrl(text: string): DestinationUrl | undefined {
  const file = /^file:\/\/(\/.+)$/.exec(text)
  if (file) return { scheme: 'file', path: fromText((file[1] ?? '').replace(/\/+$/, '')) }
  const net = /^(grpcs?):\/\/(\[[0-9a-fA-F:.]+\]|[^/:@\s]+):(\d{1,5})\/?$/.exec(text)
  if (!net) return undefined
  const [, scheme, host = '', port] = net
  if (Number(port) < 1 || Number(port) > 65_535) return undefined
  return {
    scheme: scheme === 'grpcs' ? 'grpcs' : 'grpc',
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
  }
}
