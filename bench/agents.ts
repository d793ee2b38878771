/** An agent that runs for a while, beside whom something is measured. */
import * as fs from 'node:fs'
import { type FerryOptions, writeConfig } from './ferry-contestant.ts'
import { forget } from './limits.ts'
import { timed } from './measure.ts'
import { FERRY, startServer, stopServer } from './places.ts'
import { eventually } from './processes.ts'

/** What a line of the log says of one look at the directories. */
export interface Look {
  readonly files: number
  readonly discovered: number
  readonly changing: number
  readonly ms: number
}

interface AgentStatus {
  readonly files: { readonly pending: number; readonly settling: number }
  readonly totals: { readonly acknowledged: number; readonly deleted: number }
  readonly connection?: { readonly connected: boolean }
}

export interface Agent {
  readonly pid: number
  /** Looks since the start, oldest first. */
  readonly looks: () => readonly Look[]
  readonly status: () => AgentStatus | undefined
  readonly stop: () => Promise<void>
}

/** Where nothing listens: the port of discard, which no one serves. */
export const NO_PORT = 9

export interface AgentOptions extends Omit<FerryOptions, 'name' | 'files' | 'tls'> {
  readonly place: string
  readonly port: number
  readonly tls?: boolean
  /** Of its own, and not in memory at the start, as after a boot. */
  readonly isCold?: boolean
}

/** A copy of the executable that the kernel has to read anew. */
function coldCopy(place: string): string {
  const folder = `${place}/executable`
  fs.mkdirSync(folder)
  fs.copyFileSync(FERRY, `${folder}/ferry`)
  Bun.spawnSync(['sync', `${folder}/ferry`])
  forget(folder)
  return `${folder}/ferry`
}

/** The log goes to `log` in `place`, as to a service manager's file. */
export function startAgent({ place, port, prefix = [], isCold, ...rest }: AgentOptions): Agent {
  const config = writeConfig(place, port, { name: '', files: 0, tls: false, ...rest })
  const log = `${place}/log`
  fs.writeFileSync(log, '')
  const run = [...prefix, isCold ? coldCopy(place) : FERRY, 'run', '--config', config]
  const child = startServer(['sh', '-c', 'exec "$@" 2>>"$0"', log, ...run])
  return {
    pid: child.pid,
    looks: () =>
      fs
        .readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.includes('"looked"'))
        .map((line) => JSON.parse(line) as Look),
    status() {
      const asked = Bun.spawnSync([FERRY, 'status', '--json', '--config', config])
      return asked.exitCode === 0 ? JSON.parse(asked.stdout.toString()) : undefined
    },
    stop: () => stopServer(child),
  }
}

/** What an agent without a network would have found by itself, in minutes. */
export async function fillJournal(place: string, data: string): Promise<void> {
  const state = `${place}/state`
  await timed([process.execPath, `${import.meta.dir}/fill-journal.ts`, state, data])
}

/** Asking costs a process each time. */
const ASK_MS = 500

/** Resolves when the journal has so many files that wait. */
export const untilPending = (agent: Agent, files: number, withinMs: number) =>
  eventually(`${files} files in the journal`, withinMs, async () => {
    await Bun.sleep(ASK_MS)
    return agent.status()?.files.pending === files ? true : undefined
  })

/** Bytes of the journal and what belongs to it. */
export function journalBytes(place: string): number {
  return fs
    .readdirSync(`${place}/state`)
    .filter((name) => name.startsWith('journal.sqlite'))
    .reduce((sum, name) => sum + fs.statSync(`${place}/state/${name}`).size, 0)
}
