/** The same request by Viam's protocol again: nothing is added, and what was answered is durable. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { readTree } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { type Answer, openViamAt, staged, stored, type ViamClient } from '../fakes/viam.ts'
import {
  binaryRequest,
  fileMessages,
  idsOf,
  PATHS,
  sequenceRequest,
  streamingMessages,
  TEN,
  tabularRequest,
} from '../fakes/viam-messages.ts'

const text = (content: string) => Buffer.from(content)
const pieces = [Buffer.alloc(65_536, 'x'), text('end')]

const SENDS: readonly [string, (client: ViamClient) => Promise<Answer>][] = [
  ['tabular readings', (client) => client.unary(PATHS.capture, tabularRequest([1, 2, 3]))],
  ['payloads', (client) => client.unary(PATHS.capture, binaryRequest([text('a'), text('b')]))],
  ['a streamed payload', (client) => client.stream(PATHS.streaming, streamingMessages(pieces))],
  ['a file', (client) => client.stream(PATHS.file, fileMessages({ fileName: '/x/y' }, pieces))],
  ['a sequence', (client) => client.unary(PATHS.sequence, sequenceRequest())],
]

/** Names and bytes, but for the time of arrival. */
const contentOf = (folder: string) =>
  [...stored(folder)].map(([name, bytes]) => [
    name,
    bytes.toString('latin1').replace(/"time_stored": ?"[^"]*"/g, ''),
  ])

describe.each(SENDS)('%s', (_, send) => {
  test('sent again add nothing and are answered with the same id, also at once and after a restart', async () => {
    const folder = temporaryFolder('once')
    const first = await openViamAt(folder)
    const answers = await Promise.all([send(first.client), send(first.client), send(first.client)])
    const before = readTree(`${folder}/anonymous`)
    answers.push(await send(first.client))
    await first.close()
    const second = await openViamAt(folder)
    answers.push(await send(second.client))
    await second.close()
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill('OK'))
    expect(new Set(answers.map(({ reply }) => reply.toString('hex'))).size).toBe(1)
    const after = readTree(`${folder}/anonymous`)
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
    for (const [name, bytes] of before) expect(after.get(name)?.equals(bytes)).toBe(true)
  })

  test('are durable before the answer, each time it is given', async () => {
    const folder = temporaryFolder('once')
    const posix = createPosixFiles()
    let synced: string[] = []
    const sync = async (fd: number) => {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`).slice(folder.length)
      await posix.sync(fd)
      synced.push(path)
    }
    const { client, close } = await openViamAt(folder, { files: { ...posix, sync } })
    await send(client)
    const outputs = [...stored(folder).keys()].map((name) => `/anonymous/${name}`)
    const [record = ''] = fs.readdirSync(`${folder}/anonymous/meta/requests`)
    const parents = outputs.map((path) => path.slice(0, path.lastIndexOf('/')))
    const ways = parents.flatMap((path) =>
      path.split('/').map((_part, index, all) => all.slice(0, index + 1).join('/')),
    )
    const lastFolder = Math.max(...parents.map((path) => synced.indexOf(path)))
    expect(synced).toEqual(expect.arrayContaining(ways))
    expect(synced.filter((path) => /staging|parts/.test(path)).length).toBe(outputs.length)
    const recorded = synced.indexOf(`/anonymous/meta/requests/${record}`)
    expect(recorded).toBeGreaterThan(lastFolder)
    expect(synced.indexOf('/anonymous/meta/requests')).toBeGreaterThan(recorded)
    synced = []
    await send(client)
    for (const path of [...outputs, ...parents, '/anonymous/meta/requests']) {
      expect(synced).toContain(path)
    }
    await close()
  })

  test('come once after a crash at any step', async () => {
    const plain = temporaryFolder('once')
    const undisturbed = await openViamAt(plain)
    await send(undisturbed.client)
    await undisturbed.close()
    const posix = createPosixFiles()
    let crashes = 0
    for (let step = 1; ; step++) {
      const folder = temporaryFolder('once')
      const { files, hasCrashed } = crashing(posix, step)
      const first = await openViamAt(folder, { files })
      const answer = await send(first.client)
      await first.server.close()
      first.client.close()
      if (!hasCrashed()) {
        expect(answer.status).toBe('OK')
        break
      }
      crashes += 1
      const second = await openViamAt(folder)
      expect((await send(second.client)).status).toBe('OK')
      await second.close()
      expect(contentOf(folder)).toEqual(contentOf(plain))
      expect(staged(folder).filter((name) => name.startsWith('staging/'))).toEqual([])
    }
    expect(crashes).toBeGreaterThan(5)
  })
})

/** From the nth change on, nothing of this process reaches the disk any more. */
function crashing(posix: Files, step: number) {
  let count = 0
  const gate = <A extends unknown[], R>(work: (...args: A) => R) => {
    return (...args: A): R => {
      count += 1
      if (count >= step) throw Object.assign(new Error('EIO'), { code: 'EIO' })
      return work(...args)
    }
  }
  const files: Files = {
    ...posix,
    createFileAt: gate(posix.createFileAt),
    write: gate(posix.write),
    sync: gate(posix.sync),
    renameAt: gate(posix.renameAt),
    linkAt: gate(posix.linkAt),
    unlinkAt: gate(posix.unlinkAt),
    makeDirectoryAt: gate(posix.makeDirectoryAt),
  }
  return { files, hasCrashed: () => count >= step }
}

test('equal content with other metadata is another request', async () => {
  const folder = temporaryFolder('once')
  const { client, close } = await openViamAt(folder)
  const ids = new Set<string>()
  for (const request of [
    tabularRequest([1]),
    tabularRequest([1], TEN + 1),
    tabularRequest([1], TEN, { componentName: 's2' }),
    tabularRequest([1], TEN, { partId: 'part-2' }),
    tabularRequest([1], TEN, { tags: ['a'] }),
    tabularRequest([2]),
  ]) {
    ids.add(idsOf(await client.unary(PATHS.capture, request)).fileId)
  }
  expect(ids.size).toBe(6)
  expect(stored(folder).size).toBe(6)
  await close()
})

test('equal payloads and files with other metadata are other requests', async () => {
  const folder = temporaryFolder('once')
  const { client, close } = await openViamAt(folder)
  const ids: string[] = []
  for (const metadata of [{}, { datasetIds: ['other'] }, { componentName: 'cam2' }]) {
    const capture = await client.unary(PATHS.capture, binaryRequest([text('a')], metadata))
    const file = fileMessages({ fileName: '/a', ...metadata }, [text('a')])
    ids.push(idsOf(capture).binaryDataId, idsOf(await client.stream(PATHS.file, file)).fileId)
    const seconds = TEN + ids.length
    const streamed = await client.stream(PATHS.streaming, streamingMessages([text('a')], seconds))
    ids.push(idsOf(streamed).binaryDataId)
  }
  expect(new Set(ids).size).toBe(9)
  const names = [...stored(folder).keys()]
  expect(names.filter((name) => name.startsWith('binary/'))).toHaveLength(12)
  expect(names.filter((name) => name.startsWith('files/'))).toEqual(['files/a'])
  await close()
})

test('records expire like receipts, and so does what was cut off', async () => {
  const folder = temporaryFolder('once')
  const { client, store, close } = await openViamAt(folder)
  await client.unary(PATHS.capture, tabularRequest([1]))
  const requests = () => fs.readdirSync(`${folder}/anonymous/meta/requests`).length
  store.openStaging('anonymous').write(text('cut off'))
  store.expire(Date.now() + 80 * 86_400_000)
  expect(requests()).toBe(1)
  expect(staged(folder)).toEqual([])
  store.expire(Date.now() + 91 * 86_400_000)
  expect(requests()).toBe(0)
  await close()
})

test('the disk is full: the client is told to try later, and nothing is stored', async () => {
  const folder = temporaryFolder('once')
  const posix = createPosixFiles()
  const write = () => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  }
  const { client, close } = await openViamAt(folder, { files: { ...posix, write } })
  for (const [, send] of SENDS) expect((await send(client)).status).toBe('RESOURCE_EXHAUSTED')
  expect(stored(folder).size).toBe(0)
  expect(staged(folder)).toEqual([])
  await close()
})
