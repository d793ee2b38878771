/** A sync by hand beside the schedule, with a receiver, without one, and one that says nothing. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  contentsOf,
  filesIn,
  gone,
  startAgent,
  storedCaptures,
  writeCaptures,
} from '../fakes/agent.ts'
import { cameraMetadata, captureFile } from '../fakes/capture-file.ts'
import {
  configure,
  eventually,
  makeSite,
  readTree,
  type Site,
  startReceiver,
} from '../fakes/ferry.ts'
import { startProxy } from '../fakes/proxy.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const SEVERAL_LOOKS_MS = 400

interface Setup {
  readonly site: Site
  readonly receiver: Awaited<ReturnType<typeof startReceiver>>
  readonly set: (settings?: Record<string, unknown>, port?: number) => void
}

/** A board whose capture directory is what it sends from. */
async function setUp(): Promise<Setup> {
  const site = await makeSite(temporaryFolder('manual'))
  const receiver = await startReceiver(site.store)
  const set = (settings: Record<string, unknown> = {}, port = receiver.port) =>
    configure(site, port, {
      capture_dir: site.board,
      additional_sync_paths: [],
      sync_interval_mins: 0.0008,
      ...settings,
    })
  return { site, receiver, set }
}

describe.each(['tabular', 'binary'] as const)('%s', (kind) => {
  test(`${kind === 'tabular' ? 'A15 B8 B14' : 'A16 B9 B15'} by hand alone: all of it once, twice asked`, async () => {
    const { site, set } = await setUp()
    set({ sync_disabled: true })
    const sent = contentsOf(kind, writeCaptures(site.board, kind, 5))
    const agent = startAgent(site)
    await Bun.sleep(SEVERAL_LOOKS_MS)
    expect(storedCaptures(site).length).toBe(0)
    const handed = await Promise.all([agent.sync(), agent.sync()])
    for (const { settled } of handed) expect(await settled).toBe(true)
    expect(filesIn(site.board)).toEqual([])
    expect(storedCaptures(site)).toEqual(sent.sort())
    await agent.stop()
  })

  test('A17 A31 by hand and by schedule at once: every file exactly once', async () => {
    const { site, set } = await setUp()
    set()
    const sent = contentsOf(kind, writeCaptures(site.board, kind, 9))
    const agent = startAgent(site)
    await agent.sync()
    await gone(site.board)
    expect(storedCaptures(site)).toEqual(sent.sort())
    await agent.stop()
  })

  test(`${kind === 'tabular' ? 'A21' : 'A22'} A23 B12 B13 no receiver: nothing sent, sync fails at once`, async () => {
    const { site, receiver, set } = await setUp()
    await receiver.stop()
    set()
    const before = readTree(site.board)
    writeCaptures(site.board, kind, 3)
    const captured = readTree(site.board)
    const agent = startAgent(site)
    await Bun.sleep(SEVERAL_LOOKS_MS)
    const startMs = performance.now()
    await expect(agent.sync()).rejects.toThrow('ECONNREFUSED')
    await agent.sync().catch(() => {})
    // Each takes one try to connect, and the wait before it.
    expect(performance.now() - startMs).toBeLessThan(6000)
    await agent.stop()
    expect(readTree(site.board)).toEqual(captured)
    expect(before.size).toBe(0)
    expect(storedCaptures(site).length).toBe(0)
  })

  test(`${kind === 'tabular' ? 'A25' : 'A26'} A27 a receiver that says nothing: all of it once it speaks`, async () => {
    const { site, receiver, set } = await setUp()
    const proxy = await startProxy(receiver.port)
    proxy.faults.blackHole = true
    set({ silence_timeout: '1s' }, proxy.port)
    const sent = contentsOf(kind, writeCaptures(site.board, kind, 3))
    const captured = readTree(site.board)
    const agent = startAgent(site)
    await Bun.sleep(SEVERAL_LOOKS_MS)
    expect(readTree(site.board)).toEqual(captured)
    expect(storedCaptures(site).length).toBe(0)
    proxy.faults.blackHole = false
    proxy.cut()
    const { settled } = await agent.sync().catch(() => agent.sync())
    expect(await settled).toBe(true)
    expect(storedCaptures(site)).toEqual(sent.sort())
    expect(filesIn(site.board)).toEqual([])
    await agent.stop()
    await proxy.close()
  })
})

test.each([
  ['A20 with a receiver', false],
  ['A24 A28 without one', true],
])('%s, nothing captured is nothing sent', async (_, isDown) => {
  const { site, receiver, set } = await setUp()
  if (isDown) await receiver.stop()
  set()
  fs.mkdirSync(`${site.board}/rdk_component_sensor/s1/Readings`, { recursive: true })
  const agent = startAgent(site)
  expect(await agent.sync()).toMatchObject({ pendingFiles: 0 })
  await Bun.sleep(SEVERAL_LOOKS_MS)
  expect(agent.agent.state().breaker.connection).toBe('unknown')
  expect(storedCaptures(site).length).toBe(0)
  await agent.stop()
})

describe('the gate', () => {
  test('opens for all three loops at once, and closes without ending what is under way', async () => {
    const { site, set } = await setUp()
    set({ sync_interval_mins: 60 })
    const agent = startAgent(site)
    agent.facts.isPaused = true
    expect(await agent.refresh()).toBe('paused by ferry pause')
    writeCaptures(site.board, 'binary', 2)
    await Bun.sleep(SEVERAL_LOOKS_MS)
    expect(agent.agent.state().passes).toBe(1)
    agent.facts.isPaused = false
    await agent.refresh()
    await gone(site.board, 2000)
    expect(storedCaptures(site).length).toBe(2)
    await agent.stop()
  })

  test('keeps what was found before it closed, and that goes on at once when it opens', async () => {
    const { site, set } = await setUp()
    set({ sync_interval_mins: 60, bandwidth: '1MiB/s', max_files_in_flight: 1 })
    const large = captureFile(cameraMetadata(), [{ binary: Buffer.alloc(1 << 20) }])
    for (const name of 'abc') fs.writeFileSync(`${site.board}/${name}.capture`, large)
    const agent = startAgent(site)
    await eventually(
      () => agent.agent.state().flights.length,
      (count) => count === 1,
    )
    agent.facts.isPaused = true
    await agent.refresh()
    await eventually(
      () => storedCaptures(site).length,
      (count) => count === 1,
    )
    await Bun.sleep(1500)
    expect(storedCaptures(site).length).toBe(1)
    expect(filesIn(site.board)).toHaveLength(3)
    agent.facts.isPaused = false
    await agent.refresh()
    await gone(site.board, 5000)
    expect(storedCaptures(site).length).toBe(3)
    await agent.stop()
  })

  test('another program at work closes it for a sync by hand too', async () => {
    const { site, set } = await setUp()
    set()
    const agent = startAgent(site)
    agent.facts.otherSyncer = 'viam-server runs here'
    await agent.refresh()
    writeCaptures(site.board, 'binary', 1)
    await expect(agent.sync()).rejects.toThrow('viam-server runs here')
    await Bun.sleep(SEVERAL_LOOKS_MS)
    expect(filesIn(site.board)).toHaveLength(1)
    agent.facts.otherSyncer = ''
    await agent.refresh()
    await gone(site.board)
    await agent.stop()
  })

  test('asks before each look, and says why not', async () => {
    const { site, set } = await setUp()
    const file = `${site.folder}/should-sync.json`
    set({ selective_sync: { file }, selective_syncer_name: 's' })
    writeCaptures(site.board, 'tabular', 1)
    const agent = startAgent(site)
    await Bun.sleep(SEVERAL_LOOKS_MS)
    expect(agent.gate.closedBecause()).toBe('selective_sync: there is nobody to ask')
    expect(filesIn(site.board)).toHaveLength(1)
    fs.writeFileSync(file, '{"should_sync": true}')
    await gone(site.board)
    fs.writeFileSync(file, '{"should_sync": false}')
    await Bun.sleep(SEVERAL_LOOKS_MS)
    writeCaptures(site.board, 'tabular', 1)
    await Bun.sleep(SEVERAL_LOOKS_MS)
    expect(filesIn(site.board)).toHaveLength(1)
    await agent.stop()
  })

  test('B17 a named sensor without selective_sync: no schedule, but by hand', async () => {
    const { site, set } = await setUp()
    set({ selective_syncer_name: 'gone' })
    writeCaptures(site.board, 'tabular', 1)
    const agent = startAgent(site)
    await Bun.sleep(SEVERAL_LOOKS_MS)
    expect(filesIn(site.board)).toHaveLength(1)
    expect(agent.agent.state().passes).toBe(0)
    expect(agent.gate.closedBecause()).toContain('"gone"')
    const { settled } = await agent.sync()
    expect(await settled).toBe(true)
    expect(filesIn(site.board)).toEqual([])
    await agent.stop()
  })
})
