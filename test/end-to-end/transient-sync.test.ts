/**
 * A sync by hand while every file fails for some rounds; and which cases of the data manager's own
 * tests have no counterpart here:
 * - B2, B3: there is no untrusted environment; the operator's file decides where captures are.
 * - B4, B6: nothing depends on other services.
 * - B7: deletion of what was not sent is tested beside the code that does it.
 * - B19 to B22: they configure capture, which another program does.
 */
import { expect, test } from 'bun:test'
import { createAgent } from '../../src/agent.ts'
import { loadConfig } from '../../src/cli/machine.ts'
import { openDestination } from '../../src/cli/open-destination.ts'
import { Transient } from '../../src/errors.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { contentsOf, filesIn, storedCaptures, writeCaptures } from '../fakes/agent.ts'
import { configure, eventually, makeSite, type Site, startReceiver } from '../fakes/ferry.ts'
import { quietLog, seededRandom } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const ROUNDS = 3

/** The real destination, behind as many failures of each file. */
function failing(destination: Destination, tries: Map<string, number>, fault: Fault): Destination {
  return {
    ...destination,
    async upload(upload, ...rest) {
      const { path } = upload.file
      const count = (tries.get(path) ?? 0) + 1
      tries.set(path, count)
      if (count <= fault.rounds) throw fault.error
      return await destination.upload(upload, ...rest)
    },
  }
}

interface Fault {
  readonly rounds: number
  readonly error: Transient
}

/** An agent with the site's configuration, which looks once an hour. */
function startFailing(site: Site, fault: Fault) {
  const config = loadConfig(site.config)
  const [clock, files] = [createSystemClock(), createPosixFiles()]
  const journal = openJournal({ directory: config.stateDir, clock, log: quietLog })
  const tries = new Map<string, number>()
  const real = openDestination(config, { files, clock, log: quietLog })
  const destination = failing(real, tries, fault)
  const agent = createAgent(
    { files, clock, random: seededRandom(1), log: quietLog, journal, destination },
    {
      ...{ roots: config.roots, intervalMs: 3_600_000, quietMs: 1, maxRows: 100 },
      slots: { uploads: 8, bytes: 1 << 20, largeFiles: 1 },
      deleteWhenUnsure: true,
    },
  )
  const end = new AbortController()
  const run = agent.run(end.signal)
  return {
    agent,
    tries,
    sync: () => agent.sync(end.signal),
    async stop() {
      end.abort(new Error('done'))
      await run
      await destination.close()
      journal.close()
    },
  }
}

test.each([
  ['B10', 'tabular'],
  ['B11', 'binary'],
] as const)(
  '%s %s: the sync is a success, and all of it goes once the failures end',
  async (_, kind) => {
    const site = await makeSite(temporaryFolder('rounds'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { capture_dir: site.board, additional_sync_paths: [] })
    const sent = contentsOf(kind, writeCaptures(site.board, kind, 3))
    const error = new Transient('not now', { scope: 'file' })
    const { tries, sync, stop } = startFailing(site, { rounds: ROUNDS, error })
    const { settled } = await sync()
    expect(filesIn(site.board)).toHaveLength(3)
    expect(await settled).toBe(true)
    expect([...tries.values()]).toEqual([ROUNDS + 1, ROUNDS + 1, ROUNDS + 1])
    expect(filesIn(site.board)).toEqual([])
    expect(storedCaptures(site)).toEqual(sent.sort())
    await stop()
  },
)

test('A27 a sync by hand asks a destination at once that was to be left alone for an hour', async () => {
  const site = await makeSite(temporaryFolder('hour'))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port, { capture_dir: site.board, additional_sync_paths: [] })
  writeCaptures(site.board, 'tabular', 1)
  const error = new Transient('full', { scope: 'destination', retryAfterMs: 3_600_000 })
  const { agent, tries, sync, stop } = startFailing(site, { rounds: 1, error })
  await eventually(
    () => agent.state().breaker.connection,
    (connection) => connection === 'failing',
  )
  const { settled } = await sync()
  expect(await settled).toBe(true)
  expect([...tries.values()]).toEqual([2])
  await stop()
})
