/** Readings of many dates in one upload: one pass, bounded memory, and no bound on the dates. */
import { afterEach, expect, test } from 'bun:test'
import { factsOf, type TabularReading } from '../../src/receive/captured/capture.ts'
import { tabularOutputs } from '../../src/receive/captured/rows.ts'
import { viam } from '../../src/wire/viam.js'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, staged, stored } from '../fakes/viam.ts'
import { PATHS, TABULAR_METADATA, TEN, time } from '../fakes/viam-messages.ts'

const DAY_SECONDS = 86_400
const LONG = 'x'.repeat(2000)

const ports: Awaited<ReturnType<typeof openViamAt>>[] = []

afterEach(async () => {
  for (const port of ports.splice(0)) await port.close()
})

/** Reading n is of date n modulo `dates`. */
const upload = (count: number, dates: number, text = '') =>
  viam.app.datasync.v1.DataCaptureUploadRequest.encode({
    metadata: TABULAR_METADATA,
    sensorContents: Array.from({ length: count }, (_, n) => ({
      metadata: { timeRequested: time(TEN + (n % dates) * DAY_SECONDS, n) },
      struct: { fields: { n: { numberValue: n }, text: { stringValue: text } } },
    })),
  }).finish()

async function send(message: Uint8Array) {
  const folder = temporaryFolder('dates')
  const port = await openViamAt(folder)
  ports.push(port)
  const { status } = await port.client.unary(PATHS.capture, message)
  const files = [...stored(folder)].map(([, bytes]) =>
    bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((row): number => JSON.parse(row).data.n),
  )
  return { folder, status, files }
}

test('readings of 1,500 dates become so many files', async () => {
  const { status, files } = await send(upload(3000, 1500))
  expect(status).toBe('OK')
  expect(files).toEqual(Array.from({ length: 1500 }, (_, n) => [n, n + 1500]))
})

test('more rows than memory holds are complete and in order, and nothing is left behind', async () => {
  const { folder, status, files } = await send(upload(10_000, 3, LONG))
  expect(status).toBe('OK')
  expect(files.map((one) => one.length)).toEqual([3334, 3333, 3333])
  for (const one of files) expect(one).toEqual([...one].sort((a, b) => a - b))
  expect(staged(folder)).toEqual([])
})

test('readings are taken once, and others get their turn meanwhile', async () => {
  let taken = 0
  let turns = 0
  const readings = function* (): Generator<TabularReading> {
    for (let n = 0; n < 1000; n++) {
      taken += 1
      const requested = `2026-0${1 + (n % 9)}-01T00:00:00.000000000Z`
      const struct = { fields: { text: { stringValue: LONG } } }
      yield { requested, received: null, annotations: null, struct }
    }
  }
  const facts = factsOf(
    { ...TABULAR_METADATA, methodParameters: {}, fileExtension: '', mimeType: '' },
    { partId: 'p', datasetIds: [], fileName: '' },
  )
  const spill = {
    append: () => {
      throw new Error('it fits memory')
    },
    turn: async () => {
      turns += 1
    },
  }
  const arrival = { id: '', name: 'n', storedAt: '' }
  const outputs = await tabularOutputs(facts, readings(), arrival, spill)
  expect(outputs).toHaveLength(9)
  expect(taken).toBe(1000)
  expect(turns).toBeGreaterThan(10)
})
