/** Ferry as a contestant: the compiled agent against the compiled receiver, durable on its disk. */
import * as fs from 'node:fs'
import { type Contestant, type Sample, timed } from './measure.ts'
import {
  countFiles,
  FERRY,
  freePort,
  freshFolder,
  listening,
  startServer,
  stopServer,
} from './places.ts'

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
  readonly after?: (folder: string) => Record<string, number>
}

const said = (result: { stdout: Buffer }) => result.stdout.toString()

/** A store with a key, and the receiver on it. */
export async function startFerryReceiver(folder: string, tls: boolean) {
  const store = `${folder}/store`
  Bun.spawnSync([FERRY, 'receive', '--init', store, '--host', 'localhost'])
  const keys = `${store}/.ferry/keys`
  const out = said(Bun.spawnSync([FERRY, 'keys', 'add', 'bench', '--keys', keys]))
  const key = /^key:\s+(\S+)/m.exec(out)?.[1] ?? ''
  fs.writeFileSync(`${folder}/key`, key, { mode: 0o600 })
  const port = freePort()
  const listen = ['--listen', `127.0.0.1:${port}`, '--log-level', 'warn']
  const receiver = startServer([
    FERRY,
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
  const document = {
    device: 'bench',
    destination: {
      url: `${scheme}://localhost:${port}`,
      key_file: `${folder}/key`,
      ca_file: `${folder}/store/.ferry/ca.pem`,
    },
    additional_sync_paths: [{ path: options.data, after_upload: 'keep' }],
    state_dir: `${folder}/state`,
    file_last_modified_millis: 1,
    log_level: 'warn',
    ...options.settings,
  }
  fs.writeFileSync(`${folder}/ferry.json`, JSON.stringify(document))
  return `${folder}/ferry.json`
}

export function ferryContestant(options: FerryOptions): Contestant {
  const folder = () => freshFolder(`ferry-${options.name.replaceAll(/\W+/g, '-')}`)
  let place = ''
  let site: Awaited<ReturnType<typeof startFerryReceiver>> | undefined
  let link: { port: number; close: () => Promise<void> } | undefined
  return {
    name: options.name,
    synced: 'yes: each file and its directories, before the answer',
    settings: `${options.tls ? 'TLS' : 'plaintext'}; ${JSON.stringify(options.settings ?? {})}`,
    async prepare() {
      place = folder()
      site = await startFerryReceiver(place, options.tls)
      link = await options.between?.(site.port)
      writeConfig(place, link?.port ?? site.port, options)
    },
    async run(): Promise<Sample> {
      const command = [FERRY, 'run', '--config', `${place}/ferry.json`, '--once', '--timeout', '1h']
      const sample = await timed([...(options.prefix ?? []), ...command])
      return { ...sample, extra: options.after?.(place) ?? {} }
    },
    async finish() {
      await link?.close()
      if (site) await stopServer(site.receiver)
      const arrived = countFiles(`${place}/store/bench/files`)
      if (arrived !== options.files) {
        throw new Error(`${options.name}: ${arrived} of ${options.files} files arrived`)
      }
      fs.rmSync(place, { recursive: true, force: true })
    },
  }
}
