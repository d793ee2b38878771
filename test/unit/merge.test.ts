/** Merging rows: each is seen once at every moment, whatever crashes. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { openInboxAt, request, send } from '../fakes/inbox.ts'
import { filled, merged, namesIn, rowsIn, upTo } from '../fakes/rows.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt } from '../fakes/viam.ts'
import {
  captureFile,
  number,
  PATHS,
  TABULAR_METADATA,
  TEN,
  tabularRequest,
  time,
} from '../fakes/viam-messages.ts'

describe('merging', () => {
  test('puts small files of a past date together; again, it changes nothing', async () => {
    const folder = await filled(5)
    expect(await merged(folder)).toEqual({ mergedFiles: 5, mergedInto: 1, trouble: '' })
    const names = namesIn(folder)
    expect(names).toEqual([expect.stringMatching(/^merged-[0-9a-f]{32}\.ndjson$/)])
    expect(rowsIn(folder)).toEqual(upTo(5))
    expect(await merged(folder)).toEqual({ mergedFiles: 0, mergedInto: 0, trouble: '' })
    expect(namesIn(folder)).toEqual(names)
    expect(fs.readdirSync(`${folder}/anonymous/meta/merge`)).toEqual([])
  })

  test('leaves the present date alone', async () => {
    const folder = await filled(3)
    const outcome = await merged(folder, undefined, TEN * 1000)
    expect(outcome.mergedFiles).toBe(0)
    expect(namesIn(folder)).toHaveLength(3)
  })

  test('leaves files without a record as they are: they may come again', async () => {
    const folder = await filled(4)
    const [lost = ''] = fs.readdirSync(`${folder}/anonymous/meta/requests`)
    fs.rmSync(`${folder}/anonymous/meta/requests/${lost}`)
    await merged(folder)
    expect(namesIn(folder)).toHaveLength(2)
    expect(namesIn(folder)).toContain(`${lost.slice(0, 32)}.ndjson`)
    const { client, close } = await openViamAt(folder)
    for (const value of upTo(4)) await client.unary(PATHS.capture, tabularRequest([value]))
    await close()
    expect(rowsIn(folder)).toEqual(upTo(4))
    expect(await merged(folder)).toMatchObject({ mergedFiles: 2, mergedInto: 1 })
    expect(rowsIn(folder)).toEqual(upTo(4))
  })

  test('takes capture files with a receipt too, and what comes late', async () => {
    const folder = temporaryFolder('merge')
    const inbox = openInboxAt(folder)
    const sendOne = async (id: number) => {
      const records = [{ metadata: { timeRequested: time(TEN) }, struct: number(id) }]
      const bytes = captureFile(TABULAR_METADATA, records)
      const open = request(id, `/${id}`, bytes.length)
      const metadata = { ...open.metadata, content: 'capture' as const }
      await send(
        inbox,
        'd',
        { ...open, uploadId: open.uploadId.split('').reverse().join(''), metadata },
        bytes,
      )
    }
    for (const id of [1, 2, 3]) await sendOne(id)
    expect(await merged(folder)).toMatchObject({ mergedFiles: 3 })
    for (const id of [3, 4]) await sendOne(id)
    expect(rowsIn(folder, 'd')).toEqual([1, 2, 3, 4])
    expect(await merged(folder)).toMatchObject({ mergedFiles: 2 })
    expect(rowsIn(folder, 'd')).toEqual([1, 2, 3, 4])
    await inbox.close()
  })

  test('where two folders cannot be exchanged leaves all as it is, and says so', async () => {
    const folder = await filled(3)
    const before = namesIn(folder)
    const files = { ...createPosixFiles(), exchangeAt: () => false }
    const { trouble, mergedFiles } = await merged(folder, files)
    expect(trouble).toContain('cannot exchange')
    expect(mergedFiles).toBe(0)
    expect(namesIn(folder)).toEqual(before)
  })
})

const CHANGES = [
  'createFileAt',
  'write',
  'sync',
  'renameAt',
  'linkAt',
  'unlinkAt',
  'makeDirectoryAt',
  'removeDirectoryAt',
  'exchangeAt',
] as const

test('after a crash at any step each row is there once, and the next merge ends the work', async () => {
  const posix = createPosixFiles()
  let step = 1
  for (; step < 200; step++) {
    const folder = await filled(3)
    const [lost = ''] = fs.readdirSync(`${folder}/anonymous/meta/requests`)
    fs.rmSync(`${folder}/anonymous/meta/requests/${lost}`)
    let count = 0
    const gated = CHANGES.map((name) => {
      const work = posix[name] as (...args: unknown[]) => unknown
      const gate = (...args: unknown[]) => {
        count += 1
        if (count >= step) throw Object.assign(new Error('EIO'), { code: 'EIO' })
        const result = work(...args)
        expect(rowsIn(folder)).toEqual([0, 1, 2])
        return result
      }
      return [name, gate]
    })
    await merged(folder, { ...posix, ...Object.fromEntries(gated) }).catch(() => {})
    expect(rowsIn(folder)).toEqual([0, 1, 2])
    await merged(folder)
    expect(rowsIn(folder)).toEqual([0, 1, 2])
    expect(namesIn(folder)).toHaveLength(2)
    expect(fs.readdirSync(`${folder}/anonymous/meta/merge`)).toEqual([])
    if (count < step) break
  }
  expect(step).toBeGreaterThan(10)
  expect(step).toBeLessThan(200)
}, 60_000)
