/** Which rows start next, and how many are read to know: each upload that ends asks again. */
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { type BytePath, fromText } from '../../src/byte-path.ts'
import type { DueQuery, Journal } from '../../src/journal/journal.ts'
import { migrate } from '../../src/journal/migrations.ts'
import { createSqliteJournal } from '../../src/journal/sqlite-journal.ts'
import type { Upload } from '../../src/model.ts'
import { untried } from '../../src/schedule/breaker.ts'
import { LARGE_FILE_BYTES } from '../../src/schedule/slots.ts'
import { createSuspects } from '../../src/schedule/suspects.ts'
import { isFull, type LoopState, nextUploads } from '../../src/upload/next-uploads.ts'

const LIMITS = { uploads: 240, bytes: 64 << 20, largeFiles: 1 }
const LARGE = LARGE_FILE_BYTES
const SMALL = 1000

/** Rows 1, 2, ... of these sizes, and how many rows a query gave. */
function journalOf(sizes: readonly number[]) {
  const db = new Database(':memory:', { strict: true })
  migrate(db)
  const journal = createSqliteJournal(db, 0)
  const root = fromText('/data')
  journal.discover(
    sizes.map((sizeBytes, index) => ({
      ...{ root, path: `/data/${index + 1}` as BytePath, dev: 1n, ino: BigInt(index + 1) },
      ...{ sizeBytes, mtimeNs: 1n, ctimeNs: 1n },
    })),
  )
  let read = 0
  const due = (query: DueQuery) => {
    const rows = journal.due(query)
    read += rows.length
    return rows
  }
  const counted: Journal = { ...journal, due }
  return { journal: counted, read: () => read }
}

function stateOf(flying: readonly Upload[]): LoopState {
  const flights = new Map(
    flying.map((upload) => [upload.row, { upload, committedBytes: 0, isOver: false }]),
  )
  return { flights, breaker: untried, answers: 0, suspects: createSuspects() }
}

const many = <T>(count: number, value: T): T[] => Array(count).fill(value)

test('small files behind many large ones start, and the rows of the large ones are not read', () => {
  const { journal, read } = journalOf([...many(100, LARGE), ...many(20, SMALL)])
  const first = nextUploads(journal, stateOf([]), LIMITS, 0)
  expect(first.map(({ row }) => row)).toEqual([1, ...many(20, 0).map((_, index) => 101 + index)])
  expect(read()).toBeLessThanOrEqual(32 + 20)
  const large = first.slice(0, 1)
  const before = read()
  expect(nextUploads(journal, stateOf(first), LIMITS, 0)).toEqual([])
  expect(nextUploads(journal, stateOf(large), LIMITS, 0)).toHaveLength(20)
  expect(read() - before).toBe(20)
})

test('small ones alone fill all that there is room for, in their order', () => {
  const { journal } = journalOf(many(500, SMALL))
  const rows = nextUploads(journal, stateOf([]), LIMITS, 0).map(({ row }) => row)
  expect(rows).toEqual(many(240, 0).map((_, index) => index + 1))
})

test('where the bytes are full, the journal is asked once several have ended', () => {
  const size = LARGE - 1
  const { journal } = journalOf(many(200, size))
  const flying = nextUploads(journal, stateOf([]), LIMITS, 0)
  expect(flying).toHaveLength(Math.floor(LIMITS.bytes / size))
  expect(isFull(stateOf(flying.slice(5)), LIMITS)).toBe(true)
  expect(isFull(stateOf(flying.slice(20)), LIMITS)).toBe(false)
  expect(nextUploads(journal, stateOf(flying.slice(20)), LIMITS, 0)).toHaveLength(20)
})
