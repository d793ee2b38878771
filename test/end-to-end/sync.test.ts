/** `ferry sync`, `pause` and `resume`, with an agent and without one, across restarts. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  collectLog,
  configure,
  eventually,
  ferry,
  makeSite,
  runAgent,
  type Site,
  startReceiver,
  status,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { startViamServer } from '../fakes/viam-server.ts'

const command = (site: Site, ...args: string[]) => ferry([...args, '--config', site.config])
const pauseFile = ({ folder }: Site) => `${folder}/state/pause.json`
const running = (site: Site) =>
  eventually(
    () => status(site),
    (one) => one?.running === true,
  )

async function makeRunning(name: string, settings: Record<string, unknown> = {}) {
  const site = await makeSite(temporaryFolder(name))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port, settings)
  const agent = runAgent(site)
  const log = collectLog(agent)
  await running(site)
  return { site, receiver, agent, log }
}

/** As long as several looks, after which nothing may have left. */
async function expectStays(site: Site, names: readonly string[]): Promise<void> {
  await Bun.sleep(1000)
  expect(fs.readdirSync(site.board).sort()).toEqual([...names])
}

describe('ferry sync', () => {
  test('A30 B8 sends everything although sync is disabled, and the schedule stays off', async () => {
    const { site } = await makeRunning('sync', { sync_disabled: true })
    for (const name of ['a', 'b']) fs.writeFileSync(`${site.board}/${name}`, name)
    await expectStays(site, ['a', 'b'])
    expect((await status(site)).paused_because).toBe('sync_disabled is true')
    const ran = await command(site, 'sync', '--wait')
    expect(ran).toMatchObject({ code: 0, err: '' })
    expect(fs.readdirSync(site.board)).toEqual([])
    expect(storedFiles(site).size).toBe(2)
    fs.writeFileSync(`${site.board}/c`, 'c')
    await expectStays(site, ['c'])
    expect(await command(site, 'sync')).toMatchObject({ code: 0, out: '1 files are handed over\n' })
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
    expect((await command(site, 'sync')).out).toBe('nothing is left to send\n')
  })

  test('A23 B12 fails at once with the cause where the destination cannot be reached', async () => {
    const { site, receiver } = await makeRunning('sync', { sync_disabled: true })
    await receiver.stop()
    fs.writeFileSync(`${site.board}/a`, 'a')
    const startMs = performance.now()
    for (const args of [['sync'], ['sync', '--wait']]) {
      const ran = await command(site, ...args)
      expect(ran.code).toBe(1)
      expect(ran.err).toContain('ECONNREFUSED')
    }
    expect(performance.now() - startMs).toBeLessThan(10_000)
    expect(fs.readFileSync(`${site.board}/a`, 'utf8')).toBe('a')
    expect((await status(site)).paused).toBe(true)
  })

  test('--wait gives up in time, says so, and what was begun goes on', async () => {
    const settings = { sync_disabled: true, bandwidth: '1MiB/s' }
    const { site } = await makeRunning('sync', settings)
    fs.writeFileSync(`${site.board}/big`, Buffer.alloc(3 << 20, 'x'))
    const ran = await command(site, 'sync', '--wait', '--timeout', '1500ms')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('not everything')
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
  })

  test('--wait ends with the causes once what is left can only wait', async () => {
    const server = await startViamServer({ fault: () => ({ when: 'before', code: 13 }) })
    const site = await makeSite(temporaryFolder('causes'))
    configure(site, server.port, { sync_disabled: true })
    const document = JSON.parse(fs.readFileSync(site.config, 'utf8'))
    document.destination = { url: `grpc://127.0.0.1:${server.port}`, protocol: 'viam' }
    fs.writeFileSync(site.config, JSON.stringify(document))
    runAgent(site)
    await running(site)
    fs.writeFileSync(`${site.board}/a`, 'a')
    const ran = await command(site, 'sync', '--wait', '--timeout', '30s')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('not everything is gone (1 file: the receiver')
    expect((await status(site)).paused_because).toBe('sync_disabled is true')
    const second = command(site, 'sync', '--wait', '--timeout', '30s')
    await command(site, 'pause')
    await second
    const third = command(site, 'sync', '--wait', '--timeout', '30s')
    await Bun.sleep(1500)
    await command(site, 'pause')
    const pausedMs = performance.now()
    expect((await third).code).toBe(1)
    // By itself it waits for five seconds.
    expect(performance.now() - pausedMs).toBeLessThan(3000)
    server.stop()
  })

  test('without an agent it says so, and what sends without one', async () => {
    const site = await makeSite(temporaryFolder('sync'))
    configure(site, 1)
    const ran = await command(site, 'sync')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('ferry run starts one, with --once')
    expect((await command(site, 'sync', '--timeout', 'soon')).code).toBe(2)
  })
})

describe('ferry pause and resume', () => {
  test('nothing new is sent or deleted, and all of it goes on at once', async () => {
    const { site, log } = await makeRunning('pause', { sync_interval_mins: 60 })
    expect((await command(site, 'pause')).out).toContain('until ferry resume')
    expect(fs.statSync(pauseFile(site)).mode & 0o777).toBe(0o600)
    fs.writeFileSync(`${site.board}/a`, 'a')
    await expectStays(site, ['a'])
    const paused = await status(site)
    expect(paused).toMatchObject({ paused: true, paused_because: 'paused by ferry pause' })
    expect(paused.pause_left_ms).toBeNull()
    expect((await command(site, 'resume')).code).toBe(0)
    // Its interval is an hour: only the bells can have woken the loops.
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
      5000,
    )
    expect(fs.existsSync(pauseFile(site))).toBe(false)
    expect(await status(site)).toMatchObject({ paused: false, paused_because: '' })
    expect(log.text()).toContain('the schedule goes on')
  })

  test('what is under way ends, and is not deleted before the pause is over', async () => {
    const { site } = await makeRunning('pause', { bandwidth: '2MiB/s' })
    fs.writeFileSync(`${site.board}/big`, Buffer.alloc(4 << 20, 'x'))
    await eventually(
      () => status(site),
      (one) => one?.files.in_flight === 1,
    )
    await command(site, 'pause')
    await eventually(
      () => status(site),
      (one) => one?.totals.acknowledged === 1,
    )
    await expectStays(site, ['big'])
    await command(site, 'resume')
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
  })

  test('a pause ends by itself, and survives a restart with the time that was left', async () => {
    const { site, agent } = await makeRunning('pause')
    expect((await command(site, 'pause', '--for', '1h')).out).toBe('paused for 1 h\n')
    await Bun.sleep(300)
    agent.kill('SIGTERM')
    await agent.exited
    const { remaining_ms: left } = JSON.parse(fs.readFileSync(pauseFile(site), 'utf8'))
    expect(left).toBeWithin(3_590_000, 3_600_000)
    expect((await status(site)).pause_left_ms).toBe(left)
    const text = (await command(site, 'status')).out
    expect(text).toContain('paused by ferry pause, 60.0 min left')
    fs.writeFileSync(pauseFile(site), '{"remaining_ms": 2500}')
    fs.writeFileSync(`${site.board}/a`, 'a')
    const startMs = performance.now()
    runAgent(site)
    await running(site)
    await expectStays(site, ['a'])
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
    expect(performance.now() - startMs).toBeGreaterThan(2400)
    await eventually(
      () => fs.existsSync(pauseFile(site)),
      (stands) => !stands,
    )
  })

  test('without an agent it is kept for the next one, and can be taken back', async () => {
    const site = await makeSite(temporaryFolder('pause'))
    configure(site, 1)
    expect((await command(site, 'pause', '--for', '90s')).out).toContain('no agent runs')
    expect(JSON.parse(fs.readFileSync(pauseFile(site), 'utf8'))).toEqual({ remaining_ms: 90_000 })
    expect((await command(site, 'resume')).code).toBe(0)
    expect(fs.existsSync(pauseFile(site))).toBe(false)
    expect((await command(site, 'pause', '--for', 'ever')).code).toBe(2)
  })

  test('sync works during a pause, which stays', async () => {
    const { site } = await makeRunning('pause')
    await command(site, 'pause')
    fs.writeFileSync(`${site.board}/a`, 'a')
    expect((await command(site, 'sync', '--wait')).code).toBe(0)
    expect(fs.readdirSync(site.board)).toEqual([])
    expect((await status(site)).paused).toBe(true)
  })
})
