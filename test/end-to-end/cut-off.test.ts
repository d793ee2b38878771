/** A board without its receiver spares its processor, and is as quick as before once it is back. */
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
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const WATCHED_MS = 2400
const LOOKS_AT_MOST = WATCHED_MS / 300

test('while the receiver cannot be reached, looks come half as often', async () => {
  const site = await makeSite(temporaryFolder('cut-off'))
  const { port, stop } = await startReceiver(site.store)
  await stop()
  configure(site, port, { sync_interval_mins: 0.005 })
  fs.writeFileSync(`${site.board}/a`, 'a')
  const log = collectLog(runAgent(site))
  const reaches = (state: string) =>
    eventually(
      () => status(site),
      (now) => now?.connection?.state === state,
    )
  const looks = async () => {
    const all = () => log.lines.filter((line) => line.includes('"looked"')).length
    const before = all()
    await Bun.sleep(WATCHED_MS)
    return all() - before
  }
  await reaches('failing')
  const without = await looks()
  expect(without).toBeGreaterThanOrEqual(2)
  expect(without).toBeLessThanOrEqual(LOOKS_AT_MOST / 2 + 1)
  await startReceiver(site.store, ['--listen', `127.0.0.1:${port}`])
  await reaches('reachable')
  expect(await looks()).toBeGreaterThan(LOOKS_AT_MOST / 2 + 1)
}, 60_000)
