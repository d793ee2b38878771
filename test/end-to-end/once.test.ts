/** `ferry run --once` and `--dry-run`, files that are kept, and `ferry status`. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  ferry,
  makeSite,
  once,
  runAgent,
  startReceiver,
  status,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

describe('one run', () => {
  test('--once ends with 0 only if everything is gone', async () => {
    const site = await makeSite(temporaryFolder('once'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port)
    for (let index = 0; index < 50; index++) fs.writeFileSync(`${site.board}/f${index}`, `${index}`)
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(fs.readdirSync(site.board)).toEqual([])
    expect(storedFiles(site).size).toBe(50)
    expect(await once(site)).toMatchObject({ code: 0 })
  })

  test('--once ends with 1 when a file changes, a root is missing, or the time is over', async () => {
    const site = await makeSite(temporaryFolder('once'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { file_last_modified_millis: 1000 })
    fs.writeFileSync(`${site.board}/log`, '')
    const writer = setInterval(() => fs.appendFileSync(`${site.board}/log`, 'x'), 100)
    expect((await once(site)).code).toBe(1)
    clearInterval(writer)
    configure(site, receiver.port, { additional_sync_paths: [site.board, `${site.folder}/none`] })
    expect((await once(site)).code).toBe(1)
    await receiver.stop()
    configure(site, receiver.port)
    fs.writeFileSync(`${site.board}/late`, 'x')
    const startMs = performance.now()
    const late = await ferry(['run', '--config', site.config, '--once', '--timeout', '2s'])
    expect(late.code).toBe(1)
    expect(performance.now() - startMs).toBeLessThan(6000)
    expect(fs.existsSync(`${site.board}/late`)).toBe(true)
  })

  test('--dry-run names what would be sent, deleted and skipped, and changes nothing', async () => {
    const site = await makeSite(temporaryFolder('dry'))
    configure(site, 1, {
      additional_sync_paths: [
        site.board,
        { path: `${site.folder}/kept`, exclude: ['*.tmp'], after_upload: 'keep' },
      ],
    })
    fs.mkdirSync(`${site.folder}/kept`)
    fs.writeFileSync(`${site.board}/a`, 'x')
    fs.writeFileSync(`${site.folder}/kept/b`, 'x')
    fs.writeFileSync(`${site.folder}/kept/c.tmp`, 'x')
    fs.symlinkSync('/etc', `${site.board}/link`)
    const { code, out } = await ferry(['run', '--config', site.config, '--dry-run'])
    expect(code).toBe(0)
    expect(out).toMatch(/send, delete .*board\/a/)
    expect(out).toMatch(/send, keep .*kept\/b/)
    expect(out).toMatch(/skip .*c\.tmp: in "exclude"/)
    expect(out).toMatch(/skip .*link: a symbolic link/)
    expect(fs.existsSync(`${site.folder}/state`)).toBe(false)
    expect(fs.existsSync(`${site.board}/a`)).toBe(true)
  })

  test('"keep" leaves files in place, sends each once, and again when it changes', async () => {
    const site = await makeSite(temporaryFolder('keep'))
    const receiver = await startReceiver(site.store)
    const root = { path: site.board, after_upload: 'keep' }
    configure(site, receiver.port, { additional_sync_paths: [root] })
    fs.writeFileSync(`${site.board}/a`, 'one')
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(await once(site)).toMatchObject({ code: 0 })
    fs.writeFileSync(`${site.board}/a`, 'two')
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(fs.readFileSync(`${site.board}/a`, 'utf8')).toBe('two')
    expect([...storedFiles(site).values()].map(String).sort()).toEqual(['one', 'two'])
    expect((await status(site)).files.kept).toBe(1)
    const dry = await ferry(['run', '--config', site.config, '--dry-run'])
    expect(dry.out).toMatch(/keep, sent .*board\/a\n0 files/)
  })

  test('status shows the journal without an agent, and the agent when one runs', async () => {
    const site = await makeSite(temporaryFolder('status'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port)
    const none = await ferry(['status', '--config', site.config])
    expect(none.code).toBe(78)
    fs.writeFileSync(`${site.board}/a`, 'x')
    fs.symlinkSync('/etc', `${site.board}/link`)
    runAgent(site)
    const live = await eventually(
      () => status(site),
      (one) => one?.running && one.totals.deleted === 1,
    )
    expect(live.connection.state).toBe('reachable')
    expect(live.waiting[0]).toMatchObject({ reason: 'a symbolic link', files: 1 })
    expect(live.disks[0].total_bytes).toBeGreaterThan(0)
    const text = await ferry(['status', '--config', site.config])
    expect(text.out).toContain('a symbolic link')
    expect(fs.statSync(`${site.folder}/state/control.sock`).mode & 0o777).toBe(0o600)
  })
})
