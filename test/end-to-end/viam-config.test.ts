/** Viam's configuration on the command line: taken as it is, and its secret stays in its file. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { writeCaptures } from '../fakes/agent.ts'
import {
  collectLog,
  eventually,
  ferry,
  makeSite,
  runAgent,
  startReceiver,
  status,
  untilSaid,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const SECRET = 'the-secret-of-the-part'

/** A machine's configuration whose cloud is a receiver of ours, and Ferry's own file over it. */
async function setUp(attributes: object = {}) {
  const site = await makeSite(temporaryFolder('viam'))
  const receiver = await startReceiver(site.store, ['--plaintext', '--no-keys'])
  const machine = `${site.folder}/machine.json`
  const document = {
    cloud: { app_address: `http://127.0.0.1:${receiver.port}`, id: 'part-1', secret: SECRET },
    components: [{ name: 'cam', type: 'camera', model: 'webcam' }],
    services: [
      {
        name: 'dm',
        api: 'rdk:service:data_manager',
        model: 'rdk:builtin:builtin',
        attributes: { capture_dir: site.board, tags: ['t'], ...attributes },
      },
    ],
  }
  fs.writeFileSync(machine, JSON.stringify(document), { mode: 0o600 })
  const own = { viam_config: machine, state_dir: `${site.folder}/state` }
  fs.writeFileSync(site.config, JSON.stringify(own))
  return { site, machine, receiver }
}

describe("Viam's configuration", () => {
  test('is a configuration by itself; check warns of a secret that others can read', async () => {
    const { site, machine } = await setUp()
    const args = ['check', '--config', machine]
    const fine = await ferry(args)
    expect(fine).toMatchObject({ code: 0, err: '' })
    expect(fine.out).toContain(`device part-1, sends from ${site.board}`)
    fs.chmodSync(machine, 0o644)
    const open = await ferry(args)
    expect(open.code).toBe(0)
    expect(open.out).toContain(`${machine} holds a secret and can be read by others`)
    expect(open.out).toContain('chmod 600')
    writeCaptures(site.board, 'tabular', 1)
    const dry = await ferry(['run', '--dry-run', '--config', machine])
    expect(dry.out).toMatch(/send, delete .*\.capture/)
  })

  test('below a file of our own it sends, tells its settings, and shows no secret', async () => {
    const { site, receiver } = await setUp({ mongo_capture_config: { uri: 'x' }, cache_size_kb: 1 })
    writeCaptures(site.board, 'binary', 2)
    const agent = runAgent(site, '--log-level', 'trace')
    const log = collectLog(agent)
    const shown = await eventually(
      () => status(site),
      (one) => one?.totals.deleted === 2,
    )
    expect(shown.device).toBe('part-1')
    expect(log.text()).toContain('nothing unsent is ever deleted')
    expect(log.text()).toContain('"settings":"mongo_capture_config"')
    expect(log.text()).toContain('"settings":"cache_size_kb"')
    for (const text of [JSON.stringify(shown), log.text(), receiver.log.text()]) {
      expect(text).not.toContain(SECRET)
    }
  })

  test('with a setting for full disks, the figures are told as a warning', async () => {
    const { site } = await setUp({ delete_every_nth_when_disk_full: 5 })
    const log = collectLog(runAgent(site))
    const text = await untilSaid(log, 'unsent capture files are deleted when the disk is full')
    expect(text).toContain('"everyNth":5,"diskUsage":0.9,"captureShare":0.5')
    expect(text).not.toContain('nothing unsent is ever deleted')
  })
})
