/** What tests start and make is gone after each test of every file, not of the first one alone. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../fakes/temporary.ts'

const FAKES = join(import.meta.dir, '../fakes')

/** Writes down its child and its folder; the second test finds out about the first. */
const file = (notes: string) => `
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { spawnFerry } from '${FAKES}/ferry.ts'
import { temporaryFolder } from '${FAKES}/temporary.ts'
let child, folder
test('starts', () => {
  child = spawnFerry(['60'], { executable: '/bin/sleep' })
  folder = temporaryFolder('ends')
  fs.appendFileSync('${notes}', child.pid + ' ' + folder + '\\n')
})
test('is over', () => {
  expect(child.killed).toBe(true)
  expect(fs.existsSync(folder)).toBe(false)
})
`

test('each of two files leaves neither a process nor a folder', () => {
  const folder = temporaryFolder('two-files')
  const notes = `${folder}/notes`
  for (const name of ['a', 'b']) fs.writeFileSync(`${folder}/${name}.test.ts`, file(notes))
  const root = join(import.meta.dir, '../..')
  const ran = Bun.spawnSync([process.execPath, 'test', folder], { cwd: root, stderr: 'pipe' })
  expect(ran.stderr.toString()).toContain('4 pass')
  const lines = fs.readFileSync(notes, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    const [pid, made] = line.split(' ')
    expect(fs.existsSync(`/proc/${pid}`)).toBe(false)
    expect(fs.existsSync(made as string)).toBe(false)
  }
})
