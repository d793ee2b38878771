/** Boards that are odd: damaged journals, two agents, reused inodes, deep paths, files that change. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  ferry,
  once,
  runAgent,
  type Site,
  spawnFerry,
  startSite,
  status,
  storedFiles,
} from '../fakes/ferry.ts'

const isEmpty = ({ board }: Site) =>
  eventually(
    () => fs.readdirSync(board),
    (names) => names.length === 0,
  )

function overwrite(file: string, bytes: Buffer, at: number): void {
  const fd = fs.openSync(file, 'r+')
  fs.writeSync(fd, bytes, 0, bytes.length, at)
  fs.closeSync(fd)
}

describe('a journal that was', () => {
  const damages: [string, (file: string) => void][] = [
    ['overwritten at its head', (file) => overwrite(file, Buffer.alloc(100), 0)],
    ['cut short', (file) => fs.truncateSync(file, 5000)],
    ['emptied', (file) => fs.truncateSync(file, 0)],
    ['overwritten in a page', (file) => overwrite(file, Buffer.alloc(3000, 'x'), 4200)],
  ]
  test.each(damages)('%s: what was half sent arrives once', async (_, damage) => {
    const { site, receiver } = await startSite('damaged', { bandwidth: '12MiB/s' })
    const bytes = Buffer.alloc(12 << 20, 'damaged ')
    fs.writeFileSync(`${site.board}/a`, bytes)
    for (let index = 0; index < 30; index++) fs.writeFileSync(`${site.board}/f${index}`, `${index}`)
    const agent = runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 0,
    )
    agent.kill('SIGKILL')
    await agent.exited
    const file = `${site.folder}/state/journal.sqlite`
    for (const name of ['-wal', '-shm']) fs.rmSync(file + name, { force: true })
    damage(file)
    configure(site, receiver.port)
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(fs.readdirSync(site.board)).toEqual([])
    const stored = storedFiles(site)
    expect(stored.size).toBe(31)
    expect(stored.get('a')?.equals(bytes)).toBe(true)
  })
})

describe('two boards or agents', () => {
  test('two agents on one root, each with a journal: every file is there once', async () => {
    const { site, receiver } = await startSite('one-root')
    for (let index = 0; index < 200; index++)
      fs.writeFileSync(`${site.board}/f${index}`, `${index}`)
    fs.writeFileSync(`${site.board}/large`, Buffer.alloc(5_000_000, 'large '))
    const other = { ...site, config: `${site.folder}/other.json` }
    configure(other, receiver.port, { state_dir: `${site.folder}/other-state` })
    for (const one of [site, other]) runAgent(one)
    await isEmpty(site)
    const stored = storedFiles(site)
    expect(stored.size).toBe(201)
    expect(stored.get('large')?.equals(Buffer.alloc(5_000_000, 'large '))).toBe(true)
  })

  test.skipIf(process.getuid?.() !== 0)(
    'two boards with one key: both ends name it, both carry on',
    async () => {
      const { site, receiver } = await startSite('cloned')
      const other = { ...site, config: `${site.folder}/other.json`, board: `${site.folder}/other` }
      fs.mkdirSync(other.board)
      configure(other, receiver.port, { state_dir: `${site.folder}/other-state` })
      fs.writeFileSync(`${site.folder}/machine-id`, 'f'.repeat(32))
      const mount = `mount --bind ${site.folder}/machine-id /etc/machine-id && exec "$@"`
      const prefix = ['unshare', '-m', 'sh', '-c', mount, 'sh']
      runAgent(site)
      spawnFerry(['run', '--config', other.config], { prefix })
      for (const { board } of [site, other]) fs.writeFileSync(`${board}/a`, board)
      for (const one of [site, other]) await isEmpty(one)
      expect(receiver.log.text()).toContain('two boards use one key')
      await eventually(
        async () => JSON.stringify([await status(site), await status(other)]),
        (text) => text.includes('another board uses the key of'),
      )
      expect(storedFiles(site).size + storedFiles(other).size).toBe(2)
    },
  )
})
if (process.getuid?.() !== 0) console.log('SKIPPED two boards with one key: not root')

describe('files', () => {
  test('an inode that is used again and again: every version arrives', async () => {
    const { site } = await startSite('inodes', {
      file_last_modified_millis: 60,
      sync_interval_mins: 0.0005,
    })
    runAgent(site)
    const inodes = new Set<number>()
    const contents: string[] = []
    for (let round = 0; round < 12; round++) {
      const bytes = `round ${round}`
      fs.writeFileSync(`${site.board}/a`, bytes)
      inodes.add(fs.statSync(`${site.board}/a`).ino)
      contents.push(bytes)
      await isEmpty(site)
    }
    expect(inodes.size).toBeLessThan(12)
    expect([...storedFiles(site).values()].map(String).sort()).toEqual(contents.sort())
  })

  const changes: [string, (path: string) => void][] = [
    ['modified in place', (path) => overwrite(path, Buffer.from('other'), 0)],
    ['truncated', (path) => fs.truncateSync(path, 3 << 20)],
    ['renamed', (path) => fs.renameSync(path, `${path}2`)],
  ]
  test.each(changes)(
    'one %s during upload: only whole versions arrive, the last one too',
    async (_, change) => {
      const { site, receiver } = await startSite('changed', { bandwidth: '10MiB/s' })
      const path = `${site.board}/a`
      const whole = Buffer.alloc(10 << 20, 'first version ')
      fs.writeFileSync(path, whole)
      const agent = runAgent(site)
      await eventually(
        () => status(site),
        (one) => one?.uploading[0]?.committed > 0,
      )
      change(path)
      const last = fs.readFileSync(fs.existsSync(path) ? path : `${path}2`)
      agent.kill('SIGKILL')
      await agent.exited
      configure(site, receiver.port)
      runAgent(site)
      await isEmpty(site)
      const stored = [...storedFiles(site).values()]
      expect(stored.some((bytes) => bytes.equals(last))).toBe(true)
      for (const bytes of stored) expect(bytes.equals(last) || bytes.equals(whole)).toBe(true)
    },
  )

  test('a root that is removed during upload: the rows end, and a new one is looked at', async () => {
    const { site } = await startSite('no-root', { bandwidth: '10MiB/s' })
    fs.writeFileSync(`${site.board}/a`, Buffer.alloc(20 << 20, 'a'))
    runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 0,
    )
    fs.rmSync(site.board, { recursive: true })
    await eventually(
      () => status(site),
      (one) => one?.uploading.length === 0,
    )
    fs.mkdirSync(site.board)
    fs.writeFileSync(`${site.board}/b`, 'b')
    await isEmpty(site)
    expect([...storedFiles(site).keys()]).toEqual(['b'])
  })

  test('a path over 4096 bytes is named, and does not stand in the way of others', async () => {
    const { site } = await startSite('deep')
    const step = 'd'.repeat(200)
    const script = `cd ${site.board}; for i in $(seq 25); do mkdir ${step}; cd ${step}; done; echo x >deep`
    expect(Bun.spawnSync(['sh', '-c', script]).success).toBe(true)
    fs.writeFileSync(`${site.board}/plain`, 'plain')
    runAgent(site)
    await eventually(
      () => status(site),
      (one) => /path is longer than/.test(JSON.stringify(one?.waiting)),
    )
    await eventually(
      () => storedFiles(site).get('plain')?.toString(),
      (text) => text === 'plain',
    )
    Bun.spawnSync(['rm', '-rf', site.board])
  })

  test('a root within another, or one that holds the state, is refused in words', async () => {
    const { site, receiver } = await startSite('nested')
    fs.mkdirSync(`${site.board}/inner`)
    for (const roots of [[site.board, `${site.board}/inner`], [site.folder]]) {
      configure(site, receiver.port, { additional_sync_paths: roots })
      for (const command of ['run', 'check']) {
        const ran = await ferry([command, '--config', site.config])
        expect(ran.code).toBe(78)
        expect(ran.err + ran.out).toContain('additional_sync_paths')
      }
    }
  })
})
