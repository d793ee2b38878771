/** What others on the network or the machine may not read. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { configure, eventually, makeSite, runAgent, startReceiver, status } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const openssl = Bun.which('openssl')

/** What openssl says of a connection by this version of TLS alone. */
async function handshake(port: number, version: string): Promise<string> {
  const args = ['-connect', `127.0.0.1:${port}`, version, '-cipher', 'ALL:@SECLEVEL=0']
  const child = Bun.spawn([openssl ?? '', 's_client', ...args], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const texts = [child.stdout, child.stderr].map((stream) => new Response(stream).text())
  return (await Promise.all(texts)).join('')
}

if (openssl === null) console.log('SKIPPED the versions of TLS: openssl is missing')

test.skipIf(openssl === null)('TLS before 1.2 is not spoken', async () => {
  const site = await makeSite(temporaryFolder('tls'))
  const { port } = await startReceiver(site.store)
  for (const version of ['-tls1', '-tls1_1']) {
    expect(await handshake(port, version)).toContain('alert protocol version')
  }
  expect(await handshake(port, '-tls1_2')).toContain('Protocol  : TLSv1.2')
})

test('what is kept is readable by its owner only', async () => {
  const site = await makeSite(temporaryFolder('modes'))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port)
  fs.writeFileSync(`${site.board}/a`, Buffer.alloc(1000), { mode: 0o644 })
  runAgent(site)
  await eventually(
    async () => (await status(site))?.running === true && !fs.existsSync(`${site.board}/a`),
    Boolean,
  )
  const kept = [`${site.folder}/state`, site.store].flatMap((folder) =>
    (fs.readdirSync(folder, { recursive: true }) as string[]).map((name) => ({
      name,
      mode: fs.lstatSync(`${folder}/${name}`).mode & 0o077,
    })),
  )
  const names = kept.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['control.sock', 'journal.sqlite', '.ferry/keys']))
  expect(kept.filter(({ mode }) => mode !== 0)).toEqual([])
})
