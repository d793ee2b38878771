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

interface PeerOptions {
  readonly name: string
  readonly synced: string
  readonly settings: string
  readonly data: string
  readonly files: number
  /** Starts what receives; gives the command that sends. */
  readonly start: (
    place: string,
    port: number,
  ) => Promise<{
    readonly servers: readonly (readonly string[])[]
    readonly command: readonly string[]
  }>
}

/** Prepared, timed and counted like any other contestant; what arrives lies in `target`. */
function peer(options: PeerOptions): Contestant {
  let place = ''
  let servers: ReturnType<typeof startServer>[] = []
  let command: readonly string[] = []
  return {
    name: options.name,
    synced: options.synced,
    settings: options.settings,
    async prepare() {
      place = freshFolder(`peer-${options.name.replaceAll(/\W+/g, '-')}`)
      fs.mkdirSync(`${place}/target`)
      fs.chmodSync(place, 0o777)
      const port = freePort()
      const started = await options.start(place, port)
      servers = started.servers.map((one) => startServer(one))
      command = started.command
      if (servers.length > 0) await listening(port)
    },
    run: (): Promise<Sample> => timed(command),
    async finish() {
      await Promise.all(servers.map(stopServer))
      const arrived = countFiles(`${place}/target`)
      if (arrived !== options.files) {
        throw new Error(`${options.name}: ${arrived} of ${options.files} files arrived`)
      }
      fs.rmSync(place, { recursive: true, force: true })
    },
  }
}

interface Common {
  readonly data: string
  readonly files: number
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
export function curlToNginx({ data, files }: Common, tls: boolean, file: string): Contestant {
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
        command: thenSync(`curl -sSf ${trust} -T ${data}/${file} ${url}`, place),
      }
    },
  })
}

const RCLONE = '--transfers 32 --checkers 32 --no-traverse --ignore-checksum --retries 1'

export function rcloneTo({ data, files }: Common, kind: 'webdav' | 'sftp'): Contestant {
  return peer({
    name: `rclone to rclone serve ${kind}`,
    synced: 'counted: sync -f of the target within its time',
    settings: `rclone copy ${RCLONE}; serve ${kind}`,
    data,
    files,
    async start(place, port) {
      const serve = ['rclone', 'serve', kind, `${place}/target`, '--addr', `127.0.0.1:${port}`]
      const remote =
        kind === 'webdav'
          ? `:webdav,url="http://127.0.0.1:${port}":`
          : `:sftp,host=127.0.0.1,port=${port},user=u,pass=${said(['rclone', 'obscure', 'p'])}:`
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
export function rsyncDaemon({ data, files }: Common): Contestant {
  return peer({
    name: 'rsync to a daemon',
    synced: 'yes: --fsync',
    settings: 'rsync -rt --whole-file --fsync over rsync://',
    data,
    files,
    async start(place, port) {
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
          `rsync://127.0.0.1:${port}/t/`,
        ],
      }
    },
  })
}

/** A plain program: creates, syncs in groups, renames, syncs the directory, no network. */
export function plainProgram({ data, files }: Common): Contestant {
  return peer({
    name: 'plain program on the same disk',
    synced: 'yes: fdatasync of each file in groups of 256, one fsync of each directory',
    settings: 'create, write, fdatasync in parallel, rename, fsync of the directory; no network',
    data,
    files,
    start: async (place) => ({
      servers: [],
      command: [process.execPath, `${import.meta.dir}/plain-writer.ts`, data, `${place}/target`],
    }),
  })
}

/** A TCP connection that copies bytes and does nothing else. */
export function plainTcp({ data, files }: Common, file: string): Contestant {
  return peer({
    name: 'plain TCP copy',
    synced: 'no: the bytes are read and dropped',
    settings: 'socat of the file to a socat that drops it, 256 KiB buffers',
    data,
    files: 0,
    start: async (_place, port) => {
      void files
      const sink = [
        'socat',
        '-u',
        '-b262144',
        `TCP-LISTEN:${port},reuseaddr,fork`,
        'OPEN:/dev/null',
      ]
      const command = ['socat', '-u', '-b262144', `OPEN:${data}/${file}`, `TCP:127.0.0.1:${port}`]
      return { servers: [sink], command }
    },
  })
}
