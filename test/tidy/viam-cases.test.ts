/** Every case of Viam's has a test that stands where the table says, or a reason why not. */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'

/** How many cases there are under each letter. */
const CASES = {
  A: 41,
  B: 29,
  C: 36,
  D: 8,
  E: 9,
  F: 5,
  G: 12,
  H: 4,
  I: 2,
  J: 6,
  K: 22,
  N: 10,
  O: 17,
}
const SHORTEST_REASON = 10

const rows = readFileSync('test/viam-cases.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, id, what] = /^\| ([A-Z]\d+) \| (.+) \|$/.exec(line) ?? []
    return id === undefined || what === undefined ? [] : [{ id, what }]
  })

/** The file has the words in a string of its own, not in a comment. */
function holds(file: string, words: string): boolean {
  const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const quoted = new RegExp(`^(?!\\s*(\\*|//)).*['"\`\\[][^'"\`\\n]*\\b${escaped}\\b`, 'm')
  return quoted.test(readFileSync(file, 'utf8'))
}

test('each case has one row', () => {
  const wanted = Object.entries(CASES).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  )
  expect(rows.map(({ id }) => id)).toEqual(wanted)
})

test('each row names tests that are there, or says why there are none', () => {
  const wrong = rows.flatMap(({ id, what }) => {
    const files = [...what.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file]) => file ?? '')
    if (files.length === 0) return what.length < SHORTEST_REASON ? [`${id}: no reason`] : []
    const words = /"([^"]+)"/.exec(what)?.[1] ?? id
    return files.filter((file) => !holds(file, words)).map((file) => `${id}: not in ${file}`)
  })
  expect(wrong).toEqual([])
})
