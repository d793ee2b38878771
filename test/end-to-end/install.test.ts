/** `ferry install` and `ferry uninstall` on an image, with the compiled executable. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { ferry, readTree } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.log('SKIPPED install: it needs root')

const INITS = ['systemd', 'sysv', 'openrc', 'procd']
const CONFIG = {
  device: 'r',
  destination: { url: 'grpc://127.0.0.1:7443' },
  additional_sync_paths: ['/data/logs', '/data/b c'],
}

function image(): string {
  const prefix = temporaryFolder('image')
  for (const folder of ['etc/ferry', 'etc/rc2.d', 'data/logs/day']) {
    fs.mkdirSync(`${prefix}/${folder}`, { recursive: true })
  }
  fs.writeFileSync(`${prefix}/etc/passwd`, 'root:x:0:0::/root:/bin/sh\nx:x:999:999::/:/x')
  fs.writeFileSync(`${prefix}/etc/group`, 'root:x:0:\n')
  fs.writeFileSync(`${prefix}/etc/shadow`, 'root:*:::::::\n', { mode: 0o640 })
  fs.writeFileSync(`${prefix}/etc/ferry/ferry.json`, JSON.stringify(CONFIG))
  fs.writeFileSync(`${prefix}/data/logs/day/a`, 'unsent')
  return prefix
}

/** Everything that stands there, with mode, owner and content; links by where they lead. */
function everything(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true }) as string[]
  return Object.fromEntries(
    names.map((name) => {
      const stat = fs.lstatSync(`${folder}/${name}`)
      const content = stat.isSymbolicLink()
        ? fs.readlinkSync(`${folder}/${name}`)
        : stat.isFile()
          ? Bun.hash(fs.readFileSync(`${folder}/${name}`))
          : ''
      return [name, `${stat.mode} ${stat.uid} ${stat.mtimeMs} ${content}`]
    }),
  )
}

test.skipIf(!isRoot).each(INITS)(
  'with %s: dry, once, again, over an older one, and off',
  async (init) => {
    const prefix = image()
    const args = ['--init', init, '--prefix', prefix]
    const untouched = everything(prefix)
    const dry = await ferry(['install', ...args, '--user', 'ferry', '--dry-run'])
    expect(dry.code).toBe(0)
    expect(dry.out).toContain('would  /usr/local/bin/ferry')
    expect(everything(prefix)).toEqual(untouched)

    const first = await ferry(['install', ...args, '--user', 'ferry'])
    expect(first.err).toBe('')
    expect(first.code).toBe(0)
    const installed = everything(prefix)
    expect(fs.statSync(`${prefix}/usr/local/bin/ferry`).mode & 0o777).toBe(0o755)
    expect(fs.readFileSync(`${prefix}/etc/passwd`, 'utf8')).toContain('\nferry:x:998:998:')
    const state = fs.statSync(`${prefix}/var/lib/ferry`)
    expect([state.uid, state.mode & 0o777]).toEqual([998, 0o700])
    for (const folder of ['usr', 'usr/local/bin', 'var/lib', 'etc/ferry']) {
      expect(fs.statSync(`${prefix}/${folder}`).mode & 0o777).toBe(0o755)
    }
    // What was there keeps its owner, what was made is the user's.
    expect(fs.statSync(`${prefix}/data/logs`).uid).toBe(0)
    expect(fs.statSync(`${prefix}/data/b c`).uid).toBe(998)

    const second = await ferry(['install', ...args])
    expect(second.out).not.toContain('made')
    expect(everything(prefix)).toEqual(installed)

    fs.appendFileSync(`${prefix}/usr/local/bin/ferry`, 'older')
    const { ino } = fs.statSync(`${prefix}/usr/local/bin/ferry`)
    const third = await ferry(['install', ...args])
    expect(third.out.match(/^made/gm)).toHaveLength(1)
    expect(fs.statSync(`${prefix}/usr/local/bin/ferry`).ino).not.toBe(ino)

    fs.writeFileSync(`${prefix}/var/lib/ferry/journal`, 'j')
    expect((await ferry(['uninstall', ...args])).code).toBe(0)
    const left = Object.keys(everything(prefix)).filter((name) => /ferry/.test(name))
    expect(left.sort()).toEqual(
      ['etc/ferry', 'etc/ferry/ferry.json', 'var/lib/ferry', 'var/lib/ferry/journal'].sort(),
    )
    expect((await ferry(['uninstall', ...args])).out).toContain('is not installed')
  },
)

test.skipIf(!isRoot)('purging leaves every directory that may hold data', async () => {
  const prefix = image()
  const args = ['--init', 'systemd', '--prefix', prefix]
  await ferry(['install', ...args])
  fs.mkdirSync(`${prefix}/var/lib/ferry/.viam/capture`, { recursive: true })
  fs.writeFileSync(`${prefix}/var/lib/ferry/.viam/capture/x.capture`, 'unsent')
  fs.writeFileSync(`${prefix}/var/lib/ferry/journal`, 'j')
  const own = `${prefix}/etc/systemd/system/ferry-agent.service.d/mine.conf`
  fs.writeFileSync(own, '[Service]\n')
  const data = readTree(`${prefix}/data`)
  const { code, out } = await ferry(['uninstall', ...args, '--purge'])
  expect(code).toBe(0)
  expect(out).toContain('kept   /var/lib/ferry: something else is in it')
  expect([...readTree(`${prefix}/var/lib/ferry`).keys()]).toEqual(['.viam/capture/x.capture'])
  expect(fs.existsSync(`${prefix}/etc/ferry`)).toBe(false)
  expect(fs.existsSync(own)).toBe(true)
  expect(readTree(`${prefix}/data`)).toEqual(data)
})

test.skipIf(!isRoot)('the drop-in follows the configuration, the user stays', async () => {
  const prefix = image()
  const args = ['install', '--init', 'systemd', '--prefix', prefix]
  await ferry([...args, '--user', 'x'])
  const more = { ...CONFIG, additional_sync_paths: ['/data/new'] }
  fs.writeFileSync(`${prefix}/etc/ferry/ferry.json`, JSON.stringify(more))
  await ferry(args)
  const unit = `${prefix}/etc/systemd/system/ferry-agent.service`
  const text = fs.readFileSync(`${unit}.d/10-ferry.conf`, 'utf8')
  expect(text).toContain('User=x\nReadWritePaths="-/data/new"\n')
  expect(text).not.toContain('/data/logs')
  expect(fs.readFileSync(unit, 'utf8')).toContain('ExecStart=/usr/local/bin/ferry run')
})

test.skipIf(!isRoot)('without a configuration an example waits to be edited', async () => {
  const prefix = image()
  fs.rmSync(`${prefix}/etc/ferry`, { recursive: true })
  const args = ['install', '--init', 'systemd', '--prefix', prefix]
  const { code, out } = await ferry(args)
  expect(code).toBe(0)
  expect(fs.statSync(`${prefix}/etc/ferry`).mode & 0o777).toBe(0o755)
  expect(out).toContain('not enabled, not started: edit /etc/ferry/ferry.json')
  const links = `${prefix}/etc/systemd/system/multi-user.target.wants`
  expect(fs.existsSync(links)).toBe(false)
  expect(fs.existsSync(`${prefix}/data/capture`)).toBe(false)
})

test.skipIf(!isRoot)(
  'directories and a name given without a join line are in the example',
  async () => {
    const prefix = image()
    const config = `${prefix}/etc/ferry/ferry.json`
    fs.rmSync(config)
    const args = ['install', '--init', 'systemd', '--prefix', prefix]
    const wish = ['--root', '/data/logs', '--root', '/data/b c', '--device', 'arm-3']
    const { code, out } = await ferry([...args, ...wish])
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('not started: edit'),
    })
    const text = fs.readFileSync(config, 'utf8')
    expect(text).toContain('"additional_sync_paths": ["/data/logs","/data/b c"]')
    expect(text).toContain('"device": "arm-3"')
    // Edited but for the destination, it is not started either.
    fs.writeFileSync(config, text.replace('arm-3', 'arm-4'))
    const again = await ferry([...args, ...wish.slice(0, 4)])
    expect(again.out).toContain('not started: edit')
    expect(fs.readFileSync(config, 'utf8')).toContain('arm-4')
  },
)

test.skipIf(!isRoot)('a directory that an existing configuration lacks is refused', async () => {
  const prefix = image()
  const args = ['install', '--init', 'systemd', '--prefix', prefix]
  expect((await ferry([...args, '--root', '/data/logs'])).code).toBe(0)
  const before = everything(prefix)
  const { code, err } = await ferry([...args, '--root', '/data/logs', '--root', '/data/new'])
  expect({ code, after: everything(prefix) }).toEqual({ code: 2, after: before })
  expect(err).toContain('does not send from /data/new: add it to "additional_sync_paths"')
})

test.skipIf(!isRoot)(
  'the receiver gets a store of its own, never one that holds more',
  async () => {
    const prefix = image()
    const args = ['install', '--receiver', '--init', 'openrc', '--prefix', prefix]
    const wrong = await ferry([...args, '--store', '/data'])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('is not empty')
    expect((await ferry([...args, '--store', '/srv/f', '--listen', '0.0.0.0:1'])).code).toBe(0)
    expect(fs.statSync(`${prefix}/srv/f/.ferry/server.key`).uid).toBe(998)
    // Its user passes through what leads there; join lines name the port that it listens on.
    expect(fs.statSync(`${prefix}/srv`).mode & 0o777).toBe(0o755)
    expect(fs.readFileSync(`${prefix}/srv/f/.ferry/address`, 'utf8')).toEndWith(':1\n')
    expect(fs.readFileSync(`${prefix}/etc/conf.d/ferry-receiver`, 'utf8')).toContain(
      "FERRY_OPTIONS='--store /srv/f --listen 0.0.0.0:1'",
    )
    // Keys that root adds stay the receiver's.
    const keys = `${prefix}/srv/f/.ferry/keys`
    expect((await ferry(['keys', 'add', 'r', '--keys', keys, '--address', 'h:1'])).code).toBe(0)
    expect(fs.statSync(keys).uid).toBe(998)
  },
)

test.each([
  [['install', '--init', 'upstart', '--prefix', '/'], 2],
  [['install', '--prefix', '/nowhere'], 2],
])('ferry %p ends with %p', async (args, code) => {
  expect((await ferry(args)).code).toBe(code)
})
