/** A process named viam-server that sends from the same directories is refused, or pauses. */
import { afterEach, describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  ferry,
  makeSite,
  runAgent,
  type Site,
  startReceiver,
  status,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const started: Bun.Subprocess[] = []
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL')
  await Promise.all(started.splice(0).map((child) => child.exited))
})

interface Server {
  readonly folder: string
  readonly name?: string
  readonly words?: readonly string[]
  readonly env?: Record<string, string>
}

/** A copy of the shell, so that /proc shows its name and arguments as viam-server's. */
async function startServer({ folder, name = 'viam-server', words = [], env = {} }: Server) {
  const path = `${folder}/${name}`
  fs.copyFileSync('/bin/sh', path)
  fs.chmodSync(path, 0o755)
  const child = Bun.spawn([path, '-c', 'echo; read never', ...words], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdin: 'pipe',
    stdout: 'pipe',
  })
  started.push(child)
  await child.stdout.getReader().read()
  return child
}

const dataManager = (attributes: object, rest: object = {}) =>
  JSON.stringify({
    ...rest,
    services: [{ name: 'dm', api: 'rdk:service:data_manager', attributes }],
  })

async function siteWith(attributes: object): Promise<{ site: Site; file: string }> {
  const site = await makeSite(temporaryFolder('server'))
  configure(site, 1)
  const file = `${site.folder}/machine.json`
  fs.writeFileSync(file, dataManager(attributes))
  return { site, file }
}

const check = (site: Site) => ferry(['check', '--offline', '--config', site.config])

describe('viam-server at work', () => {
  test.each([
    ['-config FILE', 'viam-server', (file: string) => ['-config', file]],
    ['--config=FILE', 'viam-server-v0.60', (file: string) => ['-debug', `--config=${file}`]],
    ['a relative FILE', 'viam-server', () => ['-config', 'machine.json']],
  ])('on the same directory is refused: %s', async (_, name, words) => {
    const { site, file } = await siteWith({ capture_dir: '/nowhere', additional_sync_paths: [] })
    fs.writeFileSync(file, dataManager({ additional_sync_paths: [`${site.folder}/./board/`] }))
    await startServer({ folder: site.folder, name, words: words(file) })
    for (const args of [['check'], ['run'], ['run', '--once']]) {
      const ran = await ferry([...args, '--config', site.config])
      expect(ran.code).toBe(78)
      const said = ran.out + ran.err
      expect(said).toContain('viam-server runs here and sends from')
      expect(said).toContain('"sync_disabled": true in the attributes of viam-server')
      expect(said).toContain('"sync_disabled": false in Ferry')
    }
  })

  test('on a directory that holds ours, or lies in it, or leads to it, is refused', async () => {
    const { site, file } = await siteWith({})
    fs.mkdirSync(`${site.board}/sub`)
    fs.symlinkSync(site.board, `${site.folder}/link`)
    await startServer({ folder: site.folder, words: ['-config', file] })
    for (const capture_dir of [site.folder, `${site.board}/sub`, `${site.folder}/link`]) {
      fs.writeFileSync(file, dataManager({ capture_dir }))
      expect((await check(site)).code).toBe(78)
    }
  })

  test('that sends nothing, or from elsewhere, is no matter', async () => {
    const { site, file } = await siteWith({})
    await startServer({ folder: site.folder, words: ['-config', file] })
    for (const attributes of [
      { capture_dir: site.board, sync_disabled: true },
      { capture_dir: `${site.board}2` },
      { capture_dir: '/nowhere', additional_sync_paths: ['/elsewhere'] },
    ]) {
      fs.writeFileSync(file, dataManager(attributes))
      expect(await check(site)).toMatchObject({ code: 0 })
    }
    fs.writeFileSync(file, JSON.stringify({ services: [] }))
    expect(await check(site)).toMatchObject({ code: 0 })
  })

  test('is known by what the cloud sent it last, and by its own home', async () => {
    const { site, file } = await siteWith({})
    const home = `${site.folder}/home`
    fs.mkdirSync(`${home}/.viam/capture`, { recursive: true })
    const cloud = { id: 'part-1', secret: 's' }
    fs.writeFileSync(file, JSON.stringify({ cloud }))
    const cached = `${home}/.viam/cached_cloud_config_part-1.json`
    fs.writeFileSync(cached, dataManager({}, { cloud }))
    await startServer({ folder: site.folder, words: ['-config', file], env: { HOME: home } })
    expect((await check(site)).code).toBe(0)
    configure(site, 1, { capture_dir: `${home}/.viam/capture`, additional_sync_paths: [] })
    expect((await check(site)).code).toBe(78)
    fs.writeFileSync(cached, dataManager({ sync_disabled: true }, { cloud }))
    expect((await check(site)).code).toBe(0)
  })

  test('is known by viam_config where its own configuration says nothing', async () => {
    const { site } = await siteWith({})
    const viam = `${site.folder}/viam.json`
    fs.writeFileSync(
      viam,
      dataManager({ capture_dir: site.board }, { cloud: { id: 'p', secret: 's' } }),
    )
    configure(site, 1, { viam_config: viam, capture_dir: site.board, additional_sync_paths: [] })
    expect((await check(site)).code).toBe(0)
    await startServer({ folder: site.folder, words: ['-config', `${site.folder}/none.json`] })
    expect((await check(site)).code).toBe(78)
    // The attribute at viam-server's side turns it off there; Ferry's own file keeps Ferry on.
    const off = { capture_dir: site.board, sync_disabled: true }
    fs.writeFileSync(viam, dataManager(off, { cloud: { id: 'p', secret: 's' } }))
    configure(site, 1, { viam_config: viam, sync_disabled: false, additional_sync_paths: [] })
    expect(await check(site)).toMatchObject({ code: 0 })
  })

  test('that starts later pauses what runs, and a sync by hand too, until it ends', async () => {
    const { site, file } = await siteWith({})
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port)
    const agent = runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.running,
    )
    fs.writeFileSync(file, dataManager({ capture_dir: site.board }))
    const server = await startServer({ folder: site.folder, words: ['-config', file] })
    // It is looked for each 30 s, and also whenever the configuration is read.
    agent.kill('SIGHUP')
    const paused = await eventually(
      () => status(site),
      (one) => one?.paused,
    )
    expect(paused.paused_because).toContain('viam-server runs here and sends from')
    fs.writeFileSync(`${site.board}/a`, 'a')
    const ran = await ferry(['sync', '--config', site.config])
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('viam-server runs here')
    expect(fs.readdirSync(site.board)).toEqual(['a'])
    server.kill('SIGKILL')
    await server.exited
    agent.kill('SIGHUP')
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
  })

  test('a process with another name is no viam-server', async () => {
    const { site, file } = await siteWith({})
    fs.writeFileSync(file, dataManager({ capture_dir: site.board }))
    for (const name of ['viam-servers', 'my-viam-server', 'viam-agent']) {
      await startServer({ folder: site.folder, name, words: ['-config', file] })
    }
    expect((await check(site)).code).toBe(0)
  })
})
