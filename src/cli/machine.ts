/** What this machine contributes: name, user, identity; and the parts that every command builds. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import { type BytePath, display, fromBytes, fromText, toBytes, toText } from '../byte-path.ts'
import type { FerryConfig, Machine } from '../config/config.ts'
import { parseConfig } from '../config/parse.ts'
import { checkRoots } from '../config/roots.ts'
import { ConfigError, type ConfigProblem, errorMessage } from '../errors.ts'
import type { Clock } from '../system/clock.ts'
import { sha256Hex } from '../system/digest.ts'
import { createLogger, type Logger, type LogLevel } from '../system/logger.ts'
import type { Arguments } from './command.ts'

const DEFAULT_CONFIG = '/etc/ferry/ferry.json'
/** What viam-server starts from. */
export const VIAM_FILE = '/etc/viam.json'

/** What the configuration's defaults depend on. */
export function thisMachine(): Machine {
  return {
    hostName: os.hostname(),
    cpus: os.availableParallelism(),
    isRoot: process.getuid?.() === 0 || process.env['STATE_DIRECTORY'] === '/var/lib/ferry',
    home: os.homedir(),
    viamHome: process.env['VIAM_HOME'] ?? '',
    viamFile: VIAM_FILE,
    exists: fs.existsSync,
    read: (path) => fs.readFileSync(path, 'utf8'),
  }
}

/** Tells two boards with one key apart; not reversible to the machine's own id. */
export function machineId(): string {
  for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      return sha256Hex(`ferry ${fs.readFileSync(path, 'utf8').trim()}`).slice(0, 32)
    } catch {
      // The next one, or the host name.
    }
  }
  return sha256Hex(`ferry ${os.hostname()}`).slice(0, 32)
}

export const configPath = (args: Arguments) =>
  fs.realpathSync.native(existing(args.text('config') ?? DEFAULT_CONFIG))

function existing(path: string): string {
  if (fs.existsSync(path)) return path
  const hint = 'ferry init writes one'
  throw new ConfigError([{ key: '--config', value: path, problem: 'does not exist', hint }])
}

/** Fails with `ConfigError`. */
export function loadConfig(path: string): FerryConfig {
  let text: string
  try {
    text = fs.readFileSync(path, 'utf8')
  } catch (error) {
    const problem = `cannot be read: ${errorMessage(error)}`
    throw new ConfigError([{ key: '--config', value: path, problem, hint: 'check its mode' }])
  }
  const config = parseConfig({ text, file: path, machine: thisMachine() })
  checkRealPaths(config, path)
  return config
}

/** Where a path leads once links are followed; as written where it does not exist. */
function realPath(path: BytePath): BytePath {
  try {
    return fromBytes(fs.realpathSync.native(toBytes(path), { encoding: 'buffer' }))
  } catch {
    return path
  }
}

/** Links must not lead around the checks of the configuration. */
function checkRealPaths(config: FerryConfig, file: string): void {
  const { roots, stateDir, secretFile, viamFile } = config
  const { url, keyFile, caFile } = config.destination
  const own: [string, string | undefined][] = [
    ['the state directory', stateDir],
    ['the configuration', file],
    ['the key', keyFile],
    ['the certificate', caFile],
    ["viam-server's configuration", viamFile],
    ["viam-server's configuration", secretFile],
    ['the destination', url.scheme === 'file' ? toText(url.path) : undefined],
  ]
  const real = own.flatMap(([what, path]): [string, string][] =>
    path === undefined ? [] : [[what, display(realPath(fromText(path)))]],
  )
  const problems: ConfigProblem[] = []
  checkRoots(
    roots.map((root) => ({ ...root, path: realPath(root.path) })),
    real,
    (key, value, problem, hint) => problems.push({ key, value, problem, hint }),
  )
  if (problems.length > 0) throw new ConfigError(problems)
}

interface LogOptions {
  readonly level: LogLevel
  readonly format: FerryConfig['logFormat']
}

/** Lines go to standard error, each before the program goes on. */
export function openLog({ level, format }: LogOptions, clock: Clock): Logger {
  const isTerminal = fs.fstatSync(2).isCharacterDevice()
  return createLogger({
    level,
    format: format === 'auto' ? (isTerminal ? 'text' : 'json') : format,
    clock,
    write(line) {
      try {
        fs.writeSync(2, line)
      } catch {
        // A log that cannot be written must not stop the work.
      }
    },
  })
}
