/** One agent works in a root at a time, whatever journals there are; the other one says so. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { onceAfter } from '../fakes/ends.ts'
import {
  collectLog,
  configure,
  eventually,
  once,
  runAgent,
  type Site,
  startSite,
  status,
  storedFiles,
} from '../fakes/ferry.ts'

const isRoot = process.getuid?.() === 0
const hasPrograms = ['setpriv', 'perl'].every((name) => Bun.which(name) !== null)

/** Another agent of the same board, with a state directory of its own. */
function beside(site: Site, port: number, name = 'other'): Site {
  const other = { ...site, config: `${site.folder}/${name}.json` }
  configure(other, port, { state_dir: `${site.folder}/${name}-state` })
  return other
}

const isSent = ({ board }: Site) =>
  eventually(
    () => fs.readdirSync(board),
    (names) => names.length === 0,
  )

const saysWhose = (site: Site, pid: number) =>
  eventually(
    async () => (await status(site))?.troubles.join(),
    (text) => text?.includes(`another agent (process ${pid})`),
  )

const looks = (site: Site, count: number) =>
  eventually(
    async () => (await status(site))?.last_look?.count ?? 0,
    (passes) => passes >= count,
  )

const deletes = (site: Site, files: number) =>
  eventually(
    async () => (await status(site))?.totals.deleted,
    (count) => count === files,
  )

const passes = async (site: Site): Promise<number> => (await status(site))?.last_look?.count ?? 0

describe('two agents on one root', () => {
  test('a new directory with the inode of one that is gone is free', async () => {
    const { site, receiver } = await startSite('reused')
    const first = runAgent(site)
    await looks(site, 1)
    first.kill('SIGSTOP')
    const { ino, birthtimeNs } = fs.statSync(site.board, { bigint: true })
    const other = beside(site, receiver.port)
    let isReused = false
    for (let trial = 0; trial < 50 && !isReused; trial++) {
      fs.rmSync(site.board, { recursive: true })
      fs.mkdirSync(site.board)
      isReused = fs.statSync(site.board, { bigint: true }).ino === ino
    }
    if (!isReused || birthtimeNs === 0n) {
      return console.log(
        'SKIPPED a reused inode: this file system gives none, or no times of birth',
      )
    }
    fs.writeFileSync(`${site.board}/a`, 'a')
    expect(await once(other)).toMatchObject({ code: 0 })
    expect(fs.readdirSync(site.board)).toEqual([])
  })

  test('a directory that was moved is free for the agent that has it under its new path', async () => {
    const { site, receiver } = await startSite('moved')
    const first = runAgent(site)
    await looks(site, 1)
    const other = { ...beside(site, receiver.port), board: `${site.folder}/moved` }
    configure(other, receiver.port, {
      state_dir: `${site.folder}/other-state`,
      additional_sync_paths: [other.board],
    })
    fs.renameSync(site.board, other.board)
    fs.writeFileSync(`${other.board}/a`, 'under its new path')
    runAgent(other)
    await isSent(other)
    expect(first.exitCode).toBe(null)
  })

  test('the second one touches nothing and says whose it is, and takes over when that ends', async () => {
    const { site, receiver } = await startSite('claimed')
    const first = runAgent(site)
    await looks(site, 1)
    const other = beside(site, receiver.port)
    const log = collectLog(runAgent(other))
    await saysWhose(other, first.pid)
    expect(log.text()).toContain(`another agent (process ${first.pid})`)
    first.kill('SIGSTOP')
    fs.writeFileSync(`${site.board}/a`, 'waits for the first')
    await looks(other, (await passes(other)) + 4)
    expect(fs.readdirSync(site.board)).toEqual(['a'])
    expect((await status(other)).files).toMatchObject({ pending: 0, settling: 0, in_flight: 0 })
    expect((await once(beside(site, receiver.port, 'third'))).code).toBe(1)
    first.kill('SIGCONT')
    await isSent(site)
    expect((await status(other)).totals.acknowledged).toBe(0)
    first.kill('SIGKILL')
    await first.exited
    fs.writeFileSync(`${site.board}/b`, 'is for the second')
    await isSent(site)
    await deletes(other, 1)
    expect((await status(other)).troubles).toEqual([])
    expect([...storedFiles(site).keys()].sort()).toEqual(['a', 'b'])
  })

  test('a reload gives a root up to the other one, and asks for it again', async () => {
    const { site, receiver } = await startSite('handed-over')
    const elsewhere = `${site.folder}/elsewhere`
    fs.mkdirSync(`${elsewhere}/deep`, { recursive: true })
    const first = runAgent(site)
    await looks(site, 1)
    const other = beside(site, receiver.port)
    const second = runAgent(other)
    await saysWhose(other, first.pid)
    configure(site, receiver.port, { additional_sync_paths: [elsewhere] })
    first.kill('SIGHUP')
    fs.writeFileSync(`${site.board}/a`, 'a')
    fs.writeFileSync(`${elsewhere}/deep/b`, 'b')
    await isSent(site)
    for (const one of [site, other]) await deletes(one, 1)
    configure(site, receiver.port, { additional_sync_paths: [site.board, elsewhere] })
    first.kill('SIGHUP')
    await saysWhose(site, second.pid)
    fs.writeFileSync(`${elsewhere}/c`, 'c')
    await eventually(
      () => fs.existsSync(`${elsewhere}/c`),
      (isThere) => !isThere,
    )
  })

  test.skipIf(!isRoot)('an agent that has nothing to do does not keep a root mounted', async () => {
    const { site } = await startSite('unmounted')
    const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', 'none', site.board])
    expect(mounted.success).toBe(true)
    onceAfter(() => void Bun.spawnSync(['umount', '-l', site.board]))
    fs.writeFileSync(`${site.board}/a`, 'a')
    runAgent(site)
    await isSent(site)
    await eventually(
      () => Bun.spawnSync(['umount', site.board]).exitCode,
      (code) => code === 0,
      5_000,
    )
  })

  test.skipIf(!(isRoot && hasPrograms))('a name that a stranger took stops nobody', async () => {
    const { site } = await startSite('squatted')
    const { dev, ino, birthtimeNs } = fs.statSync(site.board, { bigint: true })
    const script = `use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0);
      bind(S, pack_sockaddr_un("\\0ferry-root-${dev}-${ino}-${birthtimeNs}")) or die; listen(S, 9); $| = 1; print "held\\n"; sleep 60`
    const stranger = Bun.spawn(
      ['setpriv', '--reuid=65534', '--clear-groups', 'perl', '-e', script],
      { stdout: 'pipe' },
    )
    try {
      await stranger.stdout.getReader().read()
      const log = collectLog(runAgent(site))
      fs.writeFileSync(`${site.board}/a`, 'a')
      await isSent(site)
      expect(log.text()).toContain('held by a stranger')
      expect(log.text()).not.toContain('another agent')
    } finally {
      stranger.kill('SIGKILL')
      await stranger.exited
    }
  })
})
if (!isRoot) console.log('SKIPPED a mounted root, a stranger who took the name: not root')
else if (!hasPrograms) console.log('SKIPPED a stranger who took the name: no setpriv or perl')
