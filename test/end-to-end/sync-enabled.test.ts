/** When the schedule sends: sync enabled or not, before and after, with a receiver or without. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { startAgent } from '../fakes/agent.ts'
import { configure, eventually, makeSite, startReceiver, storedFiles } from '../fakes/ferry.ts'
import { startProxy } from '../fakes/proxy.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

/** Several looks, at 48 ms each. */
const SEVERAL_LOOKS_MS = 400

type Reach = 'ready' | 'dial error' | 'not ready'

async function portFor(reach: Reach, store: string) {
  const receiver = await startReceiver(store)
  if (reach === 'ready') return receiver.port
  if (reach === 'dial error') {
    await receiver.stop()
    return receiver.port
  }
  const proxy = await startProxy(receiver.port)
  proxy.faults.blackHole = true
  return proxy.port
}

test.each([
  ['A1', false, false, 'ready'],
  ['A2', true, true, 'ready'],
  ['A3', true, false, 'ready'],
  ['A4', false, true, 'ready'],
  ['A5', false, false, 'dial error'],
  ['A6', true, true, 'dial error'],
  ['A7', true, false, 'dial error'],
  ['A8', false, true, 'dial error'],
  ['A9', false, false, 'not ready'],
  ['A10', true, true, 'not ready'],
  ['A11', true, false, 'not ready'],
  ['A12', false, true, 'not ready'],
] as const)('%s enabled: %p, then %p; the receiver: %s', async (_, first, second, reach) => {
  const site = await makeSite(temporaryFolder('enabled'))
  const port = await portFor(reach, site.store)
  for (const [name, isEnabled] of [
    ['one', first],
    ['two', second],
  ] as const) {
    configure(site, port, {
      sync_disabled: !isEnabled,
      sync_interval_mins: 0.0008,
      file_last_modified_millis: 1,
    })
    fs.writeFileSync(`${site.board}/${name}`, name)
    const before = storedFiles(site).size
    const agent = startAgent(site)
    if (isEnabled && reach === 'ready') {
      await eventually(
        () => fs.existsSync(`${site.board}/${name}`),
        (stands) => !stands,
      )
      expect(storedFiles(site).size).toBeGreaterThan(before)
    } else {
      await Bun.sleep(SEVERAL_LOOKS_MS)
      expect(fs.readFileSync(`${site.board}/${name}`, 'utf8')).toBe(name)
      expect(storedFiles(site).size).toBe(before)
    }
    expect(agent.gate.closedBecause()).toBe(isEnabled ? '' : 'sync_disabled is true')
    await agent.stop()
  }
})
