/** A receiver that cannot listen says why in words, and nothing else. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { ferry, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

async function makeStore(name: string): Promise<string> {
  const store = `${temporaryFolder('listening')}/${name}`
  expect((await ferry(['receive', '--init', store, '--host', 'localhost'])).code).toBe(0)
  return store
}

test('a port in use is told by its name, with nothing of a library', async () => {
  const { port } = await startReceiver(await makeStore('one'))
  const listen = `127.0.0.1:${port}`
  const ran = await ferry(['receive', '--store', await makeStore('other'), '--listen', listen])
  const hint = 'stop that one (ss -ltnp shows it), or choose another port'
  expect(ran).toEqual({
    ...{ code: 78, out: '' },
    err: `ferry: --listen ("${listen}") is in use by another program\n       hint: ${hint}\n`,
  })
})

test.each([
  ['203.0.113.9:7443', /is no address of this machine/],
  ['no-such-host.invalid:7443', /has a name that cannot be resolved/],
])('listening on %s is refused', async (listen, says) => {
  const ran = await ferry(['receive', '--store', await makeStore('store'), '--listen', listen])
  expect(ran.code).toBe(78)
  expect(ran.err).toMatch(says)
  expect(ran.err).toMatch(/^ferry: .*\n {7}hint: .*\n$/)
})

test('a key of another certificate, and no key at all, concern TLS and not the address', async () => {
  const [store, other] = [await makeStore('store'), await makeStore('other')]
  const run = (key: string) =>
    ferry(['receive', '--store', store, '--listen', '127.0.0.1:0', '--tls-key', key])
  const mismatch = await run(`${other}/.ferry/server.key`)
  expect(mismatch.code).toBe(78)
  expect(mismatch.err).toMatch(/^ferry: tls the key does not belong to the certificate\n/)
  fs.writeFileSync(`${store}/garbage`, 'no key')
  const garbage = await run(`${store}/garbage`)
  expect(garbage.code).toBe(78)
  expect(garbage.err).toMatch(/^ferry: tls certificate or key is no PEM file\n/)
})
