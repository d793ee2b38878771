/** Finds a viam-server at work on the same directories: two that delete must not meet there. */
import * as fs from 'node:fs'
import { basename, isAbsolute } from 'node:path'
import { display, toText } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { absolute } from '../config/roots.ts'
import { parseDocument } from '../config/source.ts'
import { cachedConfigName, type Document, dataManagerOf, partIdOf } from '../config/viam.ts'
import { ConfigError } from '../errors.ts'
import { VIAM_FILE } from './machine.ts'

const isServer = (name: string) => name === 'viam-server' || name.startsWith('viam-server-')

interface Server {
  readonly arguments: readonly string[]
  readonly home: string
  /** Where its own files are, `~/.viam` unless the environment says otherwise. */
  readonly viamHome: string
  readonly workingDirectory: string
}

const orEmpty = (read: () => string): string => {
  try {
    return read()
  } catch {
    return ''
  }
}

const parts = (path: string) => orEmpty(() => fs.readFileSync(path, 'utf8')).split('\0')

/** The home of a user by number, as /etc/passwd has it. */
function homeOf(uid: number): string {
  const lines = orEmpty(() => fs.readFileSync('/etc/passwd', 'utf8')).split('\n')
  return lines.find((line) => line.split(':')[2] === String(uid))?.split(':')[5] ?? '/root'
}

/** undefined where the process is none, or has just ended. */
function serverAt(folder: string): Server | undefined {
  const commandLine = parts(`${folder}/cmdline`)
  const name = orEmpty(() => fs.readFileSync(`${folder}/comm`, 'utf8').trim())
  const executable = orEmpty(() => fs.readlinkSync(`${folder}/exe`)).replace(/ \(deleted\)$/, '')
  if (![name, basename(commandLine[0] ?? ''), basename(executable)].some(isServer)) return undefined
  const environment = parts(`${folder}/environ`)
  const variable = (key: string) =>
    environment.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1) ?? ''
  const owner = fs.statSync(folder, { throwIfNoEntry: false })
  if (owner === undefined) return undefined
  const home = variable('HOME') || homeOf(owner.uid)
  return {
    arguments: commandLine,
    home,
    viamHome: variable('VIAM_HOME') || `${home}/.viam`,
    workingDirectory: orEmpty(() => fs.readlinkSync(`${folder}/cwd`)),
  }
}

function servers(): Server[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => serverAt(`/proc/${name}`) ?? [])
}

function configOf({ arguments: words, workingDirectory }: Server): string {
  const at = words.findIndex((word) => /^--?config(=|$)/.test(word))
  const word = words[at] ?? ''
  const named = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (words[at + 1] ?? '')
  if (at < 0 || named === '') return VIAM_FILE
  return isAbsolute(named) ? named : `${workingDirectory}/${named}`
}

function readDocument(path: string): Document | undefined {
  try {
    return parseDocument(fs.readFileSync(path, 'utf8'), path)
  } catch {
    return undefined
  }
}

/** With its services: the cloud's, as it sent them last, where the file has none of its own. */
function documentOf(server: Server): Document | undefined {
  const document = readDocument(configOf(server))
  if (document === undefined || Array.isArray(document['services'])) return document
  const partId = partIdOf(document)
  return /^[\w-]+$/.test(partId)
    ? (readDocument(`${server.viamHome}/${cachedConfigName(partId)}`) ?? document)
    : document
}

/** Directories that its data manager sends from; none where it sends nothing. */
function rootsOf({ home, viamHome }: Server, document: Document | undefined): string[] {
  const attributes = document && dataManagerOf(document)
  if (attributes === undefined || attributes['sync_disabled'] === true) return []
  const { capture_dir: capture, additional_sync_paths: more } = attributes
  const given = typeof capture === 'string' && capture !== '' ? capture : `${viamHome}/capture`
  const extra = (Array.isArray(more) ? more : []).filter((one) => typeof one === 'string')
  return [given, ...extra].map((path) => absolute(path, home))
}

const real = (path: string) => orEmpty(() => fs.realpathSync(path)) || path

const holds = (outer: string, inner: string) =>
  inner === outer || inner.startsWith(outer === '/' ? outer : `${outer}/`)

export interface OtherSyncer {
  /** The directory, as viam-server's configuration names it. */
  readonly theirs: string
  readonly ours: string
}

/** undefined where no viam-server runs that sends from one of our directories. */
export function findViamServer({ roots, viamFile }: FerryConfig): OtherSyncer | undefined {
  const ours = roots.map(({ path }) => ({ shown: display(path), path: real(toText(path) ?? path) }))
  for (const server of servers()) {
    const own = documentOf(server)
    const stated = own && dataManagerOf(own) ? own : viamFile && readDocument(viamFile)
    for (const theirs of rootsOf(server, stated || undefined)) {
      const place = real(theirs)
      const met = ours.find(({ path }) => holds(place, path) || holds(path, place))
      if (met !== undefined) return { theirs, ours: met.shown }
    }
  }
  return undefined
}

export const isViamServerRunning = () => servers().length > 0

export const otherSyncerReason = ({ theirs }: OtherSyncer) =>
  `viam-server runs here and sends from ${theirs} too`

/** What to do about it. */
export const VIAM_HINT =
  'one of the two: set "sync_disabled": true in the attributes of viam-server\'s data manager, ' +
  'and "sync_disabled": false in Ferry\'s own file'

/** Fails with `ConfigError` where both would send and delete the same files. */
export function refuseViamServer(config: FerryConfig): void {
  const found = findViamServer(config)
  if (found === undefined) return
  const key = 'viam-server'
  throw new ConfigError([
    { key, value: found.ours, problem: otherSyncerReason(found), hint: VIAM_HINT },
  ])
}
