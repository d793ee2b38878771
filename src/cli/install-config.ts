/** The configuration of an agent that is being installed: read as it is, or made. */
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import type { FerryConfig } from '../config/config.ts'
import { UsageError } from '../errors.ts'
import { CONFIG_DIR, STATE_DIR } from '../install/plan.ts'
import type { JoinLine } from '../receive/join-line.ts'
import type { Arguments } from './command.ts'
import { exampleText } from './documents.ts'
import { type Joining, parseJoin, writeConfiguration } from './init.ts'
import { named, type Plan } from './install-plan.ts'
import { loadConfig } from './machine.ts'
import { print } from './output.ts'

export const CONFIG_FILE = `${CONFIG_DIR}/ferry.json`

/** What somebody said for the example that was written. */
type Kept = Pick<Joining, 'device'> & { readonly roots: readonly string[] }

/** What a new configuration holds: from options, else from who sits there. */
function readJoining(args: Arguments, kept: Kept): Joining {
  const given = args.text('join')
  const roots = args.texts('root').map((root) => resolve(root))
  const mayAsk = given === undefined && process.stdin.isTTY === true && !args.flag('dry-run')
  const ask = (question: string) => (mayAsk ? (prompt(question) ?? '').trim() : '')
  const line = given ?? ask('Join line, from ferry keys add (empty: an example to edit):')
  const typed =
    line !== '' && roots.length === 0 ? ask('Directories to send from, with commas [/data]:') : ''
  const words = typed.split(',').map((path) => path.trim())
  const listed = words.filter((path) => path !== '').map((path) => resolve(path))
  return {
    line: line === '' ? undefined : line,
    roots: [roots, listed, kept.roots].find((paths) => paths.length > 0) ?? [],
    device: args.text('device') ?? kept.device,
    stateDir: STATE_DIR,
  }
}

/** Nothing is started that does not send what was asked for. Fails with `UsageError`. */
function refuseOthers(config: FerryConfig, args: Arguments): void {
  const device = args.text('device')
  if (device !== undefined && device !== config.device) {
    throw new UsageError(
      `${CONFIG_FILE} is there and names this board ${config.device}: change "device" there, ` +
        'then ferry install again without --device',
    )
  }
  const known = config.roots.map(({ path }) => named(path))
  const others = args.texts('root').map((root) => resolve(root))
  const missing = others.filter((root) => !known.includes(root))
  if (missing.length === 0) return
  throw new UsageError(
    `${CONFIG_FILE} is there and does not send from ${missing.join(', ')}: add it to ` +
      '"additional_sync_paths" there, then ferry install again without --root',
  )
}

/** undefined: it is no example, or somebody edited more of it than name and directories. */
function untouchedExample(text: string): Kept | undefined {
  const read = (of: string, key: string): unknown => {
    const [, value = 'null'] = new RegExp(`^  "${key}": (.*),$`, 'm').exec(of) ?? []
    return JSON.parse(value)
  }
  const valuesOf = (of: string) => ({
    device: read(of, 'device'),
    additional_sync_paths: read(of, 'additional_sync_paths'),
  })
  try {
    const [said, usual] = [valuesOf(text), valuesOf(exampleText())]
    if (exampleText(said) !== text) return undefined
    const { device, additional_sync_paths: roots } = said
    const hasRoots = JSON.stringify(roots) !== JSON.stringify(usual.additional_sync_paths)
    if (hasRoots && !(Array.isArray(roots) && roots.every((root) => typeof root === 'string'))) {
      return undefined
    }
    return {
      device: device === usual.device ? undefined : String(device),
      roots: hasRoots ? (roots as string[]) : [],
    }
  } catch {
    return undefined
  }
}

/** The line again, for a configuration that has its key; another one is refused. */
function refuseOtherJoin(config: FerryConfig, join: JoinLine, { target }: Plan): void {
  const { keyFile, url } = config.destination
  const file = `${target.prefix}${keyFile}`
  const key = keyFile !== undefined && fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  if (key.trim() !== join.key) {
    throw new UsageError(
      `${CONFIG_FILE} is there, and was not made from this join line: ferry init --key-only ` +
        '--join LINE replaces the key (--force: all of it), then ferry install without --join',
    )
  }
  if (url.scheme === 'file' || url.host !== join.host || url.port !== join.port) {
    print(`note   ${CONFIG_FILE} has another address than the join line, and stays\n`)
  }
}

/** The configuration as it is, made where there is none; undefined in a dry run without one. */
export async function readConfiguration(plan: Plan): Promise<FerryConfig | undefined> {
  const { target, host, args } = plan
  const line = args.text('join')
  const join = line === undefined ? undefined : parseJoin(line)
  const file = `${target.prefix}${CONFIG_FILE}`
  const isThere = host.stat(CONFIG_FILE) !== undefined
  // An example says nothing that a join line does not know better.
  const example = join && isThere ? untouchedExample(host.read(CONFIG_FILE) ?? '') : undefined
  const isMade = !isThere || example !== undefined
  if (isMade && args.flag('dry-run')) {
    print(`would  ${CONFIG_FILE}${isThere ? ', in place of the example' : ''}\n`)
    return undefined
  }
  if (isMade) {
    const directory = `${target.prefix}${CONFIG_DIR}`
    const joining = readJoining(args, example ?? { device: undefined, roots: [] })
    await writeConfiguration(joining, { directory, named: CONFIG_DIR, force: isThere })
  } else print(`as is  ${CONFIG_FILE}\n`)
  const config = loadConfig(file)
  if (join && !isMade) refuseOtherJoin(config, join, plan)
  refuseOthers(config, args)
  return config
}
