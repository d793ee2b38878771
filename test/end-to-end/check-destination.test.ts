/** `ferry check` where the destination is a directory, or speaks Viam's protocol. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { configure, ferry, makeSite, type Site, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { startViamServer } from '../fakes/viam-server.ts'

async function board(destination: Record<string, unknown>): Promise<Site> {
  const site = await makeSite(temporaryFolder('check-to'))
  const none = { key_file: undefined, ca_file: undefined }
  configure(site, 1, { destination: { ...none, ...destination } })
  return site
}

async function lineOf(site: Site, name: string) {
  const { code, out } = await ferry(['check', '--config', site.config])
  const [line = ''] = new RegExp(`^\\w+ +${name} .*\\n( +hint: .*)?`, 'm').exec(out) ?? []
  return { code, line }
}

test('a directory that is missing, or no store, fails; a store on the same disk is refused', async () => {
  const site = await board({})
  const to = (path: string) =>
    configure(site, 1, {
      destination: { url: `file://${path}`, key_file: undefined, ca_file: undefined },
    })
  to(`${site.folder}/gone`)
  const gone = await lineOf(site, 'store')
  expect(gone.code).toBe(1)
  expect(gone.line).toMatch(/^fail .*gone does not exist\n.*ferry receive --init/)
  fs.mkdirSync(`${site.folder}/plain`)
  to(`${site.folder}/plain`)
  expect((await lineOf(site, 'store')).line).toMatch(/^fail .*plain is no store: it has no ferry-/)
  to(site.store)
  const same = await lineOf(site, 'config')
  expect(same.code).toBe(78)
  const { out } = await ferry(['check', '--config', site.config])
  expect(out).toMatch(/^fail .*is on the same file system as a root$/m)
})

test('a store that is kept beside its board takes the files', async () => {
  const site = await board({})
  const none = { key_file: undefined, ca_file: undefined }
  configure(site, 1, {
    additional_sync_paths: [{ path: site.board, after_upload: 'keep' }],
    destination: { url: `file://${site.store}`, ...none },
  })
  const before = fs.readdirSync(site.store)
  expect(await lineOf(site, 'store')).toMatchObject({ code: 0, line: expect.stringMatching(/^ok/) })
  expect(fs.readdirSync(site.store)).toEqual(before)
})

test("a server of Viam's protocol that is not there, or refuses the login, fails", async () => {
  const site = await board({ url: 'grpc://127.0.0.1:1', protocol: 'viam' })
  const down = await lineOf(site, 'receiver')
  expect(down.code).toBe(1)
  expect(down.line).toMatch(/^fail .*or this board has no route to it/)
  const server = await startViamServer()
  const there = { url: `grpc://127.0.0.1:${server.port}`, protocol: 'viam', ca_file: undefined }
  configure(site, 1, { destination: { ...there, key_file: undefined } })
  expect((await lineOf(site, 'receiver')).line).toMatch(/^warn .*it answers, and knows no logins/)
})

test.each([
  ['viam', 'a token', 0, /^ok .*it takes the login/],
  ['viam', 16, 1, /^fail .*cannot log in .*\n.*check destination.login/],
  ['viam', undefined, 0, /^ok .*it answers: the first file shows/],
] as const)('a login by %p that gets %p ends with %p', async (protocol, answer, code, says) => {
  const auth = { issue: () => answer ?? 16, accepts: () => true }
  const server = await startViamServer({ auth })
  const site = await board({ url: `grpc://127.0.0.1:${server.port}`, protocol })
  if (answer !== undefined) {
    const key = { key_file: `${site.folder}/key`, ca_file: undefined }
    configure(site, 1, {
      destination: { url: `grpc://127.0.0.1:${server.port}`, protocol, ...key },
    })
  }
  const told = await lineOf(site, 'receiver')
  expect(told.line).toMatch(says)
  expect(told.code).toBe(code)
})

test("a receiver by Viam's protocol is asked by its certificate, too", async () => {
  const site = await makeSite(temporaryFolder('check-ca'))
  const { port } = await startReceiver(site.store)
  const by = (ca: string | undefined) =>
    configure(site, port, { destination: { protocol: 'viam', ca_file: ca } })
  by(`${site.store}/.ferry/ca.pem`)
  expect(await lineOf(site, 'receiver')).toMatchObject({
    code: 0,
    line: expect.stringMatching(/^ok/),
  })
  by(undefined)
  const other = await lineOf(site, 'receiver')
  expect(other).toMatchObject({ code: 1, line: expect.stringMatching(/^fail .*expected CA/) })
  fs.writeFileSync(`${site.folder}/no.pem`, 'no certificate')
  by(`${site.folder}/no.pem`)
  expect(await lineOf(site, 'receiver')).toMatchObject({ line: expect.stringMatching(/^fail/) })
})
