/** A large file that goes on after the receiver was away is one among others. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { configure, eventually, makeSite, runAgent, startReceiver, status } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const LARGE_BYTES = 24 << 20

test('files that come meanwhile do not wait until it ends, and status says that it is reached', async () => {
  const site = await makeSite(temporaryFolder('resumed'))
  const first = await startReceiver(site.store)
  configure(site, first.port, { bandwidth: '2MiB/s', sync_interval_mins: 0.005 })
  fs.writeFileSync(`${site.board}/large`, Buffer.alloc(LARGE_BYTES, 'large '))
  runAgent(site)
  const durable = async () => (await status(site))?.uploading?.[0]?.committed ?? 0
  await eventually(durable, (bytes) => bytes > 1 << 20)
  await first.stop()
  await eventually(
    () => status(site),
    (now) => now?.connection?.state === 'failing',
  )
  await startReceiver(site.store, ['--listen', `127.0.0.1:${first.port}`])
  for (const name of ['a', 'b', 'c']) fs.writeFileSync(`${site.board}/${name}`, name)
  await eventually(
    () => fs.readdirSync(site.board),
    (left) => left.length === 1,
  )
  expect(fs.readdirSync(site.board)).toEqual(['large'])
  expect((await status(site))?.connection).toMatchObject({ state: 'reachable' })
}, 60_000)
