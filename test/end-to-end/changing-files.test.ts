/** Files that change, cannot be read or cannot be deleted, and a disk of its own as destination. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  ferry,
  makeSite,
  once,
  readTree,
  runAgent,
  startSite,
  status,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

describe('files that change', () => {
  test('one held open by a logger stays; what is appended later becomes a new version', async () => {
    const { site } = await startSite('logger')
    const fd = fs.openSync(`${site.board}/log`, 'a')
    fs.writeSync(fd, 'first\n')
    runAgent(site)
    const held = (one: { waiting: { reason: string }[] }) =>
      one?.waiting.some(({ reason }) => reason === 'a process has it open for writing')
    await eventually(() => status(site), held)
    expect(fs.readFileSync(`${site.board}/log`, 'utf8')).toBe('first\n')
    fs.writeSync(fd, 'second\n')
    await eventually(
      () => storedFiles(site).size,
      (size) => size === 2,
    )
    expect(fs.readFileSync(`${site.board}/log`, 'utf8')).toBe('first\nsecond\n')
    fs.closeSync(fd)
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
    const contents = [...storedFiles(site).values()].map(String).sort()
    expect(contents).toEqual(['first\n', 'first\nsecond\n'])
  })

  test('one removed during upload ends its row, and others go on', async () => {
    const { site } = await startSite('removed', { bandwidth: '6MiB/s' })
    fs.writeFileSync(`${site.board}/a`, Buffer.alloc(30 << 20, 'a'))
    runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 0,
    )
    fs.writeFileSync(`${site.board}/b`, 'b')
    fs.rmSync(`${site.board}/a`)
    await eventually(
      () => status(site),
      (one) => one?.files.pending === 0 && one.totals.deleted >= 1,
    )
    expect(storedFiles(site).get('b')?.toString()).toBe('b')
  })

  test('one replaced during upload arrives as what it became', async () => {
    const { site } = await startSite('replaced', { bandwidth: '6MiB/s' })
    fs.writeFileSync(`${site.board}/a`, Buffer.alloc(20 << 20, 'old'))
    runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 0,
    )
    fs.writeFileSync(`${site.folder}/new`, 'new content')
    fs.renameSync(`${site.folder}/new`, `${site.board}/a`)
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
    const versions = [...storedFiles(site).values()]
    expect(versions.some((bytes) => bytes.toString() === 'new content')).toBe(true)
    const whole = Buffer.alloc(20 << 20, 'old')
    for (const bytes of versions) expect(bytes.length === 11 || bytes.equals(whole)).toBe(true)
  })

  test('a slow writer is not sent before it is quiet', async () => {
    const { site } = await startSite('slow', { file_last_modified_millis: 1000 })
    const agent = runAgent(site)
    for (let index = 0; index < 15; index++) {
      fs.appendFileSync(`${site.board}/slow`, `${index}\n`)
      await Bun.sleep(200)
      expect(storedFiles(site).size).toBe(0)
    }
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
    expect(storedFiles(site).get('slow')?.toString().split('\n')).toHaveLength(16)
    agent.kill('SIGKILL')
  })

  test('with one minute of power a day everything still arrives', async () => {
    const { site } = await startSite('daily', { sync_interval_mins: 1440 })
    fs.writeFileSync(`${site.board}/a`, 'x')
    runAgent(site)
    await eventually(
      () => storedFiles(site).size,
      (size) => size === 1,
      10_000,
    )
  })
})

describe('what cannot be read or deleted', () => {
  test('goes to the slow lane or stays, while others go on', async () => {
    if (process.getuid?.() !== 0) {
      console.log('SKIPPED unreadable files: not root')
      return
    }
    const { site } = await startSite('immutable')
    fs.writeFileSync(`${site.board}/fixed`, 'x')
    fs.writeFileSync(`${site.board}/plain`, 'y')
    if (!Bun.spawnSync(['chattr', '+i', `${site.board}/fixed`]).success) {
      console.log('SKIPPED an immutable file: chattr is not permitted')
      return
    }
    try {
      runAgent(site)
      const seen = await eventually(
        () => status(site),
        (one) => one?.totals.deleted === 1 && one.files.to_delete === 1,
      )
      expect(seen.waiting[0].reason).toContain('EPERM')
    } finally {
      Bun.spawnSync(['chattr', '-i', `${site.board}/fixed`])
    }
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
  })

  test('EIO while reading puts that file into the slow lane and never deletes it', async () => {
    if (!Bun.which('strace')) {
      console.log('SKIPPED read errors: strace is missing')
      return
    }
    const { site } = await startSite('eio')
    fs.writeFileSync(`${site.board}/bad`, Buffer.alloc(300_000, 'bad'))
    const inject = ['strace', '-f', '-o', '/dev/null', '-P', `${site.board}/bad`]
    const ran = await ferry(
      ['run', '--config', site.config, '--once', '--timeout', '20s', '--log-level', 'debug'],
      { prefix: [...inject, '-e', 'inject=pread64,read:error=EIO'] },
    )
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('EIO')
    expect(fs.existsSync(`${site.board}/bad`)).toBe(true)
    expect((await status(site)).files.slow_lane).toBe(1)
    expect(storedFiles(site).size).toBe(0)
  })
})

test('a directory destination carries files to a disk of its own', async () => {
  const site = await makeSite(temporaryFolder('usb'))
  const image = `${site.folder}/disk.img`
  const usb = `${site.folder}/usb`
  fs.mkdirSync(usb)
  Bun.spawnSync(['truncate', '-s', '64M', image])
  const made = Bun.spawnSync(['mkfs.ext4', '-q', image]).success
  if (!made || !Bun.spawnSync(['mount', '-o', 'loop', image, usb]).success) {
    console.log('SKIPPED a disk of its own: loop mounts are not permitted')
    return
  }
  try {
    await ferry(['receive', '--init', `${usb}/store`])
    const destination = { url: `file://${usb}/store`, key_file: undefined, ca_file: undefined }
    configure(site, 1, { destination })
    fs.writeFileSync(`${site.board}/a`, Buffer.alloc(3_000_000, 'usb '))
    const ran = await once(site)
    expect(ran.err).not.toContain('same file system')
    expect(ran.code).toBe(0)
    const stored = readTree(`${usb}/store/${site.device}/files${site.board}`)
    expect(stored.get('a')?.equals(Buffer.alloc(3_000_000, 'usb '))).toBe(true)
    expect(fs.readdirSync(site.board)).toEqual([])
    const inside = { url: `file://${site.store}`, key_file: undefined, ca_file: undefined }
    configure(site, 1, { destination: inside })
    const refused = await once(site)
    expect(refused.code).toBe(78)
    expect(refused.err).toContain('same file system')
  } finally {
    Bun.spawnSync(['umount', '-l', usb])
  }
})
