/** `ferry check` on a board with one thing wrong at a time. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { configure, ferry, makeSite, once, type Site, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

interface Line {
  readonly check: string
  readonly state: string
  readonly says: string
  readonly hint: string
}

async function check(site: Site, ...args: string[]) {
  const ran = await ferry(['check', '--json', '--config', site.config, ...args])
  const { ok, findings } = JSON.parse(ran.out) as { ok: boolean; findings: Line[] }
  const bad = findings.filter(({ state }) => state === 'fail')
  return { code: ran.code, ok, findings, bad }
}

async function board(settings: Record<string, unknown> = {}) {
  const site = await makeSite(temporaryFolder('check'))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port, settings)
  fs.writeFileSync(`${site.board}/a`, 'x')
  return { site, receiver }
}

describe('ferry check', () => {
  test('with everything in order ends with 0, and tells receiver, room and journal', async () => {
    const { site } = await board()
    fs.rmSync(`${site.board}/a`)
    expect(await once(site)).toMatchObject({ code: 0 })
    const { code, ok, findings, bad } = await check(site)
    expect({ code, ok, bad }).toEqual({ code: 0, ok: true, bad: [] })
    const says = (name: string) => findings.find((one) => one.check === name)?.says
    expect(says('receiver')).toMatch(/takes this board's files as robot-7, [\d.]+ [GM]iB of room/)
    expect(says('journal')).toMatch(/sound$/)
    expect(says('root')).toBe(`${site.board} can be read and deleted from`)
    const { out } = await ferry(['check', '--config', site.config])
    expect(out).toMatch(/^ok {4}receiver /m)
  })

  test('tells a revoked key, another authority, and a receiver that is down', async () => {
    const { site, receiver } = await board()
    configure(site, receiver.port, { destination: { ca_file: undefined } })
    const authority = await check(site)
    expect(authority.code).toBe(1)
    expect(authority.bad).toMatchObject([
      { check: 'receiver', hint: expect.stringContaining('destination.ca_file') },
    ])
    configure(site, receiver.port)
    await ferry(['keys', 'revoke', site.device, '--keys', `${site.store}/.ferry/keys`])
    const key = await check(site)
    expect(key.code).toBe(1)
    expect(key.bad[0]?.says).toContain('refuses the key')
    await receiver.stop()
    const down = await check(site)
    expect(down.bad[0]?.says).toContain('or this board has no route to it')
    expect(await check(site, '--offline')).toMatchObject({ code: 0, bad: [] })
  })

  test('tells a name that cannot be resolved, a missing root and a corrupt journal', async () => {
    const { site } = await board({
      destination: { url: 'grpcs://no-such-host.invalid:7443' },
    })
    fs.rmSync(site.board, { recursive: true })
    fs.mkdirSync(`${site.folder}/state`)
    fs.writeFileSync(`${site.folder}/state/journal.sqlite`, 'not a database, as a card may return')
    const { code, bad } = await check(site)
    expect(code).toBe(1)
    expect(bad.map((one) => one.check)).toEqual(['root', 'dns', 'journal'])
    for (const { hint } of bad) expect(hint).not.toBe('')
  })

  test('tells what another user may not do, also to root, who may', async () => {
    const { site } = await board()
    if (process.getuid?.() !== 0 || Bun.which('setpriv') === null) {
      return console.log('SKIPPED another user needs root and setpriv')
    }
    // A folder that this user can reach.
    const place = fs.mkdtempSync('/var/tmp/ferry-check-')
    try {
      fs.chmodSync(place, 0o755)
      fs.mkdirSync(`${place}/sticky`)
      fs.chmodSync(`${place}/sticky`, 0o1777)
      fs.mkdirSync(`${place}/closed`, { mode: 0o755 })
      fs.mkdirSync(`${place}/state`)
      fs.chownSync(`${place}/state`, 65534, 65534)
      configure(site, 1, {
        additional_sync_paths: [`${place}/sticky`, `${place}/closed`],
        state_dir: `${place}/state`,
        destination: { url: 'grpc://127.0.0.1:1', key_file: undefined, ca_file: undefined },
      })
      fs.copyFileSync(site.config, `${place}/ferry.json`)
      const executable = `${place}/ferry`
      fs.copyFileSync(`dist/ferry-linux-${process.arch}`, executable)
      fs.chmodSync(executable, 0o755)
      fs.chmodSync(`${place}/ferry.json`, 0o644)
      const args = ['check', '--offline', '--json', '--config', `${place}/ferry.json`]
      const prefix = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
      const ran = await ferry(args, { prefix, executable })
      const { findings } = JSON.parse(ran.out) as { findings: Line[] }
      const told = (text: string) => findings.find(({ says }) => says.includes(text))
      expect(told(`${place}/closed cannot be used by this user`)?.state).toBe('fail')
      expect(told(`${place}/sticky is sticky`)?.state).toBe('warn')
      expect(told('need CAP_LEASE')?.state).toBe('warn')
      expect(ran.code).toBe(1)
      const asRoot = JSON.parse((await ferry(args)).out) as { findings: Line[] }
      const toRoot = (text: string) => asRoot.findings.find(({ says }) => says.includes(text))
      expect(toRoot(`as nobody, who owns ${place}/state`)?.state).toBe('ok')
      expect(toRoot(`${place}/closed cannot be used by nobody`)?.state).toBe('fail')
      expect(toRoot(`${place}/sticky is sticky`)?.state).toBe('warn')
    } finally {
      fs.rmSync(place, { recursive: true })
    }
  })

  test('as JSON a configuration that cannot be read is a finding too', async () => {
    const { site } = await board()
    fs.writeFileSync(site.config, '{"devcie": "x"}')
    const { code, bad } = await check(site)
    expect(code).toBe(78)
    expect(bad[0]).toMatchObject({ check: 'config', says: 'devcie is not a setting' })
  })
})
