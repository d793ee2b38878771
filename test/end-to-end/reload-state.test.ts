/** SIGHUP with another state directory: it cannot be taken while running, and is said to be so. */
import { expect, test } from 'bun:test'
import { collectLog, configure, runAgent, startSite, untilSaid } from '../fakes/ferry.ts'

test('a reload with another state directory says that a restart is needed, and no more', async () => {
  const { site, receiver } = await startSite('reload-state')
  const agent = runAgent(site)
  const log = collectLog(agent)
  const said = (text: string) => untilSaid(log, text)
  await said('ferry runs')
  configure(site, receiver.port, { state_dir: `${site.folder}/other` })
  agent.kill('SIGHUP')
  await said('a changed state_dir needs a restart of the agent')
  await said('nothing changes until then')
  expect(log.text()).not.toContain('nothing changes for sending')
})
