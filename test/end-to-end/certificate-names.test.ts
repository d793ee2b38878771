/** A name that the receiver's certificate lacks is added, and boards that know the store go on. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { configure, ferry, makeSite, startReceiver, storedFiles } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

test('ferry receive --init --host repairs the name that a board is told', async () => {
  const site = await makeSite(temporaryFolder('names'))
  fs.writeFileSync(`${site.board}/a`, 'content')
  const run = ['run', '--config', site.config, '--once', '--timeout', '5s']
  const listen = ['--listen', '127.0.0.9:0']
  const before = await startReceiver(site.store, listen)
  const url = `grpcs://127.0.0.9:${before.port}`
  configure(site, before.port, { destination: { url } })
  const refused = await ferry(run)
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('ferry receive --init --host')
  const { code, out } = await ferry(['receive', '--init', site.store, '--host', '127.0.0.9'])
  expect(code).toBe(0)
  expect(out).toContain('the certificate names 127.0.0.9; boards trust it as before')
  expect(out).toContain('restart the receiver')
  await before.stop()
  const after = await startReceiver(site.store, ['--listen', `127.0.0.9:${before.port}`])
  expect((await ferry(run)).code).toBe(0)
  expect(storedFiles(site).size).toBe(1)
  await after.stop()
})

test('where it cannot be added, it says why, and nothing changes', async () => {
  const { store } = await makeSite(temporaryFolder('names'))
  const own = `${store}/.ferry`
  fs.rmSync(`${own}/ca.key`)
  const before = fs.readFileSync(`${own}/server.pem`, 'utf8')
  const init = (host: string) => ferry(['receive', '--init', store, '--host', host])
  const refused = await init('b.lan')
  expect(refused.code).toBe(78)
  expect(refused.err).toContain(`${own}/ca.key is missing`)
  expect(fs.readFileSync(`${own}/server.pem`, 'utf8')).toBe(before)
  // The names that it has need no authority.
  expect((await init('localhost')).code).toBe(0)
  for (const host of ['bad host', '[::1]', 'a:7443']) {
    expect((await init(host)).code).toBe(2)
  }
})

test.each(['127.0.0.1:65536', '127.0.0.1:99999', '127.0.0.1'])('%p is no port', async (listen) => {
  const { store } = await makeSite(temporaryFolder('names'))
  const { code, err } = await ferry(['receive', '--store', store, '--listen', listen])
  expect(code).toBe(2)
  expect(err).toContain('a port is at most 65535')
})

test.each([
  ['nosuch.invalid:7443', 'the name nosuch.invalid is not known here'],
  ['127.0.0.1:1', 'nothing listens at 127.0.0.1:1'],
])('ferry init says why %s does not answer', async (address, why) => {
  const line = `ferry://a.b@${address}?ca=00&device=x`
  const { code, err } = await ferry(['init', '--dir', temporaryFolder('init'), '--join', line])
  expect(code).toBe(1)
  expect(err).toContain(why)
  expect(err).not.toContain('another receiver')
})
