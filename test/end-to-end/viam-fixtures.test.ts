/** The fixtures of Viam's messages, made anew. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { missingForPython, PYTHON } from '../fakes/python.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const PROJECT = resolve(import.meta.dir, '../..')

test('the fixtures are what Python makes of the protocol as it is now', () => {
  const lacks = missingForPython()
  if (lacks !== '') return console.log(`SKIPPED fixtures made anew: ${lacks} is missing`)
  const made = `${temporaryFolder('fixtures')}/messages.json`
  const ran = Bun.spawnSync([PYTHON, 'scripts/make-viam-fixtures.py', made], { cwd: PROJECT })
  expect(ran.stderr.toString()).toBe('')
  const kept = fs.readFileSync(`${PROJECT}/test/fixtures/viam/messages.json`, 'utf8')
  expect(fs.readFileSync(made, 'utf8')).toBe(kept)
})
