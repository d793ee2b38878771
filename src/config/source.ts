/** Where settings come from: Ferry's own file, or Viam's, or Ferry's over Viam's. Pure. */
import { ConfigError, errorMessage } from '../errors.ts'
import type { Machine } from './config.ts'
import { absolute } from './roots.ts'
import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'
import {
  type Cloud,
  cachedConfigName,
  type Document,
  dataManagerOf,
  isDocument,
  isViamDocument,
  partIdOf,
  readCloud,
} from './viam.ts'

export interface Source {
  /** Settings by their names; those of the file itself stand over the data manager's. */
  readonly settings: Document
  /** Whether the data manager's attributes are among them. */
  readonly isViam: boolean
  readonly cloud: Cloud | undefined
  /** The file that `cloud` came from; undefined without one. */
  readonly cloudFile: string | undefined
  /** Viam's files that were read; no root may hold them. */
  readonly files: readonly string[]
  /** The file that stands for viam-server's configuration. */
  readonly viamFile: string | undefined
  /** Attributes that only the cloud, or another server than viam-server, understands. */
  readonly ignored: readonly string[]
}

export type Report = (key: string, value: unknown, problem: string, hint: string) => void

const MOST_LINES_TRIED = 1000

const causeOf = (error: unknown) => errorMessage(error).replace(/^JSONC Parse error: /, '')

const whyNot = (text: string): string => {
  try {
    Bun.JSONC.parse(text)
    return ''
  } catch (error) {
    return causeOf(error)
  }
}

/** The parser does not say where: at the first line with which what is before it fails the same way. */
function placeOf(text: string, cause: string): string {
  const lines = text.split('\n')
  if (/end of file|Unterminated/.test(cause) || lines.length > MOST_LINES_TRIED) return ''
  const at = lines.findIndex((_, index) => whyNot(lines.slice(0, index + 1).join('\n')) === cause)
  return at < 0 ? '' : ` (line ${at + 1})`
}

/** Fails with `ConfigError`. */
export function parseDocument(text: string, key: string): Document {
  const hint = key === 'the file' ? '{ "device": "robot-7" }' : 'name the file of viam-server'
  const fail = (problem: string, advice = hint) =>
    new ConfigError([{ key, value: '', problem, hint: advice }])
  let document: unknown
  try {
    document = Bun.JSONC.parse(text)
  } catch (error) {
    const cause = causeOf(error)
    throw fail(`is not JSON: ${cause}${placeOf(text, cause)}`, 'check commas and quotes')
  }
  if (!isDocument(document)) throw fail('is not a JSON object')
  return document
}

interface Reading {
  readonly machine: Machine
  readonly report: Report
  /** The file of the configuration. */
  readonly file: string
}

function readFile(path: string, { machine, report }: Reading): Document | undefined {
  try {
    return parseDocument(machine.read(path), 'viam_config')
  } catch (error) {
    const cause = error instanceof ConfigError ? error.problems[0]?.problem : undefined
    const problem = cause ?? `cannot be read: ${errorMessage(error)}`
    report('viam_config', path, problem, 'check its name and mode')
    return undefined
  }
}

/** As the data manager reads it: what is null is absent. */
function split(attributes: Document): { known: [string, unknown][]; ignored: string[] } {
  const settings: readonly Setting[] = SETTINGS
  const isKnown = (key: string) => settings.some((one) => one.key === key && one.fromViam)
  const known = Object.entries(attributes).filter(([key, value]) => isKnown(key) && value !== null)
  return { known, ignored: Object.keys(attributes).filter((key) => !isKnown(key)) }
}

/** What the cloud sent last stands in for services where a file has none of its own. */
function cachedCopy(document: Document, { machine }: Reading): [string, Document] | undefined {
  const partId = partIdOf(document)
  if (Array.isArray(document['services']) || !/^[\w-]+$/.test(partId)) return undefined
  const path = `${viamHomeOf(machine)}/${cachedConfigName(partId)}`
  if (!machine.exists(path)) return undefined
  try {
    return [path, parseDocument(machine.read(path), path)]
  } catch {
    return undefined
  }
}

const viamHomeOf = ({ viamHome, home }: Machine) => (viamHome === '' ? `${home}/.viam` : viamHome)

/** `cloud` is in the same file, or in the one that viam-server starts from. */
function withCloud(document: Document, path: string, reading: Reading): [string, Document] {
  const { viamFile, exists } = reading.machine
  if (isDocument(document['cloud']) || !exists(viamFile)) return [path, document]
  return [viamFile, readFile(viamFile, reading) ?? {}]
}

function fromViam(viam: Document, path: string, own: Document, reading: Reading): Source {
  const cached = cachedCopy(viam, reading)
  const attributes = dataManagerOf(cached?.[1] ?? viam) ?? {}
  const { known, ignored } = split(attributes)
  const [cloudPath, cloudDocument] = withCloud(viam, path, reading)
  const cloud = readCloud(cloudDocument, reading.report)
  return {
    settings: { ...Object.fromEntries(known), ...own },
    isViam: true,
    cloud,
    cloudFile: cloud && cloudPath,
    files: [path, cloudPath, ...(cached ? [cached[0]] : [])],
    viamFile: cached?.[0] ?? path,
    ignored,
  }
}

/** Fails with `ConfigError` where the text is no configuration at all. */
export function readSource(text: string, reading: Reading): Source {
  const document = parseDocument(text, 'the file')
  if (isViamDocument(document)) return fromViam(document, reading.file, {}, reading)
  const { viam_config: named, ...own } = document
  const alone = {
    settings: document,
    isViam: false,
    cloud: undefined,
    cloudFile: undefined,
    files: [],
    viamFile: undefined,
    ignored: [],
  }
  if (typeof named !== 'string' || named === '') return alone
  const path = absolute(named, reading.machine.home)
  if (!path.startsWith('/')) {
    reading.report('viam_config', named, 'is not an absolute path', '/etc/viam.json')
    return { ...alone, settings: own }
  }
  const viam = readFile(path, reading)
  if (viam === undefined) return { ...alone, settings: own }
  if (!isViamDocument(viam)) {
    reading.report('viam_config', path, 'is no configuration of viam-server', '/etc/viam.json')
    return { ...alone, settings: own }
  }
  return fromViam(viam, path, own, reading)
}
