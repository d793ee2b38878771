/** SIGHUP: the same settings leave everything under way, others start the agent anew. */
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
  untilSaid,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

test('A38 A39 equal sync settings interrupt nothing, another interval does, a broken file does not', async () => {
  const site = await makeSite(temporaryFolder('reload'))
  const receiver = await startReceiver(site.store)
  const slow = { bandwidth: '4MiB/s' }
  configure(site, receiver.port, slow)
  fs.writeFileSync(`${site.board}/big`, Buffer.alloc(24 << 20, 'big'))
  const agent = runAgent(site)
  const log = collectLog(agent)
  const said = (text: string) => untilSaid(log, text)
  const committed = async (atLeast: number) =>
    eventually(
      async () => (await status(site))?.uploading[0]?.committed ?? 0,
      (bytes) => bytes >= atLeast,
    )
  const resumed = () => receiver.log.lines.filter((line) => line.includes('"resumed"')).length
  await committed(2 << 20)

  configure(site, receiver.port, { ...slow, mongo_capture_config: { uri: 'x' } })
  agent.kill('SIGHUP')
  await said('nothing changes for sending')
  fs.writeFileSync(site.config, '{ "broken"')
  agent.kill('SIGHUP')
  await said('the new configuration is not used')
  configure(site, receiver.port, slow)
  await committed(8 << 20)
  expect(resumed()).toBe(0)

  configure(site, receiver.port, { ...slow, sync_interval_mins: 0.02 })
  agent.kill('SIGHUP')
  await eventually(resumed, (count) => count === 1)
  await eventually(
    () => fs.readdirSync(site.board),
    (names) => names.length === 0,
  )
})
