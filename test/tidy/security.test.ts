/** Every promise names tests that are there, and what is installed runs nothing. */
import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'

const PROMISES = 14
const TEST = /`(test\/[\w./-]+\.ts)`/g

/** The rows of the table after a line that starts like this: first cell, and the tests in the others. */
function rowsAfter(file: string, heading: string): { what: string; tests: string[] }[] {
  const text = readFileSync(file, 'utf8')
  const [, after = ''] = text.split(`\n${heading}`)
  const [section = ''] = after.split('\n## ')
  return [...section.matchAll(/^\| ([^|]+) \| (.+) \|$/gm)]
    .slice(1)
    .map(([, what = '', rest = '']) => ({
      what,
      tests: [...rest.matchAll(TEST)].map(([, name]) => name ?? ''),
    }))
}

const isThere = (name: string) => existsSync(name) && /\.(test\.ts|ts)$/.test(name)

test('each of the promises has a row with a test that is there', () => {
  const rows = rowsAfter('ARCHITECTURE.md', '## The promises and their tests')
  const kept = rows.filter(({ tests }) => tests.some(isThere))
  const numbers = kept.map(({ what }) => /^P(\d+) /.exec(what)?.[1])
  const wanted = Array.from({ length: PROMISES }, (_, index) => String(index + 1))
  expect(numbers).toEqual(wanted)
})

test('each promise of security has tests, and all that are named are there', () => {
  const rows = rowsAfter('SECURITY.md', '## What is promised')
  expect(rows.length).toBeGreaterThan(PROMISES)
  expect(rows.filter(({ tests }) => tests.length === 0).map(({ what }) => what)).toEqual([])
  const tests = rows.flatMap((row) => row.tests)
  expect(tests.filter((name) => !isThere(name))).toEqual([])
})

interface Locked {
  readonly packages: Readonly<
    Record<
      string,
      { dev?: boolean; hasInstallScript?: boolean; integrity?: string; link?: boolean }
    >
  >
}

test('what is in the executable runs nothing when it is installed, and is pinned', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Locked
  const own = Object.entries(packages).filter(([name, { dev }]) => name !== '' && dev !== true)
  expect(own.length).toBeGreaterThan(0)
  const wrong = own.filter(
    ([, one]) => one.hasInstallScript === true || one.integrity === undefined,
  )
  expect(wrong.map(([name]) => name)).toEqual([])
})
