/** The sysv script under real shells and both start-stop-daemons. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { configure, eventually, makeSite } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const INIT = resolve('packaging/init')
const EXECUTABLE = resolve(`dist/ferry-linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}`)
const isRoot = process.getuid?.() === 0
const busybox = Bun.which('busybox')
const hasDaemon = Bun.which('start-stop-daemon') !== null
const missing = [isRoot ? '' : 'root', busybox ? '' : 'busybox', hasDaemon ? '' : 'dpkg']
  .filter((what) => what !== '')
  .join(', ')
if (missing !== '') console.log(`SKIPPED init scripts: they need ${missing}`)

interface Shell {
  readonly shell: readonly string[]
  /** Applets stand before the programs of the system. */
  readonly applets: readonly string[]
}
const BUSYBOX = 'start-stop-daemon sh readlink id logger mkfifo tr grep mv'.split(' ')
const SHELLS: [string, Shell][] = [
  ['sh', { shell: ['/bin/sh'], applets: [] }],
  ['busybox ash', { shell: ['busybox', 'ash'], applets: BUSYBOX }],
]

/** A script with its own executable, pid file and user. */
async function service(shell: Shell, user = 'root', parent = temporaryFolder('sysv')) {
  const site = await makeSite(parent)
  configure(site, 1)
  const folder = `${parent}/service`
  fs.mkdirSync(`${folder}/bin`, { recursive: true })
  for (const name of shell.applets) fs.symlinkSync(busybox ?? '', `${folder}/bin/${name}`)
  // A second of the script is a third of one here.
  const sleep = `#!/bin/sh\n[ $1 = 1 ] && set -- 0.3 || set -- 1.2\nexec ${Bun.which('sleep')} $1\n`
  fs.writeFileSync(`${folder}/bin/sleep`, sleep, { mode: 0o755 })
  fs.copyFileSync(EXECUTABLE, `${folder}/ferry`)
  const pidFile = `${folder}/pid`
  const settings = [
    `PATH=${folder}/bin:$PATH`,
    `FERRY_PROGRAM=${folder}/ferry FERRY_USER=${user}`,
    `FERRY_PIDFILE=${pidFile} FERRY_OPTIONS='--config ${site.config}'`,
  ]
  fs.writeFileSync(`${folder}/defaults`, settings.join('\n'))
  const env = { ...process.env, FERRY_DEFAULTS: `${folder}/defaults` }
  return {
    folder,
    pidFile,
    site,
    pid: () => Number(fs.readFileSync(pidFile, 'utf8')),
    keeper: () => Number(fs.readFileSync(`${pidFile}.keeper`, 'utf8')),
    run: (word: string) =>
      Bun.spawnSync([...shell.shell, `${INIT}/ferry-agent.sysv`, word], { env }).exitCode,
  }
}

/** '' where it is gone. */
function stateOf(pid: number): string {
  const path = `/proc/${pid}/status`
  if (!fs.existsSync(path)) return ''
  return /^State:\t(.)/m.exec(fs.readFileSync(path, 'utf8'))?.[1] ?? ''
}

describe.skipIf(missing !== '').each(SHELLS)('the sysv script under %s', (_, shell) => {
  test('starts, tells, reloads, restarts and stops, with the codes of LSB', async () => {
    const { run, pid, pidFile, folder } = await service(shell)
    expect([run('status'), run('stop'), run('reload'), run('nonsense')]).toEqual([3, 0, 7, 2])
    expect(run('start')).toBe(0)
    const first = pid()
    expect(fs.readlinkSync(`/proc/${first}/exe`)).toBe(`${folder}/ferry`)
    expect(fs.readFileSync(`/proc/${first}/cmdline`, 'utf8')).toContain('\0run\0--config\0')
    expect([run('status'), run('start'), run('reload')]).toEqual([0, 0, 0])
    expect(pid()).toBe(first)
    // An upgrade replaces the executable under the running process.
    fs.copyFileSync(EXECUTABLE, `${folder}/new`)
    fs.renameSync(`${folder}/new`, `${folder}/ferry`)
    expect(run('status')).toBe(0)
    expect(run('restart')).toBe(0)
    expect(pid()).not.toBe(first)
    // Ended; its parent may not have noticed yet.
    expect(stateOf(first)).toMatch(/^[ZX]?$/)
    expect(run('stop')).toBe(0)
    expect(fs.existsSync(pidFile)).toBe(false)
    expect([run('status'), run('try-restart')]).toEqual([3, 0])
  })

  test('a pid file whose number another program has is stale, and that program lives', async () => {
    const { run, pid, pidFile } = await service(shell)
    const other = Bun.spawn(['sleep', '60'])
    fs.writeFileSync(pidFile, `${other.pid}\n`)
    expect([run('status'), run('reload')]).toEqual([1, 7])
    expect(run('start')).toBe(0)
    expect(pid()).not.toBe(other.pid)
    expect(run('stop')).toBe(0)
    fs.writeFileSync(pidFile, `${other.pid}\n`)
    expect(run('stop')).toBe(0)
    expect(other.exitCode).toBeNull()
    other.kill()
    for (const text of ['', 'junk\n', '4194305\n']) {
      fs.writeFileSync(pidFile, text)
      expect(run('status')).toBe(1)
    }
  })

  test('a wrong configuration and a missing executable fail at the start', async () => {
    const { run, site, folder } = await service(shell)
    fs.writeFileSync(site.config, '{')
    expect(run('start')).toBe(1)
    // Nobody has to start it once the configuration is mended.
    configure(site, 1)
    await eventually(
      () => run('status'),
      (code) => code === 0,
    )
    expect(run('stop')).toBe(0)
    fs.rmSync(`${folder}/ferry`)
    expect(run('start')).toBe(5)
  })

  test('settings that are put right serve the keeper that runs already', async () => {
    const { run, pid, folder } = await service(shell)
    const settings = `${folder}/defaults`
    const right = fs.readFileSync(settings, 'utf8')
    fs.writeFileSync(settings, right.replace('--config', '--konfig'))
    expect(run('start')).toBe(1)
    // Cut off while it is written: the keeper lives through it.
    fs.writeFileSync(settings, right.slice(0, -3))
    await Bun.sleep(2500)
    fs.writeFileSync(settings, right)
    // One that is about to end may be seen as well.
    await eventually(
      () => Bun.spawnSync(['cat', `/proc/${pid()}/cmdline`]).stdout.toString(),
      (words) => words.includes('\0--config\0'),
    )
    expect(run('stop')).toBe(0)
  })

  test('a start takes the place of a keeper that only waits', async () => {
    const { run, pid, keeper, folder } = await service(shell)
    const settings = `${folder}/defaults`
    const right = fs.readFileSync(settings, 'utf8')
    fs.writeFileSync(settings, right.replace('--config', '--konfig'))
    expect(run('start')).toBe(1)
    const before = keeper()
    // Between two that end: one that runs, if only for a moment, counts as started.
    await eventually(
      () => run('status') === 1 && /^[ZX]?$/.test(stateOf(pid())),
      (isBetween) => isBetween,
    )
    fs.writeFileSync(settings, right)
    expect(run('start')).toBe(0)
    expect(keeper()).not.toBe(before)
    // Ended; its parent may not have noticed yet.
    expect(stateOf(before)).toMatch(/^[ZX]?$/)
    expect(run('stop')).toBe(0)
  })

  test('killed, it comes back by itself each time, and stopped, it does not', async () => {
    const { run, pid, pidFile } = await service(shell)
    expect(run('start')).toBe(0)
    for (let kills = 0; kills < 2; kills++) {
      const before = pid()
      process.kill(before, 'SIGKILL')
      await eventually(
        () => run('status') === 0 && pid(),
        (now) => now !== false && now !== before,
      )
    }
    // A signal ends a process that has only begun; this one has time to be ready for it.
    await Bun.sleep(1500)
    expect(run('reload')).toBe(0)
    const last = pid()
    process.kill(last, 'SIGKILL')
    await eventually(
      () => stateOf(last),
      (state) => state === '',
    )
    // Between two of them.
    expect([run('status'), run('stop')]).toEqual([1, 0])
    await Bun.sleep(2000)
    expect([run('status'), fs.existsSync(pidFile)]).toEqual([3, false])
  })

  test('without its keeper it is stopped as well, and started anew with one', async () => {
    const { run, pid, keeper } = await service(shell)
    expect(run('start')).toBe(0)
    const orphan = pid()
    const lost = keeper()
    process.kill(lost, 'SIGKILL')
    await eventually(
      () => stateOf(lost),
      (state) => /^[ZX]?$/.test(state),
    )
    expect([run('status'), pid()]).toEqual([0, orphan])
    expect(run('start')).toBe(0)
    expect(stateOf(orphan)).toMatch(/^[ZX]?$/)
    process.kill(keeper(), 'SIGKILL')
    const second = pid()
    expect(run('stop')).toBe(0)
    expect(stateOf(second)).toMatch(/^[ZX]?$/)
    expect(run('status')).toBe(3)
  })

  test('without the setpriv of util-linux it runs as its user, without capabilities', async () => {
    const parent = fs.mkdtempSync('/var/tmp/ferry-sysv-')
    const { run, pid, folder } = await service(shell, 'nobody', parent)
    fs.writeFileSync(`${folder}/bin/setpriv`, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    Bun.spawnSync(['chown', '-R', 'nobody', parent])
    expect(run('start')).toBe(0)
    const text = fs.readFileSync(`/proc/${pid()}/status`, 'utf8')
    expect(text).toMatch(/^Uid:\t65534\t/m)
    expect(text).toContain('CapEff:\t0000000000000000')
    expect(run('stop')).toBe(0)
    fs.rmSync(parent, { recursive: true })
  })
})

test.skipIf(missing !== '')('as another user it keeps CAP_LEASE and nothing else', async () => {
  // Where other users reach it.
  const parent = fs.mkdtempSync('/var/tmp/ferry-sysv-')
  const { run, pid } = await service(SHELLS[0]![1], 'nobody', parent)
  Bun.spawnSync(['chown', '-R', 'nobody', parent])
  expect(run('start')).toBe(0)
  const status = `/proc/${pid()}/status`
  const text = fs.readFileSync(status, 'utf8')
  expect(text).toMatch(/^Uid:\t65534\t/m)
  for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
    expect(text).toContain(`${set}:\t0000000010000000`)
  }
  expect(run('stop')).toBe(0)
  fs.rmSync(parent, { recursive: true })
})
