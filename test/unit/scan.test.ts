/** One look at real directories: what is found, what is passed over, and why. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as net from 'node:net'
import { scanner } from '../fakes/scanner.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

describe('a look', () => {
  test('finds regular files in byte order and names a reason for everything else', async () => {
    const root = temporaryFolder('scan')
    fs.mkdirSync(`${root}/sub/empty`, { recursive: true })
    for (const name of ['b', 'a', 'sub/c', '.hidden']) fs.writeFileSync(`${root}/${name}`, name)
    fs.writeFileSync(`${root}/zero`, '')
    fs.symlinkSync('/etc/hostname', `${root}/link`)
    fs.symlinkSync('/etc', `${root}/dirlink`)
    fs.symlinkSync(root, `${root}/sub/loop`)
    Bun.spawnSync(['mkfifo', `${root}/fifo`])
    const server = net.createServer().listen(`${root}/socket`)
    await new Promise((resolve) => server.once('listening', resolve))
    const scan = scanner(root)
    const figures = await scan.look()
    server.close()
    expect(scan.names()).toEqual(['.hidden', 'a', 'b', 'sub/c', 'zero'])
    const reasons = Object.fromEntries(figures.skipped.map((one) => [one.reason, one.files]))
    expect(reasons).toEqual({ 'a symbolic link': 3, 'a named pipe': 1, 'a socket': 1 })
  })

  test('leaves what ferry bench writes alone, at any depth', async () => {
    const root = temporaryFolder('scan')
    fs.mkdirSync(`${root}/sub/.ferry-bench-a1B2c3`, { recursive: true })
    fs.writeFileSync(`${root}/sub/.ferry-bench-a1B2c3/sequential`, 'x')
    fs.writeFileSync(`${root}/sub/mine`, 'x')
    const scan = scanner(root)
    const figures = await scan.look()
    expect(scan.names()).toEqual(['sub/mine'])
    expect(figures.skipped).toMatchObject([{ reason: 'belongs to ferry bench', files: 1 }])
  })

  test('takes names as bytes: newlines, 255 bytes, and what is not UTF-8', async () => {
    const root = temporaryFolder('scan')
    const names = [Buffer.from('a\nb'), Buffer.alloc(255, 'x'), Buffer.of(0xff, 0xfe)]
    for (const name of names) fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), 'x')
    const scan = scanner(root)
    await scan.look()
    const found = scan
      .found()
      .map((file) => Buffer.from(file.path, 'latin1').subarray(root.length + 1))
    expect(found.map(String).sort()).toEqual(names.map(String).sort())
  })

  test('include and exclude choose, and what they leave out has a reason', async () => {
    const root = temporaryFolder('scan')
    fs.mkdirSync(`${root}/tmp/deep`, { recursive: true })
    for (const name of ['a.mcap', 'b.log', 'tmp/c.mcap', 'tmp/deep/d.mcap', 'ü.mcap']) {
      fs.writeFileSync(`${root}/${name}`, 'x')
    }
    const scan = scanner(root, { include: ['**/*.mcap'], exclude: ['**/tmp/**'] })
    const figures = await scan.look()
    expect(scan.names()).toEqual(['a.mcap', 'ü.mcap'])
    expect(figures.skipped.map((one) => one.reason).sort()).toEqual([
      'in "exclude"',
      'not in "include"',
    ])
  })

  test('files being written never go, complete captures go at once', async () => {
    const root = temporaryFolder('scan')
    for (const name of ['x.prog', 'x.capture', 'x.log']) fs.writeFileSync(`${root}/${name}`, 'x')
    const scan = scanner(root, { isCapture: true }, 60_000)
    const figures = await scan.look()
    expect(scan.names()).toEqual(['x.capture'])
    expect(figures.changing).toBe(1)
  })

  test('a second look finds nothing new where nothing changed', async () => {
    const root = temporaryFolder('scan')
    fs.writeFileSync(`${root}/a`, 'x')
    const scan = scanner(root)
    expect((await scan.look()).discovered).toBe(1)
    expect(await scan.look()).toMatchObject({ discovered: 0, unchanged: 1 })
    fs.appendFileSync(`${root}/a`, 'y')
    expect((await scan.look()).discovered).toBe(1)
    expect(scan.found().map((file) => file.sizeBytes)).toEqual([2])
  })

  test('a directory of many files comes in pieces and whole', async () => {
    const root = temporaryFolder('scan')
    for (let index = 0; index < 3000; index++) fs.writeFileSync(`${root}/${index}`, '')
    const scan = scanner(root)
    expect((await scan.look()).discovered).toBe(3000)
    expect((await scan.look()).unchanged).toBe(3000)
  })

  test('a full journal leaves the rest for later, with a reason', async () => {
    const root = temporaryFolder('scan')
    for (let index = 0; index < 10; index++) fs.writeFileSync(`${root}/${index}`, '')
    const scan = scanner(root, {}, 0, { maxRows: 4 })
    const figures = await scan.look()
    expect(figures.discovered).toBe(4)
    expect(figures.skipped[0]).toMatchObject({ reason: 'waits for room in the journal', files: 6 })
  })

  test('a root that is missing or no directory is reported, and rows stay', async () => {
    const root = temporaryFolder('scan')
    fs.writeFileSync(`${root}/a`, 'x')
    const scan = scanner(root)
    await scan.look()
    fs.renameSync(root, `${root}-away`)
    expect((await scan.look()).troubles[0]?.trouble).toContain('does not exist')
    expect(scan.found()).toHaveLength(1)
    fs.renameSync(`${root}-away`, root)
    expect((await scan.look()).troubles).toEqual([])
  })

  test('a root that was a mount point and is none now is left alone', async () => {
    const root = temporaryFolder('scan')
    if (!Bun.spawnSync(['mount', '-t', 'tmpfs', 'none', root]).success) {
      console.log('SKIPPED an unmounted root: mount is not permitted')
      return
    }
    fs.writeFileSync(`${root}/a`, 'x')
    const scan = scanner(root)
    try {
      expect((await scan.look()).discovered).toBe(1)
    } finally {
      Bun.spawnSync(['umount', '-l', root])
    }
    fs.writeFileSync(`${root}/not-this-one`, 'x')
    expect((await scan.look()).troubles[0]?.trouble).toContain('nothing is mounted there now')
    expect(scan.names()).toEqual(['a'])
    expect(Bun.spawnSync(['mount', '-t', 'tmpfs', 'none', root]).success).toBe(true)
    try {
      fs.writeFileSync(`${root}/b`, 'x')
      expect((await scan.look()).troubles).toEqual([])
      expect(scan.names()).toEqual(['a', 'b'])
    } finally {
      Bun.spawnSync(['umount', '-l', root])
    }
  })

  test('names that an interrupted deletion put aside come back and are found', async () => {
    const root = temporaryFolder('scan')
    fs.mkdirSync(`${root}/sub/.ferry-aside`, { recursive: true })
    fs.writeFileSync(`${root}/sub/.ferry-aside/a`, 'x')
    const scan = scanner(root)
    await scan.look()
    await scan.look()
    expect(scan.names()).toEqual(['sub/a'])
  })
})
