/** Signals, reload, pause, bandwidth. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  collectLog,
  configure,
  eventually,
  makeSite,
  runAgent,
  startReceiver,
  status,
  storedFiles,
  untilSaid,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops within 5 s in the middle of a file',
  async (signal) => {
    const site = await makeSite(temporaryFolder('stop'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { bandwidth: '4MiB/s' })
    fs.writeFileSync(`${site.board}/big`, Buffer.alloc(80 << 20, 'big'))
    const agent = runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 0,
    )
    const startMs = performance.now()
    agent.kill(signal)
    expect(await agent.exited).toBe(0)
    expect(performance.now() - startMs).toBeLessThan(5000)
    expect(fs.existsSync(`${site.board}/big`)).toBe(true)
  },
)

test('a second signal ends it at once', async () => {
  const site = await makeSite(temporaryFolder('stop'))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port)
  const agent = runAgent(site)
  await eventually(
    () => status(site),
    (one) => one?.running,
  )
  agent.kill('SIGTERM')
  agent.kill('SIGTERM')
  expect([0, 1]).toContain(await agent.exited)
})

test('SIGHUP reads the configuration again and loses no work; sync_disabled pauses', async () => {
  const site = await makeSite(temporaryFolder('reload'))
  const receiver = await startReceiver(site.store)
  const second = `${site.folder}/second`
  fs.mkdirSync(second)
  configure(site, receiver.port, { bandwidth: '8MiB/s' })
  fs.writeFileSync(`${site.board}/big`, Buffer.alloc(40 << 20, 'big'))
  fs.writeFileSync(`${second}/b`, 'second')
  const agent = runAgent(site)
  const log = collectLog(agent)
  await eventually(
    () => status(site),
    (one) => one?.uploading[0]?.committed > 8 << 20,
  )

  configure(site, receiver.port, { sync_disabled: true })
  agent.kill('SIGHUP')
  await eventually(
    () => status(site),
    (one) => one?.paused === true && one.files.in_flight === 0,
  )
  const paused = receiver.log.lines.length
  await Bun.sleep(500)
  expect(receiver.log.lines.length).toBe(paused)
  expect(fs.existsSync(`${site.board}/big`)).toBe(true)

  configure(site, receiver.port, { additional_sync_paths: [site.board, second] })
  agent.kill('SIGHUP')
  await eventually(
    () => status(site),
    (one) => one?.totals.deleted === 2,
  )
  expect(fs.readdirSync(second)).toEqual([])
  const resumed = receiver.log.lines.filter((line) => line.includes('"resumed"'))
  expect(resumed.length).toBeGreaterThan(0)

  fs.writeFileSync(site.config, '{ "broken"')
  agent.kill('SIGHUP')
  await untilSaid(log, 'the new configuration is not used')
  fs.writeFileSync(`${second}/c`, 'third')
  await eventually(
    () => fs.readdirSync(second),
    (names) => names.length === 0,
  )
})

test('the bandwidth is held within 5 % over ten seconds', async () => {
  const site = await makeSite(temporaryFolder('bandwidth'))
  const receiver = await startReceiver(site.store)
  const rate = 2 << 20
  configure(site, receiver.port, { bandwidth: '2MiB/s' })
  fs.writeFileSync(`${site.board}/big`, Buffer.alloc(64 << 20, 'big'))
  const agent = runAgent(site)
  await eventually(
    async () => (await status(site))?.connection?.sent_bytes ?? 0,
    (n) => n > 0,
  )
  const at = async () => ({
    bytes: (await status(site)).connection.sent_bytes as number,
    ms: performance.now(),
  })
  await Bun.sleep(500)
  const start = await at()
  await Bun.sleep(10_000)
  const end = await at()
  agent.kill('SIGKILL')
  const measured = (end.bytes - start.bytes) / ((end.ms - start.ms) / 1000)
  console.log(`TABLE bandwidth: asked ${rate} B/s, measured ${measured.toFixed(0)} B/s`)
  expect(Math.abs(measured / rate - 1)).toBeLessThan(0.05 + (256 * 1024) / (rate * 10))
  expect(storedFiles(site).size).toBe(0)
})
