/** Promise P1 on a real file system: nothing but this version, and only while nobody writes it. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import { type FileVersion, pendingUpload, type Upload } from '../../src/model.ts'
import { reclaim } from '../../src/reclaim/reclaim.ts'
import { restoreAside } from '../../src/reclaim/restore.ts'
import type { Files, WriterCheck } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const posix = createPosixFiles()
const memory = { fact: () => '', setFact: () => {} }

function acknowledged(root: string, name: string): Upload {
  const path = `${root}/${name}`
  const stat = fs.lstatSync(path, { bigint: true })
  const file: FileVersion = {
    root: fromText(root),
    path: fromText(path),
    dev: stat.dev,
    ino: stat.ino,
    sizeBytes: Number(stat.size),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
  }
  const receipt = {
    uploadId: '',
    sizeBytes: file.sizeBytes,
    digest: new Uint8Array(),
    sha256: '',
    location: '',
  }
  return { ...pendingUpload(1, file), state: 'acknowledged', receipt }
}

function folderWith(name: string, content = 'content'): string {
  const root = temporaryFolder('reclaim')
  fs.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ''), { recursive: true })
  fs.writeFileSync(`${root}/${name}`, content)
  return root
}

function run(upload: Upload, files: Files = posix, whenUnsure: 'hold' | 'delete' = 'hold') {
  const guard = createRootGuard(files, memory)
  return reclaim({ files, guard, random: seededRandom(1) }, upload, whenUnsure)
}

/** The real files, with something happening right before one call. */
function before<K extends keyof Files>(call: K, happens: () => void): Files {
  const original = posix[call] as (...args: unknown[]) => unknown
  const wrapped = (...args: unknown[]) => {
    happens()
    return original(...args)
  }
  return { ...posix, [call]: wrapped }
}

describe('reclaim', () => {
  test('deletes the version that was acknowledged, and leaves its directory without a trace', () => {
    const root = folderWith('sub/a')
    expect(run(acknowledged(root, 'sub/a')).type).toBe('reclaimed')
    expect(fs.readdirSync(`${root}/sub`)).toEqual([])
  })

  test.each<[string, (path: string) => void]>([
    ['appended to', (path) => fs.appendFileSync(path, 'more')],
    ['rewritten in place with the same size', (path) => fs.writeFileSync(path, 'CONTENT')],
    [
      'replaced by a rename',
      (path) => {
        fs.writeFileSync(`${path}.new`, 'content')
        fs.renameSync(`${path}.new`, path)
      },
    ],
    ['touched', (path) => fs.utimesSync(path, 1, 1)],
    [
      'replaced by a link',
      (path) => {
        fs.unlinkSync(path)
        fs.symlinkSync('/etc/hostname', path)
      },
    ],
    [
      'replaced by a directory',
      (path) => {
        fs.unlinkSync(path)
        fs.mkdirSync(path)
      },
    ],
  ])('a file that was %s since is kept as another version', (_, change) => {
    const root = folderWith('a')
    const upload = acknowledged(root, 'a')
    change(`${root}/a`)
    expect(run(upload).type).toBe('superseded')
    expect(fs.lstatSync(`${root}/a`)).toBeDefined()
  })

  test('a file that is gone has vanished', () => {
    const root = folderWith('a')
    const upload = acknowledged(root, 'a')
    fs.unlinkSync(`${root}/a`)
    expect(run(upload).type).toBe('vanished')
  })

  test('a file that this or another process has open for writing stays, with the reason', () => {
    const root = folderWith('a')
    const upload = acknowledged(root, 'a')
    const fd = fs.openSync(`${root}/a`, 'r+')
    expect(run(upload)).toMatchObject({ type: 'held', reason: 'a process has it open for writing' })
    expect(fs.readFileSync(`${root}/a`, 'utf8')).toBe('content')
    fs.closeSync(fd)
    expect(run(upload).type).toBe('reclaimed')
  })

  test('a reader does not keep a file', () => {
    const root = folderWith('a')
    const upload = acknowledged(root, 'a')
    const fd = fs.openSync(`${root}/a`, 'r')
    expect(run(upload).type).toBe('reclaimed')
    fs.closeSync(fd)
  })

  test('where nobody can tell who writes, a file stays unless the operator chose otherwise', () => {
    const root = folderWith('a')
    const upload = acknowledged(root, 'a')
    const blind: Files = { ...posix, writers: (): WriterCheck => 'unknown' }
    expect(run(upload, blind)).toMatchObject({ type: 'held' })
    expect(run(upload, blind, 'delete').type).toBe('reclaimed')
  })

  test('a file put in place right before the rename comes back untouched', () => {
    const root = folderWith('a')
    const upload = acknowledged(root, 'a')
    const files = before('renameNewAt', () => {
      if (fs.existsSync(`${root}/other`)) return
      fs.writeFileSync(`${root}/other`, '')
      fs.writeFileSync(`${root}/new`, 'precious')
      fs.renameSync(`${root}/new`, `${root}/a`)
    })
    expect(run(upload, files).type).toBe('superseded')
    expect(fs.readFileSync(`${root}/a`, 'utf8')).toBe('precious')
    expect(fs.readdirSync(root).sort()).toEqual(['a', 'other'])
  })

  test('a directory that was swapped for a link leads nowhere', () => {
    const root = folderWith('sub/a')
    const outside = folderWith('a')
    const upload = acknowledged(root, 'sub/a')
    fs.renameSync(`${root}/sub`, `${root}/moved`)
    fs.symlinkSync(outside, `${root}/sub`)
    expect(['vanished', 'superseded']).toContain(run(upload).type)
    expect(fs.readFileSync(`${outside}/a`, 'utf8')).toBe('content')
    expect(fs.readFileSync(`${root}/moved/a`, 'utf8')).toBe('content')
  })

  test('a name of 255 bytes and one that is not UTF-8 are deleted too', () => {
    const root = temporaryFolder('reclaim')
    const long = 'x'.repeat(255)
    fs.writeFileSync(`${root}/${long}`, 'a')
    expect(run(acknowledged(root, long)).type).toBe('reclaimed')
    expect(fs.readdirSync(root)).toEqual([])
  })

  test('another hard link of the same content stays', () => {
    const root = folderWith('a')
    fs.linkSync(`${root}/a`, `${root}/b`)
    expect(run(acknowledged(root, 'a')).type).toBe('reclaimed')
    expect(fs.readFileSync(`${root}/b`, 'utf8')).toBe('content')
  })

  test('only what is acknowledged may come here', () => {
    const root = folderWith('a')
    const upload = { ...acknowledged(root, 'a'), state: 'pending' as const }
    expect(() => run(upload)).toThrow('only what is acknowledged')
    expect(fs.existsSync(`${root}/a`)).toBe(true)
  })
})

describe('names put aside', () => {
  test('are put back, and what took their place meanwhile stays', () => {
    const root = temporaryFolder('aside')
    fs.mkdirSync(`${root}/.ferry-aside`)
    fs.writeFileSync(`${root}/.ferry-aside/a`, 'old a')
    fs.writeFileSync(`${root}/.ferry-aside/b`, 'old b')
    fs.writeFileSync(`${root}/a`, 'new a')
    const fd = posix.openRoot(fromText(root))
    restoreAside(posix, fd)
    posix.close(fd)
    expect(fs.readdirSync(root).sort()).toEqual(['a', 'a.ferry-restored-1', 'b'])
    expect(fs.readFileSync(`${root}/a`, 'utf8')).toBe('new a')
    expect(fs.readFileSync(`${root}/a.ferry-restored-1`, 'utf8')).toBe('old a')
  })

  test('where nothing is put aside nothing happens', () => {
    const root = folderWith('a')
    const fd = posix.openRoot(fromText(root))
    restoreAside(posix, fd)
    posix.close(fd)
    expect(fs.readdirSync(root)).toEqual(['a'])
  })
})
