/** What bare system calls say of names and files is what the runtime says of them. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as net from 'node:net'
import fc from 'fast-check'
import { type BytePath, fromText } from '../../src/byte-path.ts'
import type { FileStat } from '../../src/system/files.ts'
import { fingerprint } from '../../src/system/fingerprint.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRawDirectory } from '../../src/system/raw-directory.ts'
import { forAll } from '../fakes/for-all.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const files = createPosixFiles()

const opened = <T>(folder: string, work: (directory: number) => T): T => {
  const directory = files.openRoot(fromText(folder))
  try {
    return work(directory)
  } finally {
    files.close(directory)
  }
}

function sifted(folder: string) {
  const marks = new Set<number>()
  const names: BytePath[] = []
  let bytes = 0
  const note = (mark: number, sizeBytes: number) => {
    marks.add(mark)
    bytes += sizeBytes
    return true
  }
  opened(folder, (directory) => {
    while (files.siftAt(directory, names, note));
  })
  return { marks, names: names.sort(), bytes }
}

const stats = (folder: string) =>
  opened(folder, (directory) =>
    files.listAt(directory).map((name) => ({
      name,
      stat: files.statAt(directory, name) as FileStat,
    })),
  )

describe('a directory read by bare calls', () => {
  test('gives each file the mark that its name and stat have, whatever they are', () => {
    const folder = temporaryFolder('raw')
    const names = [...'abcdefghi'].map((_, index) => 'n'.repeat(index + 1))
    for (const name of [...names, 'x'.repeat(255), 'ü', 'a\nb']) {
      fs.writeFileSync(`${folder}/${name}`, name)
    }
    fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff, 0xfe)]), 'x')
    fs.truncateSync(`${folder}/n`, 5 * 2 ** 31)
    Bun.spawnSync(['touch', '-d', '1969-12-31T23:59:58.5Z', `${folder}/nn`])
    fs.utimesSync(`${folder}/nnn`, 2 ** 33, 2 ** 33)
    const { marks, names: others, bytes } = sifted(folder)
    const expected = stats(folder)
    expect(others).toEqual([])
    expect(marks).toEqual(new Set(expected.map(({ name, stat }) => fingerprint(name, stat))))
    expect(marks.size).toBe(13)
    expect(bytes).toBe(expected.reduce((sum, { stat }) => sum + stat.sizeBytes, 0))
  })

  test('asks about regular files alone, and names all else', async () => {
    const folder = temporaryFolder('raw')
    fs.writeFileSync(`${folder}/file`, '')
    fs.mkdirSync(`${folder}/folder`)
    fs.symlinkSync('file', `${folder}/link`)
    Bun.spawnSync(['mkfifo', `${folder}/fifo`])
    const server = net.createServer().listen(`${folder}/socket`)
    await new Promise((resolve) => server.once('listening', resolve))
    const { marks, names } = sifted(folder)
    const kinds = stats(folder).map(({ name, stat }) => `${name} ${stat.kind}`)
    server.close()
    expect(marks.size).toBe(1)
    expect(names.map(String)).toEqual(['fifo', 'folder', 'link', 'socket'])
    expect(kinds).toEqual([
      ...['fifo fifo', 'file file', 'folder directory', 'link symlink', 'socket socket'],
    ])
  })

  test('comes in pieces and whole, however many there are', () => {
    const folder = temporaryFolder('raw')
    for (let index = 0; index < 5000; index++) fs.writeFileSync(`${folder}/${index}`, '')
    expect(sifted(folder).marks.size).toBe(5000)
    const names: BytePath[] = []
    let calls = 1
    opened(folder, (directory) => {
      while (files.siftAt(directory, names)) calls += 1
    })
    expect(new Set(names).size).toBe(5000)
    expect(calls).toBeGreaterThan(2)
  })

  test('fails with the code of the system', () => {
    const folder = temporaryFolder('raw')
    fs.writeFileSync(`${folder}/file`, '')
    const fd = fs.openSync(`${folder}/file`, 'r')
    expect(() => files.siftAt(fd, [])).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
    fs.closeSync(fd)
    fs.mkdirSync(`${folder}/gone`)
    opened(`${folder}/gone`, (directory) => {
      fs.rmdirSync(`${folder}/gone`)
      expect(() => files.siftAt(directory, [])).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    })
  })

  test('states what the runtime states, on every file system that is mounted here', () => {
    const raw = createRawDirectory()
    const mounts = fs.readFileSync('/proc/self/mounts', 'utf8').split('\n').slice(0, -1)
    const places = new Set(mounts.map((line) => line.split(' ')[1] as string))
    let compared = 0
    for (const place of ['/', '/dev/null', '/etc/mtab', ...places]) {
      const stat = fs.lstatSync(place, { bigint: true, throwIfNoEntry: false })
      if (stat === undefined) continue
      const { dev, ino, mtimeNs, ctimeNs, size, nlink } = stat
      const sizes = { sizeBytes: Number(size), links: Number(nlink) }
      const ours = opened('/', (root) =>
        raw.statAt(root, (place.slice(1) as BytePath) || ('.' as BytePath)),
      )
      // Devices and the kernel's own files change while one looks.
      expect(ours).not.toBe('failed')
      if (ours === undefined || ours === 'failed') continue
      if (ours.mtimeNs !== fs.lstatSync(place, { bigint: true }).mtimeNs) continue
      expect({ place, ...ours }).toMatchObject({ place, dev, ino, mtimeNs, ctimeNs, ...sizes })
      compared += 1
    }
    expect(compared).toBeGreaterThan(1)
  })
})

describe('a mark', () => {
  const bits = (max: bigint) => fc.bigInt({ min: 0n, max })
  const version = fc.record({
    ino: bits(2n ** 64n - 1n),
    sizeBytes: fc.maxSafeNat(),
    mtimeNs: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    ctimeNs: bits(2n ** 62n),
  })
  const name = fc.string({ minLength: 1, maxLength: 255 }).map(fromText)

  test('is a whole number, and differs where one bit of the version does', () => {
    const field = fc.constantFrom('ino', 'mtimeNs', 'ctimeNs', 'sizeBytes')
    forAll(
      fc.property(name, version, field, fc.nat(51), (text, one, key, bit) => {
        const flip = { ...one, [key]: BigInt(one[key]) ^ (1n << BigInt(bit)) }
        const other = { ...flip, sizeBytes: Number(flip.sizeBytes) }
        const [a, b] = [fingerprint(text, one), fingerprint(text, other)]
        expect(Number.isSafeInteger(a) && a >= 0).toBe(true)
        expect(a).not.toBe(b)
        expect(fingerprint(`${text}x` as BytePath, one)).not.toBe(a)
      }),
    )
  })

  test('is seldom that of another file: 300,000 of them have as many', () => {
    const seen = new Set<number>()
    for (let index = 0; index < 300_000; index++) {
      const stat = { ino: BigInt(index), sizeBytes: 4096, mtimeNs: 0n, ctimeNs: BigInt(index % 7) }
      seen.add(fingerprint(`f${index % 1000}` as BytePath, stat))
    }
    expect(seen.size).toBe(300_000)
  })
})
