/** `ferry bench` on a disk of this machine: what it measures, and that it leaves nothing. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  ferry,
  makeSite,
  readTree,
  type Site,
  spawnFerry,
  startReceiver,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const SHORT = ['--seconds', '0.3', '--size', '8MiB']

/** Every name below with what would change if anything touched it. */
const looks = (folder: string) =>
  (fs.readdirSync(folder, { recursive: true }) as string[]).sort().map((name) => {
    const { ino, size, mtimeMs, ctimeMs } = fs.lstatSync(`${folder}/${name}`)
    return `${name} ${ino} ${size} ${mtimeMs} ${ctimeMs}`
  })

/** Neither files nor receipts: at most an empty part. */
function expectNothingStored({ store, device }: Site): void {
  const stored = [...readTree(`${store}/${device}`)]
  expect(stored.filter(([name]) => !name.startsWith('meta/parts/'))).toEqual([])
  const parts = stored.filter(([name]) => name.endsWith('.part'))
  expect(parts.map(([, bytes]) => bytes.length)).toEqual([0])
}

function userFolder(): string {
  const folder = temporaryFolder('bench')
  fs.mkdirSync(`${folder}/logs`)
  for (let index = 0; index < 30; index++) fs.writeFileSync(`${folder}/logs/${index}`, 'mine')
  return folder
}

describe('ferry bench', () => {
  test('disk measures, says what it means, and touches nothing of the user', async () => {
    const folder = userFolder()
    const before = looks(folder)
    const { code, out, err } = await ferry(['bench', 'disk', folder, ...SHORT])
    expect({ code, err: /error/i.test(err) }).toEqual({ code: 0, err: false })
    expect(err).toContain('disk: reading')
    expect(out).toMatch(/sequential write +[\d.]+ MB\/s/)
    expect(out).toMatch(/^- this disk sustains [\d.]+ MB\/s/m)
    if (Bun.which('fio') === null) console.log('SKIPPED fio is missing: no figures beside ours')
    else expect(out).toMatch(/fio: [\d.]+/)
    expect(looks(folder)).toEqual(before)
  })

  test('scan and memory are figures as JSON, and change nothing', async () => {
    const folder = userFolder()
    const before = looks(folder)
    const TMPDIR = temporaryFolder('bench-tmp')
    const scan = JSON.parse(
      (await ferry(['bench', 'scan', folder, '--json'], { env: { TMPDIR } })).out,
    )
    expect(scan.scan).toMatchObject({ files: 30, bytes: 120, skipped: 0 })
    expect([looks(folder), looks(TMPDIR)]).toEqual([before, []])
    const { memory } = JSON.parse((await ferry(['bench', 'memory', '--json'])).out)
    expect(memory.total_bytes).toBeGreaterThan(memory.loaded_rss_bytes)
    expect(memory.network_rss_bytes).toBeGreaterThanOrEqual(memory.start_rss_bytes)
  })

  test('upload starts receivers of its own, plaintext and TLS, and removes them', async () => {
    const folder = userFolder()
    const before = looks(folder)
    const ran = await ferry(['bench', 'upload', folder, '--json', ...SHORT])
    expect(ran.code).toBe(0)
    const { uploads, verdict } = JSON.parse(ran.out)
    expect(uploads.map((one: { transport: string }) => one.transport)).toEqual(['plaintext', 'tls'])
    for (const one of uploads) {
      expect(one.bytes).toBe(8 << 20)
      expect(one.mb_s).toBeGreaterThan(0)
      expect(one.files_s).toBeGreaterThan(0)
    }
    expect(verdict.join()).toContain('TLS costs')
    expect(looks(folder)).toEqual(before)
  })

  test('upload to the configured receiver publishes nothing and keeps nothing', async () => {
    const site = await makeSite(temporaryFolder('bench'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port)
    const args = ['bench', 'upload', site.folder, '--config', site.config, '--json', ...SHORT]
    const ran = await ferry(args)
    expect(ran.code).toBe(0)
    const [upload] = JSON.parse(ran.out).uploads
    expect(upload).toMatchObject({ transport: 'tls', to: `grpcs://localhost:${receiver.port}` })
    expect(upload.bytes).toBeGreaterThanOrEqual(4 << 20)
    expect(upload.files_s).toBeUndefined()
    expectNothingStored(site)
    expect(fs.existsSync(`${site.folder}/state`)).toBe(false)
  })

  test('stopped in the middle of such an upload it keeps nothing there either', async () => {
    const site = await makeSite(temporaryFolder('bench'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { bandwidth: '4MiB/s' })
    const args = ['bench', 'upload', site.folder, '--config', site.config, '--seconds', '60']
    const child = spawnFerry(args)
    await eventually(
      () => [...readTree(`${site.store}/${site.device}`).values()],
      (files) => files.some((bytes) => bytes.length > 1 << 20),
    )
    child.kill('SIGTERM')
    expect(await child.exited).toBe(1)
    expectNothingStored(site)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('removes its folder on %s', async (signal) => {
    const folder = userFolder()
    const before = looks(folder)
    const child = spawnFerry(['bench', 'disk', folder, '--seconds', '30', '--size', '64MiB'])
    await eventually(
      () => fs.readdirSync(folder),
      (names) => names.some((name) => name.startsWith('.ferry-bench-')),
    )
    child.kill(signal)
    expect(await child.exited).toBe(1)
    expect(await new Response(child.stderr).text()).toContain(`stopped by ${signal}`)
    expect(looks(folder)).toEqual(before)
  })

  test('refuses a disk that is short of space, and makes nothing there', async () => {
    const folder = temporaryFolder('bench')
    const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=64m', 'ferry', folder])
    if (mounted.exitCode !== 0) return console.log('SKIPPED mounting needs root')
    try {
      const { code, err } = await ferry(['bench', 'disk', folder, ...SHORT])
      expect({ code, left: fs.readdirSync(folder) }).toEqual({ code: 1, left: [] })
      expect(err).toContain('are needed with 256 MiB to spare')
    } finally {
      Bun.spawnSync(['umount', folder])
    }
  })

  test('says that a directory in memory is no disk', async () => {
    if (fs.statfsSync('/dev/shm').type !== 0x01021994) return console.log('SKIPPED no tmpfs')
    const { out } = await ferry(['bench', 'disk', '/dev/shm', '--json', ...SHORT])
    const { disk, verdict } = JSON.parse(out)
    expect(disk).toMatchObject({ volatile: true, read_from_disk: false })
    expect(verdict.join()).toContain('in memory')
  })

  test.each([
    [[]],
    [['tape']],
    [['disk']],
    [['disk', '/nowhere']],
    [['disk', '/', '--seconds', '0']],
    [['disk', '/', '--size', '1KiB']],
  ])('%p is a mistake of usage', async (words) => {
    expect((await ferry(['bench', ...words])).code).toBe(2)
  })
})
