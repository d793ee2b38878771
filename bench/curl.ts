/** curl as a contestant: to nginx WebDAV, and by the tus protocol to tusd. */
import * as fs from 'node:fs'
import type { Contestant } from './measure.ts'
import { type Common, peer, thenSync } from './peers.ts'
import { FERRY, program } from './places.ts'

const COUNTED = 'counted: sync -f of the target within its time'
/** More than this at once changed nothing. */
const AT_ONCE = 32

function makeCertificates(place: string): void {
  Bun.spawnSync([FERRY, 'receive', '--init', `${place}/certificates`, '--host', 'localhost'])
}

function nginxConfig(place: string, port: number, tls: boolean): string {
  const own = `${place}/certificates/.ferry`
  const secure = `ssl_certificate ${own}/server.pem; ssl_certificate_key ${own}/server.key;`
  return `user root; worker_processes 1; daemon off; pid ${place}/nginx.pid; error_log ${place}/error.log;
events { worker_connections 256; }
http { access_log off; client_max_body_size 0; client_body_temp_path ${place}/temp; keepalive_requests 100000;
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
    synced: COUNTED,
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

/** Every file below the folder, by its name below it. */
const namesBelow = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(folder.length + 1))

/** What curl is to do, one after the other or many at once. */
function writeRequests(path: string, requests: readonly (readonly string[])[]): void {
  fs.writeFileSync(path, requests.map((lines) => lines.join('\n')).join('\nnext\n'))
}

const parallel = (requests: string) =>
  `curl --parallel --parallel-max ${AT_ONCE} --config ${requests}`

/** A tree with curl -T to nginx WebDAV. */
export function curlTreeToNginx({ data, ...common }: Common): Contestant {
  return peer({
    name: 'curl -Z -T to nginx',
    synced: COUNTED,
    settings: `nginx 1 worker, client_body_buffer_size 1m; curl -Z --parallel-max ${AT_ONCE}`,
    ...{ data, ...common },
    async start(place, port) {
      fs.writeFileSync(`${place}/nginx.conf`, nginxConfig(place, port, false))
      const requests = namesBelow(data).map((name) => [
        ...['silent', 'show-error', 'fail', 'header = "Expect:"', 'output = /dev/null'],
        `upload-file = "${data}/${name}"`,
        `url = "http://127.0.0.1:${port}/${name}"`,
      ])
      writeRequests(`${place}/requests`, requests)
      return {
        servers: [['nginx', '-c', `${place}/nginx.conf`]],
        command: thenSync(parallel(`${place}/requests`), place),
      }
    },
  })
}

/** undefined, and said, where tusd was not built. Each file is one request, with its creation. */
export function curlToTusd({ data, files, ...common }: Common): readonly Contestant[] {
  const tusd = program('tusd')
  if (Bun.which(tusd) === null) {
    process.stderr.write('MISSING tusd: it is not compared with; it needs Go\n')
    return []
  }
  const contestant = peer({
    name: 'curl by tus to tusd',
    synced: COUNTED,
    settings: `tusd, local disk; curl -Z --parallel-max ${AT_ONCE}, tus 1.0, creation-with-upload`,
    ...{ data, files, ...common },
    // Each upload has its description beside it.
    arriving: 2,
    async start(place, port) {
      const requests = namesBelow(data).map((name) => [
        ...['silent', 'show-error', 'fail', 'request = POST', 'header = "Expect:"'],
        ...['header = "Tus-Resumable: 1.0.0"', 'output = /dev/null'],
        `header = "Upload-Length: ${fs.statSync(`${data}/${name}`).size}"`,
        'header = "Content-Type: application/offset+octet-stream"',
        `upload-file = "${data}/${name}"`,
        // Else curl puts the file's name behind it.
        'request-target = "/files/"',
        `url = "http://127.0.0.1:${port}/"`,
      ])
      writeRequests(`${place}/requests`, requests)
      const store = [
        '-upload-dir',
        `${place}/target`,
        '-disable-download',
        '-show-startup-logs=false',
      ]
      return {
        servers: [[tusd, '-host', '127.0.0.1', '-port', `${port}`, ...store, '-verbose=false']],
        command: thenSync(parallel(`${place}/requests`), place),
      }
    },
  })
  return [contestant]
}
