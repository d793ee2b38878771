/** When a sync by hand ends, what it costs while it waits, and whom it cannot serve. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import { Transient } from '../../src/errors.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { settled } from '../../src/schedule/manual-sync.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { startAgent } from '../fakes/agent.ts'
import { eventually, type Site } from '../fakes/ferry.ts'
import { accept, startLoops } from '../fakes/loops.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { startViamServer } from '../fakes/viam-server.ts'

const never = new AbortController().signal

/** A board whose server fails each call, and a file to send. */
async function failingSite(settings: Record<string, unknown>) {
  const folder = temporaryFolder('ends')
  const [board, config] = [`${folder}/board`, `${folder}/ferry.json`]
  const site: Site = { folder, store: '', board, config, device: 'robot-7' }
  const server = await startViamServer({ fault: () => ({ when: 'before', code: 13 }) })
  fs.mkdirSync(board)
  fs.writeFileSync(`${board}/a.log`, 'x')
  const document = {
    device: 'robot-7',
    destination: { url: `grpc://127.0.0.1:${server.port}`, protocol: 'viam' },
    ...{ capture_dir: board, state_dir: `${folder}/state`, file_last_modified_millis: 50 },
    sync_interval_mins: 0.001,
    ...settings,
  }
  fs.writeFileSync(config, JSON.stringify(document))
  return { site, server }
}

test('a sync by hand ends without success once what is left only waits to be tried again', async () => {
  const { site, server } = await failingSite({ sync_disabled: true })
  const agent = startAgent(site)
  const { settled: end } = await agent.sync()
  expect(agent.gate.closedBecause()).toBe('')
  const startMs = performance.now()
  expect(await Promise.race([end, Bun.sleep(15_000).then(() => 'goes on')])).toBe(false)
  expect(performance.now() - startMs).toBeGreaterThan(3000)
  expect(server.calls.length).toBeGreaterThan(2)
  expect(agent.gate.closedBecause()).toBe('sync_disabled is true')
  await agent.stop()
  server.stop()
}, 30_000)

test('a pause ends what a sync by hand holds open, and the sync; one begun since is not held', async () => {
  const { site, server } = await failingSite({})
  const agent = startAgent(site)
  const { settled: end } = await agent.sync()
  agent.facts.isPaused = true
  await agent.refresh()
  const before = server.calls.length
  expect(agent.gate.closedBecause()).toBe('paused by ferry pause')
  expect(await Promise.race([end, Bun.sleep(3000).then(() => 'goes on')])).toBe(false)
  await Bun.sleep(1000)
  expect(server.calls.length - before).toBeLessThan(2)
  const second = await agent.sync()
  await agent.refresh()
  expect(agent.gate.closedBecause()).toBe('')
  agent.gate.release()
  expect(await second.settled).toBe(false)
  await agent.stop()
  server.stop()
}, 30_000)

test('waiting for the end of a sync costs little, whatever the number of rows', async () => {
  const clock = createSystemClock()
  const journal = openJournal({ directory: temporaryFolder('state'), clock, log: quietLog })
  const root = fromText('/r')
  const file = (index: number) => ({
    ...{ root, path: fromText(`/r/d${Math.floor(index / 1000)}/f${index}`), dev: 1n },
    ...{ ino: BigInt(index), sizeBytes: 10, mtimeNs: 1n, ctimeNs: 1n },
  })
  for (let batch = 0; batch < 100; batch++) {
    journal.discover(Array.from({ length: 1000 }, (_, index) => file(batch * 1000 + index)))
  }
  let askedMs = 0
  const { summary } = journal
  journal.summary = () => {
    const startMs = performance.now()
    const found = summary()
    askedMs += performance.now() - startMs
    return found
  }
  const stop = new AbortController()
  const startMs = performance.now()
  const end = settled({ journal, clock }, stop.signal)
  await Bun.sleep(4000)
  stop.abort()
  await end
  expect(askedMs / (performance.now() - startMs)).toBeLessThan(0.15)
  journal.close()
}, 60_000)

describe('an agent that does not look says so at once', () => {
  const answerOf = (sync: Promise<unknown>) =>
    Promise.race([
      sync.then(
        () => 'done',
        (error: Error) => error.message,
      ),
      Bun.sleep(2000).then(() => 'hangs'),
    ])

  test('when it has stopped', async () => {
    const { agent, stop } = startLoops(temporaryFolder('stopped'), { upload: accept })
    await stop()
    expect(await answerOf(agent.sync(never))).toBe('the test stops it')
  })

  test('when it sends everything once', async () => {
    const root = temporaryFolder('once')
    fs.writeFileSync(`${root}/a`, 'x')
    const { agent, stop, journal } = startLoops(root, {
      upload: () => Promise.reject(new Transient('not now', { scope: 'file' })),
      runs: 'not',
    })
    const end = new AbortController()
    const once = agent.once(end.signal)
    await eventually(
      () => journal.summary().pendingFiles,
      (files) => files === 1,
    )
    expect(await answerOf(agent.sync(never))).toContain('run --once is under way')
    end.abort(new Error('the time is over'))
    expect(await once).toBe(false)
    await stop()
  })
})
