/** Ferry as a contestant: the compiled agent against the compiled receiver, durable on its disk. */
import * as fs from 'node:fs'
import { type Contestant, type Sample, timed } from './measure.ts'
import {
  countFiles,
  FERRY,
  freePort,
  freshFolder,
  GROUND,
  listening,
  startServer,
  stopServer,
} from './places.ts'
import { cpuSeconds, peakBytes } from './processes.ts'
import { countWire, type WireCount } from './wire.ts'

export interface FerryOptions {
  readonly name: string
  readonly data: string
  readonly files: number
  readonly tls: boolean
  readonly settings?: Record<string, unknown>
  /** In front of the agent: a cgroup, for example. */
  readonly prefix?: readonly string[]
  /** Between agent and receiver; gives the port that the agent uses. */
  readonly between?: (port: number) => Promise<{ port: number; close: () => Promise<void> }>
  /** Looked at when the agent has ended, before anything is tidied up. */
  readonly after?: (folder: string, sample: Sample) => Record<string, number>
  /** Of the agent, when its bytes are not looked at; see `sink.ts`. */
  readonly toSink?: boolean
  readonly bytes?: number
  /** Given where it carries less than the scenario says. */
  readonly isLess?: boolean
}

const said = (result: { stdout: Buffer }) => result.stdout.toString()

/** The receiving end that writes nothing. */
export async function startSink(port: number, stdout: 'ignore' | 'pipe' = 'ignore') {
  const command = [process.execPath, `${import.meta.dir}/sink.ts`, `${port}`]
  const receiver = startServer(command, stdout)
  await listening(port)
  return { store: '', port, receiver }
}

/** A store with a key, and the receiver on it; `ferry` is what runs it. */
export async function startFerryReceiver(
  folder: string,
  tls: boolean,
  ferry: readonly string[] = [FERRY],
) {
  const store = `${folder}/store`
  Bun.spawnSync([FERRY, 'receive', '--init', store, '--host', 'localhost'])
  const keys = `${store}/.ferry/keys`
  const out = said(Bun.spawnSync([FERRY, 'keys', 'add', 'bench', '--keys', keys]))
  const key = /^key:\s+(\S+)/m.exec(out)?.[1] ?? ''
  fs.writeFileSync(`${folder}/key`, key, { mode: 0o600 })
  const port = freePort()
  const listen = ['--listen', `127.0.0.1:${port}`, '--log-level', 'warn']
  const receiver = startServer([
    ...ferry,
    'receive',
    '--store',
    store,
    ...listen,
    ...(tls ? [] : ['--plaintext']),
  ])
  await listening(port)
  return { store, port, receiver }
}

export function writeConfig(folder: string, port: number, options: FerryOptions): string {
  const scheme = options.tls ? 'grpcs' : 'grpc'
  const { destination, ...rest } = options.settings ?? {}
  const document = {
    device: 'bench',
    destination: {
      url: `${scheme}://localhost:${port}`,
      ...(options.toSink
        ? {}
        : { key_file: `${folder}/key`, ca_file: `${folder}/store/.ferry/ca.pem` }),
      ...(destination as object),
    },
    additional_sync_paths: [{ path: options.data, after_upload: 'keep' }],
    state_dir: `${folder}/state`,
    file_last_modified_millis: 1,
    log_level: 'warn',
    ...rest,
  }
  fs.writeFileSync(`${folder}/ferry.json`, JSON.stringify(document))
  return `${folder}/ferry.json`
}

/** What the receiver spent, so far. */
function spent(pid: number) {
  return { receiver_cpu_s: cpuSeconds(pid), receiver_peak_mib: peakBytes(pid) / 2 ** 20 }
}

const SYNCED = 'yes: each file and its directories, before the answer'

export function ferryContestant(options: FerryOptions): Contestant {
  const { name, toSink = false, tls, settings = {}, files, bytes } = options
  let place = ''
  let site: Awaited<ReturnType<typeof startFerryReceiver>> | undefined
  let link: { port: number; close: () => Promise<void> } | undefined
  let wire: WireCount | undefined
  return {
    name,
    synced: toSink ? 'no: the receiver throws the bytes away' : SYNCED,
    settings: `${tls ? 'TLS' : 'plaintext'}; ${JSON.stringify(settings ?? {}).replaceAll(GROUND, '.tmp/bench')}`,
    ...(options.isLess && { files, ...(bytes === undefined ? {} : { bytes }) }),
    async prepare() {
      place = freshFolder(`ferry-${name.replaceAll(/\W+/g, '-')}`)
      site = toSink ? await startSink(freePort()) : await startFerryReceiver(place, tls)
      link = await options.between?.(site.port)
      writeConfig(place, link?.port ?? site.port, options)
      wire = countWire(link?.port ?? site.port)
    },
    async run(): Promise<Sample> {
      const command = [FERRY, 'run', '--config', `${place}/ferry.json`, '--once', '--timeout', '5m']
      const sample = await timed([...(options.prefix ?? []), ...command])
      const sent = wire ? { wire_bytes: wire.bytes() } : {}
      const own = options.after?.(place, sample)
      const extra = { ...sent, ...spent(site?.receiver.pid ?? 0), ...own }
      return { ...sample, extra }
    },
    async finish() {
      wire?.close()
      await link?.close()
      if (site) await stopServer(site.receiver)
      const arrived = toSink ? files : countFiles(`${place}/store/bench/files`)
      if (arrived !== files) throw new Error(`${name}: ${arrived} of ${files} files arrived`)
      fs.rmSync(place, { recursive: true, force: true })
    },
  }
}
