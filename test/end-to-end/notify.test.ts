/** What the executable tells a service manager: a real datagram socket stands for it. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { openDatagrams } from '../fakes/datagrams.ts'
import { configure, eventually, ferry, makeSite, sleep, spawnFerry } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

/** Unix socket names are short; this one is below /tmp for that. */
function manager(abstract = false) {
  const name = abstract ? `@ferry-${process.pid}-${Bun.nanoseconds()}` : fs.mkdtempSync('/tmp/fn-')
  const address = abstract ? name : `${name}/s`
  const datagrams = openDatagrams(address)
  return {
    address,
    read: datagrams.read,
    close() {
      datagrams.close()
      if (!abstract) fs.rmSync(name, { recursive: true })
    },
  }
}

const WATCHDOG_USEC = '900000'

test('the agent is ready, pings, reloads and stops in words that a manager knows', async () => {
  const site = await makeSite(temporaryFolder('notify'))
  configure(site, 1)
  const { address, read, close } = manager()
  const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC }
  const child = spawnFerry(['run', '--config', site.config], { env })
  await eventually(() => read().includes('READY=1'), Boolean)
  expect(read()[0]).toBe('WATCHDOG=1')
  await eventually(
    () => read().some((text) => /^STATUS=0 files to go \(.*\), to grpcs:\/\/.*:1$/.test(text)),
    Boolean,
  )
  const before = read().filter((text) => text === 'WATCHDOG=1').length
  await sleep(1_500)
  const pings = read().filter((text) => text === 'WATCHDOG=1').length - before
  expect(pings).toBeGreaterThanOrEqual(4)
  expect(pings).toBeLessThanOrEqual(6)
  // A reload that changes nothing, one that cannot be used, and one that starts the agent anew.
  for (const settings of [{}, { sync_interval_mins: -1 }, { tags: ['new'] }]) {
    configure(site, 1, settings)
    const at = read().length
    child.kill('SIGHUP')
    await eventually(() => read().slice(at).includes('READY=1'), Boolean)
    const words = read()
      .slice(at)
      .filter((text) => text !== 'WATCHDOG=1' && !text.startsWith('STATUS='))
    expect(words).toEqual(['RELOADING=1', 'READY=1'])
  }
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  expect(read().some((text) => text.startsWith('STOPPING=1'))).toBe(true)
  close()
})

test('a watchdog for another process is left alone, and so is a manager that is gone', async () => {
  const site = await makeSite(temporaryFolder('notify'))
  configure(site, 1)
  const { address, read, close } = manager(true)
  const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC, WATCHDOG_PID: '1' }
  const child = spawnFerry(['run', '--config', site.config], { env })
  await eventually(() => read().includes('READY=1'), Boolean)
  await sleep(600)
  expect(read()).not.toContain('WATCHDOG=1')
  close()
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  const other = { NOTIFY_SOCKET: '/nowhere/at/all', WATCHDOG_USEC }
  expect((await ferry(['run', '--once', '--config', site.config], { env: other })).code).toBe(0)
})

test('a hung agent stops pinging', async () => {
  const site = await makeSite(temporaryFolder('notify'))
  configure(site, 1)
  const { address, read, close } = manager()
  const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC }
  const child = spawnFerry(['run', '--config', site.config], { env })
  await eventually(() => read().includes('READY=1'), Boolean)
  child.kill('SIGSTOP')
  await sleep(100)
  const before = read().length
  await sleep(1_000)
  expect(read().length).toBe(before)
  child.kill('SIGKILL')
  close()
})

test('the receiver is ready once it listens, and says where', async () => {
  const { store } = await makeSite(temporaryFolder('notify'))
  const { address, read, close } = manager()
  const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC }
  const child = spawnFerry(['receive', '--store', store, '--listen', '127.0.0.1:0'], { env })
  await eventually(() => read().includes('READY=1'), Boolean)
  expect(read().some((text) => /^STATUS=listening on grpcs:\/\/127/.test(text))).toBe(true)
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  expect(read().some((text) => text.startsWith('STOPPING=1'))).toBe(true)
  close()
})
