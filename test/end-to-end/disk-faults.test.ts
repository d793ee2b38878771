/** Disks that are full, read-only, failing or gone, on the executable and on file systems of their own. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { fillBlocks, fillInodes, loopDisk, memoryDisk, missingForDisks } from '../fakes/disk.ts'
import {
  collectLog,
  configure,
  eventually,
  makeSite,
  once,
  runAgent,
  type Site,
  spawnFerry,
  startReceiver,
  status,
  storedFiles,
  untilSaid,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const missing = missingForDisks()
if (missing !== '') console.log(`SKIPPED disks that fail: ${missing}`)
const withDisks = test.skipIf(missing !== '')
const withStrace = test.skipIf(!Bun.which('strace'))
if (!Bun.which('strace')) console.log('SKIPPED system calls that fail: strace is missing')

const NEVER_MIND_ROOM = ['--min-free', '1KiB']

const isEmpty = (folder: string, withinMs = 30_000) =>
  eventually(
    () => fs.readdirSync(folder).filter((name) => name.startsWith('f')),
    (names) => names.length === 0,
    withinMs,
  )

const write = ({ board }: Site, count: number, bytes = 1000) => {
  for (let index = 0; index < count; index++) {
    fs.writeFileSync(`${board}/f${index}`, Buffer.alloc(bytes, `f${index} `))
  }
}

/** The tracer stays outside, so that what is killed is the executable. */
const failing = (calls: string, how: string) => [
  ...['strace', '-D', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`],
  ...['-e', `inject=${calls}:${how}`],
]

describe('a full disk', () => {
  withDisks('ENOSPC under the journal: it goes on in memory, all is sent and deleted', async () => {
    const site = await makeSite(temporaryFolder('journal-full'))
    const state = memoryDisk(`${site.folder}/state`, '1m')
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { log_level: 'info' })
    const log = collectLog(runAgent(site))
    await eventually(
      () => status(site),
      (one) => one?.running,
    )
    fillBlocks(`${state.path}/ballast`)
    write(site, 400)
    await isEmpty(site.board)
    expect(storedFiles(site).size).toBe(400)
    expect(log.text()).toContain('journal moved to memory')
    expect((await status(site)).troubles.join()).toContain('the journal is in memory')
  })

  withDisks(
    'ENOSPC on the board, down to its inodes: what is there is sent and deleted',
    async () => {
      const folder = temporaryFolder('board-full')
      const disk = loopDisk(`${folder}/disk`, 16, 128)
      const site = await makeSite(folder, 'robot-7', { board: `${disk.path}/board` })
      const receiver = await startReceiver(site.store)
      configure(site, receiver.port, { state_dir: `${disk.path}/state` })
      write(site, 20)
      fillInodes(disk.path)
      fillBlocks(`${disk.path}/ballast/0`)
      expect(fs.existsSync(`${disk.path}/state`)).toBe(false)
      const ran = await once(site)
      expect(ran.err).toContain('ENOSPC')
      expect(ran.code).toBe(0)
      expect(fs.readdirSync(site.board)).toEqual([])
      expect(storedFiles(site).size).toBe(20)
    },
  )

  withDisks(
    'ENOSPC at the receiver, of its inodes, until there are some: then all arrives',
    async () => {
      const folder = temporaryFolder('store-full')
      const disk = loopDisk(`${folder}/disk`, 64, 256)
      const site = await makeSite(folder, 'robot-7', { store: `${disk.path}/store` })
      const receiver = await startReceiver(site.store, NEVER_MIND_ROOM)
      const release = fillInodes(disk.path)
      configure(site, receiver.port)
      write(site, 10)
      fs.writeFileSync(`${site.board}/f-large`, Buffer.alloc(2_000_000, 'large '))
      const agent = runAgent(site)
      await eventually(
        () => status(site),
        (one) => one?.waiting.some(({ reason }: { reason: string }) => /no room/.test(reason)),
      )
      expect(fs.readdirSync(site.board)).toHaveLength(11)
      release()
      // It was told to ask again in ten seconds; a new agent asks at once.
      agent.kill('SIGKILL')
      expect(await once(site)).toMatchObject({ code: 0 })
      expect(storedFiles(site).size).toBe(11)
    },
  )
})

describe('a disk that changes', () => {
  withDisks(
    'a read-only file system: sent, not deleted, said so; deleted when it is writable',
    async () => {
      const folder = temporaryFolder('read-only')
      const disk = loopDisk(`${folder}/disk`, 32)
      const site = await makeSite(folder, 'robot-7', { board: `${disk.path}/board` })
      const receiver = await startReceiver(site.store)
      configure(site, receiver.port, { state_dir: `${disk.path}/state` })
      write(site, 3)
      disk.remount('ro')
      const first = runAgent(site)
      const log = collectLog(first)
      await eventually(
        () => storedFiles(site).size,
        (size) => size === 3,
      )
      await untilSaid(log, 'EROFS')
      expect(fs.readdirSync(site.board)).toHaveLength(3)
      first.kill('SIGKILL')
      await first.exited
      disk.remount('rw')
      expect(await once(site)).toMatchObject({ code: 0 })
      expect(fs.readdirSync(site.board)).toEqual([])
      expect(storedFiles(site).size).toBe(3)
    },
  )

  withDisks(
    'a root that is unmounted: reported, nothing forgotten; mounted again, it goes on',
    async () => {
      const folder = temporaryFolder('unmounted')
      const disk = loopDisk(`${folder}/disk`, 32)
      const site = await makeSite(folder, 'robot-7', { board: `${folder}/board` })
      const receiver = await startReceiver(site.store)
      configure(site, receiver.port, { additional_sync_paths: [disk.path] })
      fs.rmdirSync(`${disk.path}/lost+found`)
      fs.writeFileSync(`${disk.path}/f1`, 'before')
      runAgent(site)
      await isEmpty(disk.path)
      disk.unmount()
      fs.writeFileSync(`${disk.path}/not-of-this-disk`, 'x')
      await eventually(
        () => status(site),
        (one) => /was a mount point/.test(JSON.stringify(one)),
      )
      expect(fs.existsSync(`${disk.path}/not-of-this-disk`)).toBe(true)
      fs.rmSync(`${disk.path}/not-of-this-disk`)
      disk.mount()
      fs.writeFileSync(`${disk.path}/f2`, 'after')
      await isEmpty(disk.path)
    },
  )

  withDisks('a root under another device number in mid file: the upload resumes', async () => {
    const folder = temporaryFolder('renumbered')
    const disk = loopDisk(`${folder}/disk`, 64)
    const site = await makeSite(folder)
    const receiver = await startReceiver(site.store)
    const settings = { additional_sync_paths: [disk.path] }
    configure(site, receiver.port, { ...settings, bandwidth: '8MiB/s' })
    fs.rmdirSync(`${disk.path}/lost+found`)
    const bytes = Buffer.alloc(24 << 20, 'twenty-four megabytes ')
    fs.writeFileSync(`${disk.path}/f1`, bytes)
    const before = fs.statSync(disk.path).dev
    const agent = runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 0,
    )
    agent.kill('SIGKILL')
    await agent.exited
    disk.unmount()
    loopDisk(`${folder}/other`, 16)
    disk.mount()
    expect(fs.statSync(disk.path).dev).not.toBe(before)
    configure(site, receiver.port, settings)
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(receiver.log.text()).toContain('"resumed"')
    expect(fs.existsSync(`${disk.path}/f1`)).toBe(false)
  })
})

describe('system calls that fail', () => {
  withStrace(
    'EIO on fsync at the receiver: the part is given up, and the file arrives whole',
    async () => {
      const site = await makeSite(temporaryFolder('fsync'))
      const prefix = failing('fsync,fdatasync', 'error=EIO:when=3')
      const receiver = await startReceiver(site.store, [], { prefix })
      configure(site, receiver.port, { log_level: 'debug' })
      const bytes = Buffer.alloc(1_500_000, 'content ')
      fs.writeFileSync(`${site.board}/f1`, bytes)
      runAgent(site)
      await isEmpty(site.board)
      expect(receiver.log.text()).toContain('EIO')
      expect([...storedFiles(site).values()].map((found) => found.equals(bytes))).toEqual([true])
    },
  )

  withStrace.each(['EACCES', 'EPERM', 'EBUSY', 'ESTALE'])(
    '%s while deleting: it stays, with the reason, and goes later; others go on',
    async (code) => {
      const site = await makeSite(temporaryFolder('refused'))
      const receiver = await startReceiver(site.store)
      configure(site, receiver.port)
      write(site, 3)
      const run = ['run', '--config', site.config, '--log-level', 'debug']
      const prefix = failing('renameat2,link,linkat', `error=${code}:when=1..2`)
      const agent = spawnFerry(run, { prefix })
      const log = collectLog(agent)
      await isEmpty(site.board)
      expect(log.text()).toContain(code)
      expect(storedFiles(site).size).toBe(3)
    },
  )
})
