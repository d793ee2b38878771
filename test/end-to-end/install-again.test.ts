/** `ferry install` over an installation: what it keeps, what it refuses, what it puts right. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { ferry, readTree } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.log('SKIPPED install over an installation: it needs root')

const LINE = 'ferry://ab.cd@files.example.com:7443?ca=&device=robot-9'
const OTHER = 'ferry://ab.ef@files.example.com:7443?ca=&device=robot-9'
const FORMS: [string, string][] = [
  ['systemd', 'etc/systemd/system/ferry-receiver.service.d/10-ferry.conf'],
  ['sysv', 'etc/default/ferry-receiver'],
  ['openrc', 'etc/conf.d/ferry-receiver'],
  ['procd', 'etc/default/ferry-receiver'],
]

function image(): string {
  const prefix = temporaryFolder('again')
  fs.mkdirSync(`${prefix}/etc/rc2.d`, { recursive: true })
  fs.writeFileSync(`${prefix}/etc/passwd`, 'root:x:0:0::/root:/bin/sh\n')
  fs.writeFileSync(`${prefix}/etc/group`, 'root:x:0:\n')
  return prefix
}

/** Installs the receiver or the agent of an image. */
const installer =
  (prefix: string, init: string, ...always: readonly string[]) =>
  (...args: readonly string[]) =>
    ferry(['install', '--init', init, '--prefix', prefix, ...always, ...args])

const contents = (prefix: string) =>
  Object.fromEntries([...readTree(prefix)].map(([name, text]) => [name, Bun.hash(text)]))

test.skipIf(!isRoot).each(FORMS)(
  'with %s a second run of the receiver keeps its store, its address and what was added',
  async (init, additions) => {
    const prefix = image()
    const install = installer(prefix, init, '--receiver')
    const where = ['--store', '/data/store', '--listen', '0.0.0.0:9443']
    const first = await install(...where, '--host', 'a.lan')
    expect(first.code).toBe(0)
    expect(first.out).toContain('made   the store /data/store\n')
    expect(first.out).toEndWith(
      `next   ferry keys add robot-1 --keys ${prefix}/data/store/.ferry/keys\n`,
    )
    // The service does that.
    expect(first.out).not.toContain('ferry receive --store')
    const before = contents(prefix)
    const second = await install()
    expect(second).toMatchObject({ code: 0, err: '' })
    expect(second.out).toContain('kept   --store /data/store --listen 0.0.0.0:9443\n')
    expect(contents(prefix)).toEqual(before)
    expect(fs.existsSync(`${prefix}/srv`)).toBe(false)

    const text = fs.readFileSync(`${prefix}/${additions}`, 'utf8')
    fs.writeFileSync(`${prefix}/${additions}`, text.replace(':9443', ':9443 --merge-every 6h'))
    expect((await install('--listen', '0.0.0.0:9444')).code).toBe(0)
    const wish = '--store /data/store --listen 0.0.0.0:9444 --merge-every 6h'
    expect(fs.readFileSync(`${prefix}/${additions}`, 'utf8')).toContain(wish)
    // Join lines name the port that is listened on.
    expect(fs.readFileSync(`${prefix}/data/store/.ferry/address`, 'utf8')).toBe('a.lan:9444\n')
  },
)

test.skipIf(!isRoot)('a known store that is not there is not made anew', async () => {
  const prefix = image()
  const install = installer(prefix, 'sysv', '--receiver')
  await install('--store', '/mnt/store', '--host', 'a.lan')
  fs.renameSync(`${prefix}/mnt/store`, `${prefix}/unmounted`)
  for (const args of [[], ['--store', '/mnt/store'], ['--dry-run']]) {
    const { code, err } = await install(...args)
    expect({ code, isThere: fs.existsSync(`${prefix}/mnt/store`) }).toEqual({
      code: 2,
      isThere: false,
    })
    expect(err).toContain('mount its disk')
  }
  expect((await install('--store', '/mnt/new')).code).toBe(0)
})

test.skipIf(!isRoot)(
  'names of the receiver are added to the certificate of its store',
  async () => {
    const prefix = image()
    const install = installer(prefix, 'systemd', '--receiver')
    await install('--host', 'a.lan')
    const own = `${prefix}/srv/ferry/.ferry`
    const [ca, key] = [fs.readFileSync(`${own}/ca.pem`), fs.readFileSync(`${own}/server.key`)]
    const before = contents(prefix)
    const dry = await install('--host', 'b.lan', '--dry-run')
    expect(dry.out).toContain('would  the certificate names b.lan')
    expect(contents(prefix)).toEqual(before)
    const added = await install('--host', 'b.lan')
    expect(added.out).toContain('made   the certificate names b.lan; boards trust it as before\n')
    expect(added.out).toContain('made   join lines name b.lan:7443\n')
    expect([fs.readFileSync(`${own}/ca.pem`), fs.readFileSync(`${own}/server.key`)]).toEqual([
      ca,
      key,
    ])
    // Root changed it, the receiver's user reads it.
    const stat = fs.statSync(`${own}/server.pem`)
    expect([stat.uid, stat.mode & 0o777]).toEqual([fs.statSync(own).uid, 0o600])
    expect(stat.uid).not.toBe(0)
    const after = contents(prefix)
    expect((await install('--host', 'b.lan')).out).not.toContain('made')
    expect(contents(prefix)).toEqual(after)
  },
)

test.skipIf(!isRoot).each([
  [['--listen', '0.0.0.0:70000'], 'a port up to 65535'],
  [['--listen', '0.0.0.0:0'], 'a port up to 65535'],
  [['--host', 'bad host'], '--host bad host: a host name or an address'],
  [['--join', LINE], '--join: of the agent, not --receiver'],
  [['--root', '/data', '--device', 'x'], '--root, --device: of the agent'],
])('the receiver is not installed with %p', async (args, why) => {
  const prefix = image()
  const before = contents(prefix)
  for (const dry of [['--dry-run'], []]) {
    const { code, err } = await installer(prefix, 'sysv', '--receiver')(...args, ...dry)
    expect({ code, after: contents(prefix) }).toEqual({ code: 2, after: before })
    expect(err).toContain(why)
  }
})

test.skipIf(!isRoot).each([
  [['--join', 'garbage'], '--join is the line'],
  [['--host', 'a.lan', '--store', '/x'], '--store, --host: only with --receiver'],
])('the agent is not installed with %p', async (args, why) => {
  const prefix = image()
  const before = contents(prefix)
  for (const dry of [['--dry-run'], []]) {
    const { code, err } = await installer(prefix, 'sysv')(...args, ...dry)
    expect({ code, after: contents(prefix) }).toEqual({ code: 2, after: before })
    expect(err).toContain(why)
  }
})

test.skipIf(!isRoot)('a join line takes the place of an untouched example', async () => {
  const prefix = image()
  const install = installer(prefix, 'systemd')
  const config = `${prefix}/etc/ferry/ferry.json`
  expect((await install('--dry-run')).out).toContain('not started: edit')
  expect((await install('--root', '/data/logs')).out).toContain('not started: edit')
  const example = fs.readFileSync(config, 'utf8')
  const dry = await install('--join', LINE, '--dry-run')
  expect(dry.out).toContain('would  /etc/ferry/ferry.json, in place of the example\n')
  expect(dry.out).not.toContain('not started')
  expect(fs.readFileSync(config, 'utf8')).toBe(example)
  const { code, out } = await install('--join', LINE)
  expect(code).toBe(0)
  // Its host is the one that the example names, and it is meant.
  expect(out).not.toContain('not started')
  const text = fs.readFileSync(config, 'utf8')
  expect(text).toContain('"url": "grpcs://files.example.com:7443"')
  expect(text).toContain('"robot-9"')
  expect(text).toContain('"/data/logs"')
  expect(fs.readFileSync(`${prefix}/etc/ferry/key`, 'utf8')).toBe('ab.cd\n')
  // Again: nothing is to be done, and nothing is refused.
  const before = contents(prefix)
  const again = await install('--join', LINE, '--device', 'robot-9', '--root', '/data/logs')
  expect(again.code).toBe(0)
  expect(again.out).not.toContain('made')
  expect(contents(prefix)).toEqual(before)
  const moved = await install('--join', LINE.replace('7443', '9443'))
  expect(moved.out).toContain('has another address than the join line, and stays\n')
  for (const [args, why] of [
    [['--join', OTHER], 'ferry init --key-only --join'],
    [['--device', 'robot-1'], 'names this board robot-9: change "device" there'],
  ] as const) {
    const refused = await install(...args)
    expect({ code: refused.code, after: contents(prefix) }).toEqual({ code: 2, after: before })
    expect(refused.err).toContain(why)
  }
})

test.skipIf(!isRoot).each(FORMS.map(([init]) => init).filter((init) => init !== 'procd'))(
  'with %s the directories that are sent say who it runs as, not those of an example',
  async (init) => {
    const prefix = image()
    fs.appendFileSync(`${prefix}/etc/passwd`, 'pi:x:977:977::/:/x\n')
    fs.mkdirSync(`${prefix}/data/own`, { recursive: true })
    fs.chownSync(`${prefix}/data/own`, 977, 977)
    const install = installer(prefix, init)
    expect((await install()).out).toContain('runs as ferry\n')
    const joined = await install('--join', LINE, '--root', '/data/own')
    expect(joined.out).toContain('runs as pi\n')
    expect((await install()).out).toContain('runs as pi\n')
    // Who was named stays.
    fs.rmSync(`${prefix}/etc/ferry`, { recursive: true })
    expect((await install('--user', 'root')).out).toContain('runs as root\n')
    const again = await install('--join', LINE, '--root', '/data/own')
    expect(again.out).toContain('runs as root\n')
  },
)

test.skipIf(!isRoot)('an example that somebody edited stays', async () => {
  const prefix = image()
  const install = installer(prefix, 'systemd')
  const config = `${prefix}/etc/ferry/ferry.json`
  await install('--device', 'arm-1')
  const edited = fs.readFileSync(config, 'utf8').replace('// "tags": []', '"tags": ["x"]')
  fs.writeFileSync(config, edited)
  const { code, err } = await install('--join', LINE)
  expect(code).toBe(2)
  expect(err).toContain('ferry init --key-only --join')
  expect(fs.readFileSync(config, 'utf8')).toBe(edited)
  // With the receiver's address it is an example no more.
  fs.writeFileSync(config, edited.replace('files.example.com', 'files.lan'))
  expect((await install()).out).not.toContain('not started')
})
