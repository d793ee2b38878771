/** Every fault has a test that stands where the table says. */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'

/** A row that is taken out is missed. */
const FAULTS = 38

const rows = readFileSync('test/faults.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| fault |'))
  .map((line) => line.split('|').map((part) => part.trim()))
  .map(([, fault = '', tests = '']) => ({
    fault,
    tests: [...tests.matchAll(/`(test\/[\w./-]+)` "([^"]+)"/g)].map(
      ([, file = '', words = '']) => ({ file, words }),
    ),
  }))

/** The words stand in a string of their own, not in a comment. */
function holds(file: string, words: string): boolean {
  const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const quoted = new RegExp(`^(?!\\s*(\\*|//)).*['"\`\\[][^\\n]*${escaped}`, 'm')
  return quoted.test(readFileSync(file, 'utf8'))
}

test('each fault has one row', () => {
  expect(new Set(rows.map(({ fault }) => fault)).size).toBe(FAULTS)
  expect(rows).toHaveLength(FAULTS)
})

test('each row names tests that are there', () => {
  const wrong = rows.flatMap(({ fault, tests }) =>
    tests.length === 0
      ? [`${fault}: no test`]
      : tests
          .filter(({ file, words }) => !holds(file, words))
          .map(({ file, words }) => `${fault}: no "${words}" in ${file}`),
  )
  expect(wrong).toEqual([])
})
