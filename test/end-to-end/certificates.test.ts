/** A clock at 1970: the receiver's own certificate works, others are named in words. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  ferry,
  makeSite,
  type Site,
  startReceiver,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

async function siteWithFile(name: string, bytes = 10): Promise<Site> {
  const site = await makeSite(temporaryFolder(name))
  fs.writeFileSync(`${site.board}/a`, Buffer.alloc(bytes, 'content '))
  return site
}

test('a certificate that is not valid yet, by a clock at 1970, is named in words', async () => {
  const library = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']
    .map((folder) => `${folder}/faketime/libfaketime.so.1`)
    .find((path) => fs.existsSync(path))
  if (library === undefined) {
    console.log('SKIPPED a clock at 1970: libfaketime is missing')
    return
  }
  const site = await siteWithFile('clock')
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port)
  const run = ['run', '--config', site.config, '--once', '--timeout', '20s']
  const env = { LD_PRELOAD: library, FAKETIME: '@1970-01-05 00:00:00' }
  const own = await ferry(run, { env })
  expect(own.code).toBe(0)
  expect(storedFiles(site).size).toBe(1)

  fs.writeFileSync(`${site.board}/b`, 'x')
  const made = Bun.spawnSync(
    ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
      .concat('-keyout', `${site.folder}/k.pem`, '-out', `${site.folder}/c.pem`, '-days', '30')
      .concat('-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'),
  )
  if (!made.success) {
    console.log('SKIPPED a certificate of today: openssl is missing')
    return
  }
  await receiver.stop()
  const tls = ['--tls-cert', `${site.folder}/c.pem`, '--tls-key', `${site.folder}/k.pem`]
  const today = await startReceiver(site.store, tls)
  configure(site, today.port, { destination: { ca_file: `${site.folder}/c.pem` } })
  const early = await ferry([...run.slice(0, -1), '3s'], { env })
  expect(early.code).toBe(1)
  expect(early.err).toContain('not yet valid')
  expect((await ferry(run)).code).toBe(0)
})
