/** Names of the real file system: what is made, linked and renamed below a directory. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { type BytePath, fromText } from '../../src/byte-path.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const files = createPosixFiles()

function place() {
  const folder = temporaryFolder('names')
  fs.writeFileSync(`${folder}/a`, 'a')
  fs.writeFileSync(`${folder}/b`, 'b')
  fs.mkdirSync(`${folder}/sub`)
  return { folder, root: files.openRoot(fromText(folder)) }
}

const named = (text: string) => fromText(text)
const code = (expected: string) => expect.objectContaining({ code: expected })

test('a rename and a link never replace, and fail as the system does where nothing stands', () => {
  const { folder, root } = place()
  expect(files.renameNewAt(root, named('a'), root, named('b'))).toBe(false)
  expect(files.linkAt(root, named('a'), root, named('b'))).toBe(false)
  expect(fs.readFileSync(`${folder}/b`, 'utf8')).toBe('b')
  expect(files.renameNewAt(root, named('a'), root, named('sub/ü'))).toBe(true)
  expect(files.linkAt(root, named('sub/ü'), root, named('c'))).toBe(true)
  expect(fs.readFileSync(`${folder}/c`, 'utf8')).toBe('a')
  expect(fs.readdirSync(folder).sort()).toEqual(['b', 'c', 'sub'])
  expect(() => files.renameNewAt(root, named('a'), root, named('d'))).toThrow(code('ENOENT'))
  expect(() => files.linkAt(root, named('a'), root, named('gone/d'))).toThrow(code('ENOENT'))
})

test('a file is made for its owner alone, through no link, and fails as the system does', () => {
  const { folder, root } = place()
  fs.symlinkSync(`${folder}/outside`, `${folder}/link`)
  const fd = files.createFileAt(root, named('sub/new'))
  files.write(fd, Buffer.from('new'), 0)
  expect(fs.fstatSync(fd).mode & 0o777).toBe(0o600)
  const flags = fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')
  expect(Number.parseInt(/flags:\s+(\d+)/.exec(flags)?.[1] ?? '', 8) & 0o2000000).toBe(0o2000000)
  expect(fs.readFileSync(`${folder}/sub/new`, 'utf8')).toBe('new')
  for (const taken of ['a', 'link', 'sub']) {
    expect(() => files.createFileAt(root, named(taken))).toThrow(code('EEXIST'))
  }
  expect(fs.existsSync(`${folder}/outside`)).toBe(false)
  expect(() => files.createFileAt(root, 'x'.repeat(5000) as BytePath)).toThrow(code('ENAMETOOLONG'))
})
