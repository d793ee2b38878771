/** The commands as a user types them: what they print, and how they end. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { configure, ferry, makeSite, once, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

describe('the command line', () => {
  test('help is there for the program and for each command', async () => {
    const help = await ferry(['--help'])
    expect(help.code).toBe(0)
    const names = [...help.out.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name ?? '')
    const board = ['run', 'check', 'status', 'sync', 'pause', 'resume', 'retry', 'init', 'install']
    const tools = ['bench', 'completion', 'man']
    expect(names).toEqual([...board, 'uninstall', 'receive', 'merge', 'keys', ...tools, 'version'])
    for (const name of names) {
      const one = await ferry([name, '--help'])
      expect(one.code).toBe(0)
      expect(one.out).toContain(`Usage: ferry ${name}`)
    }
    const { out } = await ferry(['run', '--help'])
    expect(out).toContain('file_last_modified_millis')
    expect((await ferry(['help', 'run'])).out).toBe(out)
  })

  test.each([
    [[], 2],
    [['rnu'], 2],
    [['run', '--wrong'], 2],
    [['receive'], 2],
    [['pause', '2h', '--config', '/nowhere.json'], 2],
    [['status', 'now'], 2],
    [['receive', '--store', '/nowhere', '--listen', '127.0.0.1:99999'], 2],
    [['keys', 'add', '--keys', '/nowhere/at/all'], 2],
    [['run', '--config', '/nowhere.json'], 78],
    [['check', '--config', '/nowhere.json'], 78],
  ])('ferry %p ends with %p', async (args, code) => {
    const ran = await ferry(args)
    expect(ran.code).toBe(code)
    expect(`${ran.err}${ran.out}`).not.toBe('')
    expect(ran.err).not.toContain('    at ')
  })

  test('version is one line, and the working directory cannot change the program', async () => {
    const folder = temporaryFolder('cwd')
    fs.writeFileSync(`${folder}/bunfig.toml`, 'preload = ["./evil.ts"]')
    fs.writeFileSync(`${folder}/evil.ts`, 'console.log("evil")')
    fs.writeFileSync(`${folder}/.env`, 'FERRY=1')
    const { out } = await ferry(['version'], { prefix: ['env', '-C', folder] })
    expect(out).toMatch(/^ferry \d+\.\d+\.\d+\n$/)
  })

  test('check names every problem at once, each with a hint', async () => {
    const folder = temporaryFolder('check')
    fs.writeFileSync(
      `${folder}/ferry.json`,
      '{"devcie": "x", "sync_interval_mins": -1, "destination": {"url": "nonsense"}}',
    )
    const { code, err } = await ferry(['check', '--config', `${folder}/ferry.json`])
    expect(code).toBe(78)
    expect(err).toContain('did you mean "device"')
    expect(err).toContain("can't be negative")
    expect(err).toContain('is not an address')
    expect(err.match(/hint: /g)?.length).toBeGreaterThanOrEqual(3)
  })

  test.each([
    [{ sync_disabled: true }, 'sync_disabled is true'],
    [{ selective_syncer_name: 'gone' }, 'selective_syncer_name names "gone"'],
  ])('check and a dry run say that nothing is sent with %p', async (settings, reason) => {
    const site = await makeSite(temporaryFolder('never'))
    configure(site, 1, settings)
    fs.writeFileSync(`${site.board}/a`, 'x')
    for (const args of [
      ['check', '--offline'],
      ['run', '--dry-run'],
    ]) {
      const { code, out } = await ferry([...args, '--config', site.config])
      expect(code).toBe(0)
      expect(out).toContain('the schedule sends nothing')
      expect(out).toContain(reason)
    }
    configure(site, 1)
    const { out } = await ferry(['check', '--offline', '--config', site.config])
    expect(out).not.toContain('the schedule')
  })
})

test('status of a journal that cannot be read says which one, and what tells more', async () => {
  const site = await makeSite(temporaryFolder('unread'))
  configure(site, 1)
  fs.mkdirSync(`${site.folder}/state`)
  fs.writeFileSync(`${site.folder}/state/journal.sqlite`, 'not a database, as a card may return')
  const { code, err } = await ferry(['status', '--config', site.config])
  expect(code).toBe(1)
  expect(err).toContain(`${site.folder}/state/journal.sqlite cannot be looked into (file is not`)
  expect(err).toContain('ferry check says more')
})

describe('from nothing to the first file', () => {
  test('init, keys and join make a working pair', async () => {
    const folder = temporaryFolder('join')
    const store = `${folder}/store`
    expect((await ferry(['receive', '--init', store, '--host', 'localhost'])).code).toBe(0)
    const receiver = await startReceiver(store)
    const keys = `${store}/.ferry/keys`
    const address = `localhost:${receiver.port}`
    const added = await ferry(['keys', 'add', 'robot-7', '--keys', keys, '--address', address])
    const line = /^join:\s+(\S+)/m.exec(added.out)?.[1] ?? ''
    fs.mkdirSync(`${folder}/data`)
    fs.writeFileSync(`${folder}/data/a`, 'hello')
    const init = await ferry(
      ['init', '--join', line, '--dir', `${folder}/etc`, '--root', `${folder}/data`].concat(
        '--state-dir',
        `${folder}/state`,
      ),
    )
    expect(init.err).toBe('')
    const config = `${folder}/etc/ferry.json`
    expect(fs.statSync(`${folder}/etc/key`).mode & 0o777).toBe(0o600)
    expect((await ferry(['check', '--config', config])).code).toBe(0)
    const text = fs.readFileSync(config, 'utf8')
    fs.writeFileSync(config, text.replace('{', '{ "file_last_modified_millis": 100,'))
    expect((await ferry(['run', '--config', config, '--once'])).code).toBe(0)
    expect(fs.readFileSync(`${store}/robot-7/files${folder}/data/a`, 'utf8')).toBe('hello')
    expect(fs.readdirSync(`${folder}/data`)).toEqual([])
  })

  test('a join line for another authority is refused before anything is written', async () => {
    const site = await makeSite(temporaryFolder('join'))
    const receiver = await startReceiver(site.store)
    const line = `ferry://a.b@localhost:${receiver.port}?ca=${'00'.repeat(32)}&device=x`
    const { code, err } = await ferry(['init', '--join', line, '--dir', `${site.folder}/etc`])
    expect(code).toBe(1)
    expect(err).toContain('certificate authority of the join line')
    expect(fs.readdirSync(`${site.folder}/etc`)).toEqual([])
  })

  test('secrets stay out of the keys file, the log and the arguments', async () => {
    const site = await makeSite(temporaryFolder('secret'))
    const secret = fs.readFileSync(`${site.folder}/key`, 'utf8').split('.')[1] ?? ''
    expect(fs.readFileSync(`${site.store}/.ferry/keys`, 'utf8')).not.toContain(secret)
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port)
    fs.writeFileSync(`${site.board}/a`, 'x')
    const ran = await once(site, '--log-level', 'trace')
    expect(ran.code).toBe(0)
    expect(ran.err).not.toContain(secret)
    expect(receiver.log.text()).not.toContain(secret)
  })

  test('a public address is not listened on without TLS and keys', async () => {
    const site = await makeSite(temporaryFolder('public'))
    for (const flag of ['--plaintext', '--no-keys']) {
      const args = ['receive', '--store', site.store, '--listen', '0.0.0.0:0', flag]
      const { code, err } = await ferry(args)
      expect(code).toBe(78)
      expect(err).toContain('is not loopback')
    }
  })

  test('a second receiver on one store, and a folder that is no store, are refused', async () => {
    const site = await makeSite(temporaryFolder('lock'))
    await startReceiver(site.store)
    const args = ['receive', '--listen', '127.0.0.1:0', '--store']
    const second = await ferry([...args, site.store])
    expect(second.code).toBe(78)
    expect(second.err).toContain('in use by another receiver')
    const other = await ferry([...args, site.folder, '--plaintext', '--no-keys'])
    expect(other.code).toBe(78)
    expect(other.err).toContain('ferry-store.json')
  })

  test('a store in memory is refused unless it is asked for', async () => {
    if (fs.statfsSync('/dev/shm').type !== 0x01021994) return
    const store = fs.mkdtempSync('/dev/shm/ferry-')
    try {
      await ferry(['receive', '--init', store])
      const { code, err } = await ferry(['receive', '--store', store, '--listen', '127.0.0.1:0'])
      expect(code).toBe(78)
      expect(err).toContain('in memory')
    } finally {
      fs.rmSync(store, { recursive: true })
    }
  })
})
