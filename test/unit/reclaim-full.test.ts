/** Deleting on a disk too full for the folder that names are put aside in. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import type { Upload } from '../../src/model.ts'
import { reclaim } from '../../src/reclaim/reclaim.ts'
import { undoDeletion } from '../../src/reclaim/restore.ts'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { scanner } from '../fakes/scanner.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { uploadOf, versionAt } from '../fakes/uploads.ts'

const posix = createPosixFiles()

function folderWith(name: string): string {
  const root = temporaryFolder('full')
  fs.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ''), { recursive: true })
  fs.writeFileSync(`${root}/${name}`, 'content')
  return root
}

function acknowledged(root: string, name: string): Upload {
  const file = versionAt(root, name)
  const { sizeBytes } = file
  const receipt = { uploadId: '', sizeBytes, digest: new Uint8Array(), sha256: '', location: '' }
  return uploadOf(file, { state: 'acknowledged', receipt })
}

function run(upload: Upload, files: Files) {
  const guard = createRootGuard(files, { fact: () => '', setFact: () => {} })
  return reclaim({ files, guard, random: seededRandom(1) }, upload, 'hold')
}

const full: Files = {
  ...posix,
  makeDirectoryAt() {
    throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
  },
}

test('the name is put aside beside itself, and deleted', () => {
  const root = folderWith('d/a')
  expect(run(acknowledged(root, 'd/a'), full)).toEqual({ type: 'reclaimed', row: 1 })
  expect(fs.readdirSync(`${root}/d`)).toEqual([])
})

test('what came under the name meanwhile goes back to it, and stays', () => {
  const root = folderWith('a')
  const upload = acknowledged(root, 'a')
  let isSwapped = false
  const swap = () => {
    if (!isSwapped) fs.rmSync(`${root}/a`)
    if (!isSwapped) fs.writeFileSync(`${root}/a`, 'newer')
    isSwapped = true
  }
  const renameNewAt: Files['renameNewAt'] = (...args) => {
    swap()
    return posix.renameNewAt(...args)
  }
  expect(run(upload, { ...full, renameNewAt })).toEqual({ type: 'superseded', row: 1 })
  expect(fs.readdirSync(root)).toEqual(['a'])
  expect(fs.readFileSync(`${root}/a`, 'utf8')).toBe('newer')
})

test('a crash in between is undone, and replaces nothing', () => {
  const root = temporaryFolder('beside')
  fs.writeFileSync(`${root}/.ferry-aside.a`, 'old a')
  fs.writeFileSync(`${root}/.ferry-aside.b`, 'old b')
  fs.writeFileSync(`${root}/a`, 'new a')
  const fd = posix.openRoot(fromText(root))
  for (const name of ['a', 'b']) undoDeletion(posix, fd, fromText(`.ferry-aside.${name}`))
  posix.close(fd)
  expect(fs.readdirSync(root).sort()).toEqual(['a', 'a.ferry-restored-1', 'b'])
  expect(fs.readFileSync(`${root}/a`, 'utf8')).toBe('new a')
})

test('a look at the root puts back what a crash left beside its name, and sends nothing of it', async () => {
  const root = temporaryFolder('beside')
  fs.writeFileSync(`${root}/.ferry-aside.a`, 'half deleted')
  const { look, names } = scanner(root)
  await look()
  expect(names()).toEqual([])
  expect(fs.readdirSync(root)).toEqual(['a'])
})
