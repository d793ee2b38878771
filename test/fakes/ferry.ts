/** The compiled executable as a user runs it: a receiver, a board, and what they wrote down. */
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { fromBytes } from '../../src/byte-path.ts'
import { encodeSegment } from '../../src/receive/names.ts'
import { afterEachTest } from './ends.ts'
import { temporaryFolder } from './temporary.ts'

const EXECUTABLE = resolve(
  import.meta.dir,
  `../../dist/ferry-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`,
)

type Child = Bun.Subprocess<'ignore', 'pipe', 'pipe'>

const children = new Set<Child>()

afterEachTest(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all([...children].map((child) => child.exited))
  children.clear()
})

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface SpawnOptions {
  /** In front of the executable: an emulator, strace, libfaketime. */
  readonly prefix?: readonly string[]
  readonly executable?: string
  readonly env?: Record<string, string>
}

export function spawnFerry(args: readonly string[], options: SpawnOptions = {}): Child {
  const child = Bun.spawn([...(options.prefix ?? []), options.executable ?? EXECUTABLE, ...args], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, ...options.env },
  })
  children.add(child)
  void child.exited.then(() => children.delete(child))
  return child
}

export async function ferry(args: readonly string[], options: SpawnOptions = {}): Promise<Ran> {
  const child = spawnFerry(args, options)
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, err }
}

/** Lines of the log so far; reading never stops, so that the pipe never fills. */
export function collectLog(child: Child): { lines: string[]; text: () => string } {
  const lines: string[] = []
  const read = async () => {
    let rest = ''
    for await (const chunk of child.stderr) {
      const parts = (rest + Buffer.from(chunk).toString()).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
    }
    if (rest !== '') lines.push(rest)
  }
  void read().catch(() => {})
  return { lines, text: () => lines.join('\n') }
}

export interface Receiver {
  readonly child: Child
  readonly port: number
  readonly log: ReturnType<typeof collectLog>
  stop(signal?: NodeJS.Signals): Promise<void>
}

export async function startReceiver(
  store: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
): Promise<Receiver> {
  const child = spawnFerry(
    ['receive', '--store', store, '--log-level', 'debug', ...withListen(args)],
    options,
  )
  const log = collectLog(child)
  const reader = child.stdout.getReader()
  const { value } = await reader.read()
  const port = Number(/:(\d+)\s*$/.exec(Buffer.from(value ?? []).toString())?.[1] ?? 0)
  if (port === 0) throw new Error(`the receiver did not start: ${log.text()} ${await child.exited}`)
  return {
    child,
    port,
    log,
    async stop(signal = 'SIGKILL') {
      child.kill(signal)
      await child.exited
    },
  }
}

const withListen = (args: readonly string[]) =>
  args.includes('--listen') ? args : [...args, '--listen', '127.0.0.1:0']

export interface Site {
  readonly folder: string
  readonly store: string
  readonly board: string
  readonly config: string
  readonly device: string
}

interface Places {
  readonly store?: string
  readonly board?: string
  /** The receiver's name or address. */
  readonly host?: string
}

/** A store with a key for one board, and the board's folders. */
export async function makeSite(
  folder: string,
  device = 'robot-7',
  { store = `${folder}/store`, board = `${folder}/board`, host = 'localhost' }: Places = {},
): Promise<Site> {
  const site = { folder, store, board, config: `${folder}/ferry.json`, device }
  const init = await ferry(['receive', '--init', site.store, '--host', host])
  if (init.code !== 0) throw new Error(init.err)
  fs.mkdirSync(site.board)
  await addKey(site)
  return site
}

export async function addKey({ store, folder, device }: Site): Promise<string> {
  const keys = `${store}/.ferry/keys`
  const { out, err } = await ferry(['keys', 'add', device, '--keys', keys])
  const key = /^key:\s+(\S+)/m.exec(out)?.[1]
  if (key === undefined) throw new Error(err)
  fs.writeFileSync(`${folder}/key`, key, { mode: 0o600 })
  return key
}

/** The configuration of the board; settings are added or replaced. */
export function configure(site: Site, port: number, settings: Record<string, unknown> = {}): void {
  const { folder, store, board, config, device } = site
  const { destination, ...rest } = settings
  const document = {
    device,
    destination: {
      url: `grpcs://localhost:${port}`,
      key_file: `${folder}/key`,
      ca_file: `${store}/.ferry/ca.pem`,
      ...(destination as object),
    },
    additional_sync_paths: [board],
    state_dir: `${folder}/state`,
    file_last_modified_millis: 200,
    sync_interval_mins: 0.01,
    ...rest,
  }
  fs.writeFileSync(config, JSON.stringify(document, null, 2))
}

export const runAgent = (site: Site, ...args: string[]) =>
  spawnFerry(['run', '--config', site.config, '--log-level', 'debug', ...args])

export const once = (site: Site, ...args: string[]) =>
  ferry(['run', '--config', site.config, '--once', '--timeout', '60s', ...args])

// biome-ignore lint/suspicious/noExplicitAny: the shape is the product's, the tests look into it
export async function status(site: Site): Promise<any> {
  const { out, code } = await ferry(['status', '--json', '--config', site.config])
  return code === 0 ? JSON.parse(out) : undefined
}

/** Polls until it holds; fails with what was seen last. */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const endMs = performance.now() + withinMs
  for (;;) {
    const value = await probe()
    if (holds(value)) return value
    if (performance.now() > endMs) throw new Error(`still ${JSON.stringify(value)?.slice(0, 2000)}`)
    await Bun.sleep(50)
  }
}

/** Until the log holds the text; gives all of it. */
export const untilSaid = (log: { readonly text: () => string }, text: string): Promise<string> =>
  eventually(log.text, (all) => all.includes(text))

export const sleep = (ms: number) => Bun.sleep(ms)

/** Files below a folder: relative path (bytes as characters) to content. */
export function readTree(folder: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>()
  const visit = (path: Buffer, relative: string) => {
    if (!fs.existsSync(path)) return
    for (const name of fs.readdirSync(path, { encoding: 'buffer' })) {
      const inner = Buffer.concat([path, Buffer.from('/'), name])
      const key = `${relative}${name.toString('latin1')}`
      const stat = fs.lstatSync(inner)
      if (stat.isDirectory()) visit(inner, `${key}/`)
      else if (stat.isFile()) found.set(key, fs.readFileSync(inner))
    }
  }
  visit(Buffer.from(folder), '')
  return found
}

/** Where the board's file of this relative path stands in the store. */
export function storedName(relative: string): string {
  return relative
    .split('/')
    .map((part) => encodeSegment(fromBytes(Buffer.from(part, 'latin1'))))
    .join('/')
}

/** What the store holds of the board, by the names there. */
export const storedFiles = ({ store, device, board }: Site) =>
  readTree(`${store}/${device}/files${board}`)

/** A board, and a receiver that runs and that it is configured for. */
export async function startSite(name: string, settings: Record<string, unknown> = {}) {
  const site = await makeSite(temporaryFolder(name))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port, settings)
  return { site, receiver }
}
