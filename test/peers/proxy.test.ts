/** A board that reaches the receiver through nginx: another make of HTTP/2, with small windows. */
import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { onceAfter } from '../fakes/ends.ts'
import {
  configure,
  eventually,
  makeSite,
  once,
  readTree,
  startReceiver,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const NGINX =
  Bun.which('nginx') ?? (fs.existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : undefined)
if (NGINX === undefined) console.log('SKIPPED a proxy before the receiver: nginx is missing')

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

const settingsOf = (folder: string, tls: string, port: number, receiver: number) => `
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
daemon off;
master_process off;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 0;
  server {
    listen 127.0.0.1:${port} ${tls === '' ? '' : 'ssl'} http2;
    ${tls}
    location / { grpc_pass grpcs://localhost:${receiver}; }
  }
}
`

async function startProxy(folder: string, isSecure: boolean, receiver: number) {
  const port = await freePort()
  const place = `${folder}/nginx`
  fs.mkdirSync(place)
  const key = `${place}/key.pem`
  const made = Bun.spawnSync([
    ...[
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
    ],
    ...['-keyout', key, '-out', `${place}/cert.pem`, '-days', '2', '-subj', '/CN=proxy'],
    ...['-addext', 'subjectAltName=DNS:localhost'],
  ])
  expect(made.exitCode).toBe(0)
  const tls = isSecure ? `ssl_certificate ${place}/cert.pem; ssl_certificate_key ${key};` : ''
  fs.writeFileSync(`${place}/nginx.conf`, settingsOf(place, tls, port, receiver))
  const child = Bun.spawn([NGINX as string, '-p', place, '-c', `${place}/nginx.conf`], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  onceAfter(() => child.kill('SIGKILL'))
  const isUp = () =>
    Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } }).then(
      (socket) => socket.terminate() === undefined,
      () => false,
    )
  await eventually(isUp, (up) => up)
  return { port, child, ca: `${place}/cert.pem` }
}

for (const scheme of ['grpc', 'grpcs'] as const) {
  test.skipIf(NGINX === undefined)(
    `files of all sizes pass a proxy by ${scheme}`,
    async () => {
      const site = await makeSite(temporaryFolder('proxy'))
      const receiver = await startReceiver(site.store)
      const proxy = await startProxy(site.folder, scheme === 'grpcs', receiver.port)
      configure(site, proxy.port, {
        destination: { url: `${scheme}://localhost:${proxy.port}`, ca_file: proxy.ca },
      })
      for (let i = 0; i < 300; i++) fs.writeFileSync(`${site.board}/${i}`, randomBytes(i * 37))
      fs.writeFileSync(`${site.board}/large`, randomBytes(40_000_001))
      const sent = readTree(site.board)
      const { code, err } = await once(site)
      expect(code, err).toBe(0)
      expect(storedFiles(site)).toEqual(sent)
      expect(fs.readdirSync(site.board)).toEqual([])
      // The proxy goes away: said in words, nothing lost, and it goes on when it is back.
      proxy.child.kill('SIGKILL')
      await proxy.child.exited
      fs.writeFileSync(`${site.board}/later`, 'later')
      const away = await once(site, '--timeout', '5s')
      expect(away.code).not.toBe(0)
      expect(fs.existsSync(`${site.board}/later`)).toBe(true)
    },
    120_000,
  )
}
