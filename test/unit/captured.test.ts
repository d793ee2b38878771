/** Capture files and sequences that come by the own protocol are taken apart. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { BytePath } from '../../src/byte-path.ts'
import { Refusal } from '../../src/receive/incoming.ts'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { viam } from '../../src/wire/viam.js'
import { countRows } from '../fakes/duck.ts'
import { openInboxAt, request, send } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { staged, stored } from '../fakes/viam.ts'
import {
  BINARY_METADATA,
  captureFile,
  number,
  TABULAR_METADATA,
  TEN,
  time,
} from '../fakes/viam-messages.ts'

const { v1 } = viam.app.datasync
const text = (content: string) => Buffer.from(content)

const readings = (count: number, first = 0) =>
  Array.from({ length: count }, (_, index) => ({
    metadata: { timeRequested: time(TEN + index), timeReceived: time(TEN + index) },
    struct: number(first + index),
  }))
const tabular = (count: number, first = 0) => captureFile(TABULAR_METADATA, readings(count, first))
const payload = (binary: Uint8Array) => ({
  metadata: { timeRequested: time(TEN), timeReceived: time(TEN) },
  binary,
})

function open(id: number, bytes: Uint8Array, content: 'capture' | 'sequence' = 'capture') {
  const path = `/capture/${id}.capture` as BytePath
  const plain = request(id, path, bytes.length)
  return { ...plain, metadata: { ...plain.metadata, content, partId: 'part-9', tags: ['extra'] } }
}

async function sendCapture(folder: string, bytes: Uint8Array, files?: Files) {
  const inbox = openInboxAt(folder, files ? { files } : {})
  try {
    return await send(inbox, 'd', open(1, bytes), bytes)
  } finally {
    await inbox.close().catch(() => {})
  }
}

const rowsOf = (folder: string) =>
  [...stored(folder, 'd')].flatMap(([, bytes]) =>
    bytes
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )

describe('a tabular capture file', () => {
  test('becomes rows, and its receipt says where they are', async () => {
    const folder = temporaryFolder('captured')
    const receipt = await sendCapture(folder, tabular(3))
    const [name] = [...stored(folder, 'd').keys()]
    expect(name).toMatch(
      /^tabular\/part_id=part-9\/component_name=s1\/method_name=Readings\/date=2026-08-21\/0{32}-[0-9a-f]{16}\.ndjson$/,
    )
    expect(receipt?.location).toBe(`d/${name}`)
    const rows = rowsOf(folder)
    expect(rows.map(({ data }) => data.value)).toEqual([0, 1, 2])
    expect(rows[0]).toMatchObject({ part_id: 'part-9', tags: ['a', 'b', 'extra'] })
    expect(staged(folder, 'd')).toEqual([])
  })

  test('larger than memory holds comes in a part, and is the same', async () => {
    const folder = temporaryFolder('captured')
    const bytes = tabular(20_000)
    expect(bytes.length).toBeGreaterThan(512 * 1024)
    await sendCapture(folder, bytes)
    expect(await countRows(folder)).toEqual({ rows: 20_000, distinct: 20_000 })
    expect(fs.readdirSync(`${folder}/d/meta/parts`)).toEqual([])
  })

  test('whose last record is cut short keeps those before it, at every byte', async () => {
    const whole = tabular(2)
    const one = tabular(1).length
    for (let length = one; length < whole.length; length++) {
      const folder = temporaryFolder('captured')
      await sendCapture(folder, whole.subarray(0, length))
      expect(rowsOf(folder).map(({ data }) => data.value)).toEqual([0])
    }
  })

  test('with nothing but metadata is stored as nothing, with a receipt', async () => {
    const folder = temporaryFolder('captured')
    const receipt = await sendCapture(folder, captureFile(TABULAR_METADATA, []))
    expect(receipt?.location).toStartWith('d/meta/receipts/')
    expect(stored(folder, 'd').size).toBe(0)
  })

  test('sent again adds nothing, also after its receipt was lost', async () => {
    const folder = temporaryFolder('captured')
    const first = await sendCapture(folder, tabular(3))
    await sendCapture(folder, tabular(3))
    for (const name of fs.readdirSync(`${folder}/d/meta/receipts`)) {
      fs.rmSync(`${folder}/d/meta/receipts/${name}`)
    }
    const again = await sendCapture(folder, tabular(3))
    expect(again?.location).toBe(first?.location ?? '')
    expect(await countRows(folder)).toEqual({ rows: 3, distinct: 3 })
  })

  test('comes once after a crash at any step', async () => {
    const records = [
      ...readings(2),
      { metadata: { timeRequested: time(TEN + 1e6) }, struct: number(9) },
    ]
    const bytes = captureFile(TABULAR_METADATA, records)
    const posix = createPosixFiles()
    let step = 1
    for (; step < 200; step++) {
      const folder = temporaryFolder('captured')
      let count = 0
      const gate = <A extends unknown[], R>(work: (...args: A) => R) => {
        return (...args: A): R => {
          count += 1
          if (count >= step) throw Object.assign(new Error('EIO'), { code: 'EIO' })
          return work(...args)
        }
      }
      const { createFileAt, write, sync, renameAt, unlinkAt, makeDirectoryAt } = posix
      const gated = { createFileAt, write, sync, renameAt, unlinkAt, makeDirectoryAt }
      const files = Object.fromEntries(
        Object.entries(gated).map(([name, work]) => [name, gate(work as () => unknown)]),
      )
      await sendCapture(folder, bytes, { ...posix, ...files }).catch(() => {})
      await sendCapture(folder, bytes)
      expect(await countRows(folder)).toEqual({ rows: 3, distinct: 3 })
      if (count < step) break
    }
    expect(step).toBeGreaterThan(15)
    expect(step).toBeLessThan(200)
  }, 30_000)
})

describe('a binary capture file', () => {
  const metadata = { ...BINARY_METADATA, type: BINARY_METADATA.type }

  test('becomes a file with a sidecar', async () => {
    const folder = temporaryFolder('captured')
    const big = Buffer.alloc(3_000_000, 'picture ')
    await sendCapture(folder, captureFile(metadata, [payload(big)]))
    const [[name = '', bytes] = [], [side, sidecar] = []] = [...stored(folder, 'd')]
    expect(name).toMatch(/^binary\/part_id=part-9\/.*\/date=2026-08-21\/2026-.*\.jpeg$/)
    expect(bytes?.equals(big)).toBe(true)
    expect(side).toBe(`${name}.json`)
    expect(JSON.parse(String(sidecar))).toMatchObject({
      capture_metadata: { part_id: 'part-9', tags: ['extra'], mime_type: 'image/jpeg' },
      file_size_bytes: big.length,
      sha256: new Bun.CryptoHasher('sha256').update(big).digest('hex'),
    })
  })

  test('of the old GetImages becomes a file for each picture', async () => {
    const image = (content: string, mime: string) => ({
      structValue: {
        fields: {
          image: { stringValue: text(content).toString('base64') },
          mime_type: { stringValue: mime },
        },
      },
    })
    const captured = { stringValue: '2025-01-02T03:04:05.000000006Z' }
    const struct = {
      fields: {
        images: { listValue: { values: [image('one', 'image/png'), image('two', 'image/jpeg')] } },
        response_metadata: { structValue: { fields: { captured_at: captured } } },
      },
    }
    const folder = temporaryFolder('captured')
    const old = { ...metadata, methodName: 'GetImages', mimeType: '' }
    await sendCapture(folder, captureFile(old, [{ metadata: {}, struct }]))
    const found = [...stored(folder, 'd')]
    expect(found.map(([name]) => name.replace(/^.*Z-0{32}-[0-9a-f]{16}/, ''))).toEqual([
      '-1.jpeg',
      '-1.jpeg.json',
      '.png',
      '.png.json',
    ])
    expect(found[0]?.[1].toString()).toBe('two')
    expect(JSON.parse(String(found[3]?.[1]))).toMatchObject({
      time_requested: '2025-01-02T03:04:05.000000006Z',
      time_received: '2025-01-02T03:04:05.000000006Z',
      capture_metadata: { mime_type: 'image/png' },
    })
  })
})

describe('what cannot be decoded is refused, and nothing of it stays', () => {
  const binary = captureFile(BINARY_METADATA, [payload(text('picture'))])
  const cases: [string, Uint8Array, 'capture' | 'sequence'][] = [
    ['an empty file', text(''), 'capture'],
    ['noise', Buffer.alloc(100, 0xff), 'capture'],
    ['metadata cut short', tabular(1).subarray(0, 20), 'capture'],
    ['no type', captureFile({ ...TABULAR_METADATA, type: 0 }, readings(1)), 'capture'],
    ['a payload among readings', captureFile(TABULAR_METADATA, [payload(text('x'))]), 'capture'],
    ['readings among payloads', captureFile(BINARY_METADATA, readings(1)), 'capture'],
    ['a payload cut short', binary.subarray(0, -1), 'capture'],
    ['a payload file cut in its length', Buffer.concat([binary, Buffer.of(0x80)]), 'capture'],
    ['a record that is no message', Buffer.concat([tabular(1), Buffer.of(2, 0x0b, 1)]), 'capture'],
    ['a large one', Buffer.concat([tabular(9000), Buffer.of(2, 0x12, 9)]), 'capture'],
    ['a sequence that is no JSON', text('{'), 'sequence'],
    ['a sequence with odd times', text('{"start_time":"soon"}'), 'sequence'],
  ]
  test.each(cases)('%s', async (_, bytes, content) => {
    const folder = temporaryFolder('captured')
    const inbox = openInboxAt(folder)
    const outcome = await send(inbox, 'd', open(3, bytes, content), bytes).catch((error) => error)
    expect(outcome).toBeInstanceOf(Refusal)
    expect(outcome.code).toBe('invalid')
    expect(stored(folder, 'd').size).toBe(0)
    const meta = (name: string) =>
      fs.existsSync(`${folder}/d/meta/${name}`) ? fs.readdirSync(`${folder}/d/meta/${name}`) : []
    expect([...meta('parts'), ...meta('staging'), ...meta('receipts')]).toEqual([])
    await inbox.close()
  })
})

test('unknown fields and any order of fields are taken', async () => {
  const folder = temporaryFolder('captured')
  const record = v1.SensorData.encode({ struct: number(4) }).finish()
  const times = v1.SensorData.encode({ metadata: { timeRequested: time(TEN) } }).finish()
  const unknown = Buffer.of(0x78, 5, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8)
  const message = Buffer.concat([record, unknown, times])
  const head = captureFile(TABULAR_METADATA, [])
  await sendCapture(folder, Buffer.concat([head, Buffer.of(message.length), message]))
  expect(rowsOf(folder)).toMatchObject([
    { data: { value: 4 }, time_requested: '2026-08-21T10:00:00.000000000Z' },
  ])
})
