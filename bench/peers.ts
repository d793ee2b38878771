/** Other programs as contestants, each with its best settings. */
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

export type Between = (port: number) => Promise<{ port: number; close: () => Promise<void> }>

export interface PeerOptions {
  readonly name: string
  readonly synced: string
  readonly settings: string
  readonly data: string
  readonly files: number
  readonly bytes?: number
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
    },
    run: (): Promise<Sample> => timed(command),
    async finish() {
      await link?.close()
      await Promise.all(servers.map(stopServer))
      const arrived = countFiles(`${place}/target`)
      if (arrived !== options.files) {
        throw new Error(`${options.name}: ${arrived} of ${options.files} files arrived`)
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
const thenSync = (command: string, place: string) => [
  'sh',
  '-c',
  `${command} && sync -f ${place}/target`,
]

function makeCertificates(place: string): void {
  Bun.spawnSync([FERRY, 'receive', '--init', `${place}/certificates`, '--host', 'localhost'])
}

function nginxConfig(place: string, port: number, tls: boolean): string {
  const own = `${place}/certificates/.ferry`
  const secure = `ssl_certificate ${own}/server.pem; ssl_certificate_key ${own}/server.key;`
  return `user root; worker_processes 1; daemon off; pid ${place}/nginx.pid; error_log ${place}/error.log;
events { worker_connections 256; }
http { access_log off; client_max_body_size 0; client_body_temp_path ${place}/temp;
 proxy_temp_path ${place}/p; fastcgi_temp_path ${place}/f; uwsgi_temp_path ${place}/u; scgi_temp_path ${place}/s;
 server { listen 127.0.0.1:${port}${tls ? ' ssl' : ''}; ${tls ? secure : ''} root ${place}/target;
  location / { dav_methods PUT; create_full_put_path on; client_body_buffer_size 1m; } } }`
}

/** One file with curl -T to nginx WebDAV. */
export function curlToNginx(
  { data, files }: Common,
  tls: boolean,
  file: string,
  prefix: readonly string[] = [],
): Contestant {
  const scheme = tls ? 'https' : 'http'
  return peer({
    name: tls ? 'curl -T to nginx, TLS' : 'curl -T to nginx',
    synced: 'counted: sync -f of the target within its time',
    settings: 'nginx 1 worker, client_body_buffer_size 1m; curl -T',
    data,
    files,
    async start(place, port) {
      if (tls) makeCertificates(place)
      fs.writeFileSync(`${place}/nginx.conf`, nginxConfig(place, port, tls))
      const trust = tls ? `--cacert ${place}/certificates/.ferry/ca.pem` : ''
      const url = `${scheme}://localhost:${port}/big`
      return {
        servers: [['nginx', '-c', `${place}/nginx.conf`]],
        command: [...prefix, ...thenSync(`curl -sSf ${trust} -T ${data}/${file} ${url}`, place)],
      }
    },
  })
}

const RCLONE = '--transfers 32 --checkers 32 --no-traverse --ignore-checksum --retries 1'

export function rcloneTo(common: Common, kind: 'webdav' | 'sftp'): Contestant {
  const { data } = common
  return peer({
    name: `rclone to rclone serve ${kind}`,
    synced: 'counted: sync -f of the target within its time',
    settings: `rclone copy ${RCLONE}; rclone serve ${kind}`,
    ...common,
    async start(place, port, reached) {
      const serve = ['rclone', 'serve', kind, `${place}/target`, '--addr', `127.0.0.1:${port}`]
      const remote =
        kind === 'webdav'
          ? `:webdav,url="http://127.0.0.1:${reached}":`
          : `:sftp,host=127.0.0.1,port=${reached},user=u,pass=${said(['rclone', 'obscure', 'p'])}:`
      const login = kind === 'sftp' ? ['--user', 'u', '--pass', 'p'] : []
      return {
        servers: [[...serve, ...login]],
        command: thenSync(`rclone copy --config /dev/null ${RCLONE} ${data} '${remote}'`, place),
      }
    },
  })
}

const said = (command: string[]) => Bun.spawnSync(command).stdout.toString().trim()

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
