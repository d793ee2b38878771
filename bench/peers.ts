/** Other programs as contestants, each with its best settings. */
import * as fs from 'node:fs'
import { type Contestant, type Sample, timed } from './measure.ts'
import { countFiles, freePort, freshFolder, listening, startServer, stopServer } from './places.ts'
import { countWire, type WireCount } from './wire.ts'

export type Between = (port: number) => Promise<{ port: number; close: () => Promise<void> }>

export interface PeerOptions {
  readonly name: string
  readonly synced: string
  readonly settings: string
  readonly data: string
  readonly files: number
  readonly bytes?: number
  /** Of the receiver's own, for each that was sent: 2 where it keeps a description beside it. */
  readonly arriving?: number
  /** Between the two; gives the port that the sender uses. */
  readonly between?: Between | undefined
  /** Starts what receives; gives the command that sends. */
  readonly start: (
    place: string,
    port: number,
    /** The same, or that of what is between. */
    reached: number,
  ) => Promise<{
    readonly servers: readonly (readonly string[])[]
    readonly command: readonly string[]
  }>
}

/** Prepared, timed and counted like any other contestant; what arrives lies in `target`. */
export function peer(options: PeerOptions): Contestant {
  let place = ''
  let servers: ReturnType<typeof startServer>[] = []
  let command: readonly string[] = []
  let link: { port: number; close: () => Promise<void> } | undefined
  let wire: WireCount | undefined
  return {
    name: options.name,
    synced: options.synced,
    settings: options.settings,
    // Known to be fewer than the scenario's where the bytes are given too.
    ...(options.bytes === undefined ? {} : { files: options.files, bytes: options.bytes }),
    async prepare() {
      place = freshFolder(`peer-${options.name.replaceAll(/\W+/g, '-')}`)
      fs.mkdirSync(`${place}/target`)
      fs.chmodSync(place, 0o777)
      const port = freePort()
      link = await options.between?.(port)
      const started = await options.start(place, port, link?.port ?? port)
      servers = started.servers.map((one) => startServer(one))
      command = started.command
      if (servers.length > 0) await listening(port)
      if (servers.length > 0) wire = countWire(link?.port ?? port)
    },
    async run(): Promise<Sample> {
      const sample = await timed(command)
      return { ...sample, extra: wire ? { wire_bytes: wire.bytes() } : {} }
    },
    async finish() {
      wire?.close()
      await link?.close()
      await Promise.all(servers.map(stopServer))
      const arrived = countFiles(`${place}/target`)
      const expected = options.files * (options.arriving ?? 1)
      if (arrived !== expected) {
        throw new Error(`${options.name}: ${arrived} of ${expected} files arrived`)
      }
      fs.rmSync(place, { recursive: true, force: true })
    },
  }
}

export interface Common {
  readonly data: string
  readonly files: number
  /** Given where it carries less than the scenario says. */
  readonly bytes?: number
  readonly between?: Between
}

/** The sender's time includes a sync of the target's file system. */
export const thenSync = (command: string, place: string) => [
  'sh',
  '-c',
  `${command} && sync -f ${place}/target`,
]

/** Over a socket, whole files, each synced by the receiving end. */
export function rsyncDaemon(common: Common): Contestant {
  const { data } = common
  return peer({
    name: 'rsync to a daemon',
    synced: 'yes: --fsync',
    settings: 'rsync -rt --whole-file --fsync over rsync://',
    ...common,
    async start(place, port, reached) {
      const config = `use chroot = no\n[t]\npath = ${place}/target\nread only = no\nuid = root\ngid = root\n`
      fs.writeFileSync(`${place}/rsyncd.conf`, config)
      const daemon = ['rsync', '--daemon', '--no-detach', `--config=${place}/rsyncd.conf`]
      return {
        servers: [[...daemon, '--port', `${port}`, '--address', '127.0.0.1']],
        command: [
          'rsync',
          '-rt',
          '--whole-file',
          '--fsync',
          `${data}/`,
          `rsync://127.0.0.1:${reached}/t/`,
        ],
      }
    },
  })
}
