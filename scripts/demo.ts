/** The demonstration: real processes, real files, a real kill; exits non-zero if anything is wrong. */
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { makeFiles } from './demo-files.ts'
import { compareTrees, type Tally } from './demo-verify.ts'

const [executable = '', source] = process.argv.slice(2)
const ferry = path.resolve(executable)
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'ferry-demo-'))
const board = `${work}/board`
const store = `${work}/store`
const children = new Set<ReturnType<typeof spawn>>()
const say = (text: string) => process.stdout.write(`${text}\n`)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** Nothing here takes longer than this. */
const GIVE_UP_MS = 300_000
const POLL_MS = 100

function start(args: string[], log: string) {
  const child = spawn(ferry, args, { stdio: ['ignore', 'pipe', fs.openSync(log, 'a')] })
  children.add(child)
  child.on('exit', () => children.delete(child))
  return child
}

function command(args: string[]): string {
  const { stdout, stderr, success } = Bun.spawnSync([ferry, ...args])
  if (!success) throw new Error(`ferry ${args[0]}: ${stderr.toString()}`)
  return stdout.toString()
}

/** By cp, because names that are not UTF-8 must survive. */
function copy(from: string, to: string): void {
  const { success, stderr } = Bun.spawnSync(['cp', '-a', `${from}/.`, `${to}/`])
  if (!success) throw new Error(`cp: ${stderr.toString()}`)
}

interface Status {
  readonly files: {
    readonly pending: number
    readonly to_delete: number
    readonly settling: number
  }
  readonly totals: { readonly acknowledged: number; readonly acknowledged_bytes: number }
  readonly uploading: readonly { readonly size: number; readonly committed: number }[]
}

async function status(config: string): Promise<Status | undefined> {
  const child = Bun.spawn([ferry, 'status', '--json', '--config', config], { stderr: 'ignore' })
  const text = await new Response(child.stdout).text()
  return (await child.exited) === 0 ? (JSON.parse(text) as Status) : undefined
}

function peakRssMiB(pid: number | undefined): number {
  try {
    const text = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

async function startReceiver(): Promise<string> {
  command(['receive', '--init', store, '--host', 'localhost'])
  const receiver = start(
    ['receive', '--store', store, '--listen', '127.0.0.1:0', '--log-level', 'debug'],
    `${work}/receiver.log`,
  )
  const line = await new Promise<string>((resolve, reject) => {
    receiver.stdout?.once('data', (data: Buffer) => resolve(data.toString()))
    receiver.once('exit', () => reject(new Error('the receiver did not start')))
  })
  return /:(\d+)\s*$/.exec(line)?.[1] ?? ''
}

function join(port: string): string {
  const keys = `${store}/.ferry/keys`
  const out = command([
    'keys',
    'add',
    'demo-board',
    '--keys',
    keys,
    '--address',
    `localhost:${port}`,
  ])
  const line = /^join:\s+(\S+)/m.exec(out)?.[1] ?? ''
  command([
    'init',
    '--join',
    line,
    '--dir',
    `${work}/etc`,
    '--root',
    board,
    '--state-dir',
    `${work}/state`,
  ])
  const config = `${work}/etc/ferry.json`
  const text = fs.readFileSync(config, 'utf8')
  fs.writeFileSync(
    config,
    text.replace('"state_dir"', '"file_last_modified_millis": 500,\n  "state_dir"'),
  )
  return config
}

function showProgress(found: Status, total: Tally): void {
  const large = found.uploading.find(({ size }) => size > 100e6)
  const share = large ? `, large file ${Math.floor((100 * large.committed) / large.size)} %` : ''
  const { acknowledged, acknowledged_bytes: bytes } = found.totals
  const line = `  ${acknowledged} of ${total.files} files, ${(bytes / 1e6).toFixed(0)} of ${(total.bytes / 1e6).toFixed(0)} MB${share}`
  process.stdout.write(process.stdout.isTTY ? `\r${line}   ` : `${line}\n`)
}

interface Result {
  readonly killed: boolean
  readonly wallMs: number
  readonly peakMiB: number
}

/** Runs the agent until nothing is left; kills it once, in the middle of the largest file. */
async function carry(config: string, total: Tally): Promise<Result> {
  const startMs = performance.now()
  const log = `${work}/agent.log`
  const run = () => start(['run', '--config', config, '--log-level', 'info'], log)
  let agent = run()
  let killed = false
  let peakMiB = 0
  while (performance.now() - startMs < GIVE_UP_MS) {
    await sleep(POLL_MS)
    peakMiB = Math.max(peakMiB, peakRssMiB(agent.pid))
    const found = await status(config)
    if (found === undefined) continue
    showProgress(found, total)
    const large = found.uploading.find(({ size, committed }) => size > 64e6 && committed > size / 3)
    if (!killed && large !== undefined) {
      killed = agent.kill('SIGKILL')
      say(`\n  kill -9 of the agent at ${(large.committed / 1e6).toFixed(0)} MB of the large file`)
      await sleep(300)
      agent = run()
    }
    const { pending, to_delete, settling } = found.files
    if (found.totals.acknowledged >= total.files && pending + to_delete + settling === 0) break
  }
  agent.kill('SIGTERM')
  await new Promise((resolve) => agent.once('exit', resolve))
  return { killed, wallMs: performance.now() - startMs, peakMiB }
}

/** What the receiver wrote down: where uploads resumed, and bytes that came more than once. */
function readReceiverLog(): { resumedAt: number; twiceBytes: number } {
  const lines = fs.readFileSync(`${work}/receiver.log`, 'utf8').trim().split('\n')
  const entries = lines.map((line) => JSON.parse(line) as Record<string, number | string>)
  const stored = entries.filter(({ message }) => message === 'stored')
  const resumed = entries.filter(({ message }) => message === 'resumed')
  return {
    resumedAt: Math.max(0, ...resumed.map(({ at }) => Number(at))),
    twiceBytes: stored.reduce((sum, { taken, bytes }) => sum + Number(taken) - Number(bytes), 0),
  }
}

const MOST_TWICE_BYTES = 8 << 20

async function main(): Promise<boolean> {
  say(source ? `copying ${source}` : 'making files')
  fs.mkdirSync(`${work}/original`)
  fs.mkdirSync(board)
  if (source) copy(source, board)
  else makeFiles(board)
  copy(board, `${work}/original`)
  const total = compareTrees(`${work}/original`, undefined)
  const config = join(await startReceiver())
  say(`carrying ${total.files} files, ${(total.bytes / 1e6).toFixed(0)} MB, over TLS on loopback`)
  const { killed, wallMs, peakMiB } = await carry(config, total)
  const { resumedAt, twiceBytes } = readReceiverLog()
  const arrived = compareTrees(`${work}/original`, `${store}/demo-board/files${board}`)
  const left = compareTrees(board, undefined).files
  const rows: [string, string, boolean][] = [
    ['files carried', `${arrived.verified} of ${total.files}`, arrived.verified === total.files],
    ['bytes carried', `${arrived.bytes}`, arrived.bytes === total.bytes],
    ['killed in the large file', killed ? 'yes' : 'no large file', killed || source !== undefined],
    ['resumed at byte', `${resumedAt}`, !killed || resumedAt > 0],
    ['bytes sent twice', `${twiceBytes}`, twiceBytes <= MOST_TWICE_BYTES],
    ['verified byte for byte', `${arrived.verified}`, arrived.verified === total.files],
    ['duplicates', `${arrived.extra}`, arrived.extra === 0],
    ['left on the board', `${left}`, left === 0],
    ['wall time', `${(wallMs / 1000).toFixed(1)} s`, wallMs < GIVE_UP_MS],
    ['peak RSS of the agent', `${peakMiB.toFixed(0)} MiB`, peakMiB > 0],
  ]
  say('')
  for (const [name, value, good] of rows)
    say(`  ${name.padEnd(26)} ${value.padEnd(20)} ${good ? 'ok' : 'FAILED'}`)
  return rows.every(([, , good]) => good)
}

let good = false
try {
  good = await main()
} catch (error) {
  say(`demo failed: ${error instanceof Error ? error.message : String(error)}`)
} finally {
  for (const child of children) child.kill('SIGKILL')
  if (!good && fs.existsSync(`${work}/agent.log`)) {
    say(fs.readFileSync(`${work}/agent.log`, 'utf8').slice(-2000))
  }
  fs.rmSync(work, { recursive: true, force: true })
}
say(good ? 'all of it holds' : 'something does not hold')
process.exit(good ? 0 : 1)
