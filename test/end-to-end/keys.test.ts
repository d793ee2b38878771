/** `ferry keys`: what cannot be carried out leaves the file as it was, and says so. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { ferry, makeSite, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

test.each(['host', 'host:70000'])(
  'a key for the address %p is neither shown nor kept',
  async (at) => {
    const site = await makeSite(temporaryFolder('keys'))
    const keys = `${site.store}/.ferry/keys`
    const before = fs.readFileSync(keys, 'utf8')
    const { code, out, err } = await ferry([
      'keys',
      'add',
      'other',
      '--keys',
      keys,
      '--address',
      at,
    ])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('--address is HOST:PORT')
    expect(fs.readFileSync(keys, 'utf8')).toBe(before)
  },
)

test.each([
  [['list'], 'does not exist'],
  [['revoke', 'robot-7'], 'does not exist'],
  [['add', 'robot-7'], 'has no folder'],
])('keys %p of a mistyped file is refused', async (words, problem) => {
  const { code, err } = await ferry(['keys', ...words, '--keys', '/nonexistent/.ferry/keys'])
  expect(code).toBe(78)
  expect(err).toContain(`--keys ("/nonexistent/.ferry/keys") ${problem}`)
  expect(err).toContain('hint: ')
})

test('a keys file that is gone is made anew by the next key', async () => {
  const site = await makeSite(temporaryFolder('keys'))
  const keys = `${site.store}/.ferry/keys`
  fs.rmSync(keys)
  expect((await ferry(['keys', 'add', 'robot-8', '--keys', keys])).code).toBe(0)
  expect((await ferry(['keys', 'list', '--keys', keys])).out).toContain('robot-8')
})

test('a join line names the authority of a certificate of your own, or none for a public one', async () => {
  const [site, other] = [
    await makeSite(temporaryFolder('keys-ca')),
    await makeSite(temporaryFolder('keys-other')),
  ]
  const own = `${other.store}/.ferry`
  const tls = ['--tls-cert', `${own}/server.pem`, '--tls-key', `${own}/server.key`]
  const { port } = await startReceiver(site.store, tls)
  const keys = `${site.store}/.ferry/keys`
  const add = (...args: string[]) =>
    ferry(['keys', 'add', 'r', '--keys', keys, '--address', `localhost:${port}`, ...args])
  const lineOf = ({ out }: { out: string }) => /^join:\s+(\S+)/m.exec(out)?.[1] ?? ''
  const line = lineOf(await add('--ca', `${own}/ca.pem`))
  const etc = `${site.folder}/etc`
  expect(await ferry(['init', '--join', line, '--dir', etc])).toMatchObject({ code: 0, err: '' })
  expect(lineOf(await add('--ca', 'public'))).toContain('?ca=&device=r')
  const before = fs.readFileSync(keys, 'utf8')
  const wrong = await add('--ca', keys)
  expect(wrong).toMatchObject({ code: 78, out: '' })
  expect(wrong.err).toContain(`--ca ("${keys}") holds no certificate`)
  expect(fs.readFileSync(keys, 'utf8')).toBe(before)
})

test('a key alone is replaced: the configuration stays, and the board is let in with the new one', async () => {
  const site = await makeSite(temporaryFolder('key-only'))
  const { port } = await startReceiver(site.store)
  const keys = `${site.store}/.ferry/keys`
  const add = async () => {
    const address = `localhost:${port}`
    const { out } = await ferry(['keys', 'add', 'r', '--keys', keys, '--address', address])
    return /^join:\s+(\S+)/m.exec(out)?.[1] ?? ''
  }
  const etc = `${site.folder}/etc`
  const where = ['--dir', etc, '--root', site.board, '--state-dir', `${site.folder}/state`]
  expect((await ferry(['init', '--join', await add(), ...where])).code).toBe(0)
  const config = `${etc}/ferry.json`
  fs.appendFileSync(config, '// a remark\n')
  const before = { config: fs.readFileSync(config, 'utf8'), key: fs.readFileSync(`${etc}/key`) }
  const again = ['init', '--key-only', '--dir', etc]
  expect(await ferry(again)).toMatchObject({ code: 2 })
  expect(await ferry([...again, '--join', await add()])).toMatchObject({ code: 0, err: '' })
  expect(fs.readFileSync(config, 'utf8')).toBe(before.config)
  expect(fs.readFileSync(`${etc}/key`)).not.toEqual(before.key)
  const id = before.key.toString().split('.')[0] ?? ''
  expect((await ferry(['keys', 'revoke', id, '--keys', keys])).code).toBe(0)
  expect(await ferry(['check', '--config', config])).toMatchObject({ code: 0 })
})
