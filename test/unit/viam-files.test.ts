/** Plain files and sequences on their way to Viam, field for field. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { Rejected, Undecodable } from '../../src/errors.ts'
import { extensionOf, timestampOf } from '../../src/upload/viam/metadata.ts'
import { failureOf, PART, plain, start } from '../fakes/viam-agent.ts'

describe('plain files', () => {
  test('A29 one FileUpload: metadata first, then pieces that are the file', async () => {
    const { server, agent } = await start()
    const content = Buffer.alloc(200_000, 'log line\n')
    await agent.send('some_file_name.txt', content)
    const stat = fs.statSync(`${agent.root}/some_file_name.txt`, { bigint: true })
    const [call] = server.stored
    expect(call?.rpc).toBe('FileUpload')
    expect(plain(call?.metadata)).toEqual({
      partId: PART,
      type: 3,
      fileName: `${agent.root}/some_file_name.txt`,
      fileExtension: '.txt',
      fileCreateTime: timestampOf(stat.ctimeNs),
      fileModifyTime: timestampOf(stat.mtimeNs),
      tags: [],
      datasetIds: [],
      methodParameters: {},
    })
    expect(call?.content.equals(content)).toBe(true)
    expect(call?.messages.map((message) => message.length)).toEqual([
      call!.messages[0]!.length,
      65_536 + 8,
      65_536 + 8,
      65_536 + 8,
      200_000 - 3 * 65_536 + 6,
    ])
    const sha256 = new Bun.CryptoHasher('sha256').update(content).digest('hex')
    expect(call?.headers['ferry-content-bytes']).toBe('200000')
    expect(call?.headers['ferry-content-sha256']).toBe(sha256)
  })

  test('A33 an empty file is refused here, with the reason', async () => {
    const { server, agent } = await start()
    const error = await failureOf(agent.send('empty', Buffer.alloc(0)))
    expect(error).toBeInstanceOf(Rejected)
    expect(error).toMatchObject({ message: "Viam's protocol has no empty files" })
    expect(server.calls).toHaveLength(0)
  })

  test.each([
    ['F1 plain/file.txt', 'plain/file.txt', ['own'], []],
    ['F2 tags of every parent', 'tag=tag1/x/tag=tag2/f.txt', ['own', 'tag1', 'tag2'], []],
    [
      'F3 tags and datasets',
      'tag=tag1/dataset=1023/tag=tag2/dataset=1024/tag=tagC/f',
      ['own', 'tag1', 'tag2', 'tagC'],
      ['1023', '1024'],
    ],
    ['F4 not of the name', 'a/tag=tag3.jpg', ['own'], []],
  ] as const)('%s', async (_, name, tags, datasets) => {
    const { server, agent } = await start({}, { tags: ['own'] })
    await agent.send(name, Buffer.from('x'))
    const { metadata } = server.stored[0]!
    expect([...(metadata.tags ?? [])].sort()).toEqual([...tags].sort())
    expect(metadata.datasetIds ?? []).toEqual([...datasets])
  })

  test('a name that is not UTF-8 goes as people see it, never with lost bytes', async () => {
    const { server, agent } = await start()
    await agent.send('caf\xe9.log', Buffer.from('x'))
    expect(server.stored[0]?.metadata.fileName).toBe(`${agent.root}/caf\\xe9.log`)
    expect(server.stored[0]?.metadata.fileExtension).toBe('.log')
  })

  test('a large file arrives whole, with its size in the headers', async () => {
    const { server, agent } = await start()
    const content = Buffer.alloc((20 << 20) + 77)
    for (let at = 0; at < content.length; at += 4096) content.writeUInt32LE(at, at)
    await agent.send('big.bin', content)
    expect(server.stored[0]?.content.equals(content)).toBe(true)
    expect(server.stored[0]?.headers['ferry-content-bytes']).toBe(`${content.length}`)
    expect(server.stored[0]?.headers['ferry-content-sha256']).toBeUndefined()
  })

  test.each([
    ['.bashrc', '.bashrc'],
    ['a.tar.gz', '.gz'],
    ['dir.d/file', ''],
    ['name.', '.'],
    ['/x/.hidden.txt', '.txt'],
  ])('the extension of %p is %p, as Go has it', (name, extension) => {
    expect(extensionOf(name)).toBe(extension)
  })

  test('times before 1970 count down to the second and up to the nanosecond', () => {
    expect(timestampOf(-1n)).toEqual({ seconds: -1, nanos: 999_999_999 })
    expect(timestampOf(1_500_000_000_000_000_001n)).toEqual({ seconds: 1_500_000_000, nanos: 1 })
  })
})

describe('sequences', () => {
  const sequence = {
    start_time: '2026-08-22T10:00:00.123456789+02:00',
    end_time: '2026-08-22T08:01:00Z',
    resources: [{ resource_name: 'cam', method_name: 'ReadImage' }],
    sequence_tags: ['run 1'],
  }

  test('J4 a description goes by CreateSequence', async () => {
    const { server, agent } = await start()
    const receipt = await agent.send('sequences/one.seq', Buffer.from(JSON.stringify(sequence)))
    expect(receipt.location).toBe('id-0')
    expect(server.stored[0]?.rpc).toBe('CreateSequence')
    expect(plain(server.stored[0]?.sequence)).toEqual({
      partId: PART,
      resources: [{ resourceName: 'cam', methodName: 'ReadImage' }],
      sequenceTags: ['run 1'],
      startTime: { seconds: Date.parse('2026-08-22T08:00:00Z') / 1000, nanos: 123_456_789 },
      endTime: { seconds: Date.parse('2026-08-22T08:01:00Z') / 1000 },
    })
  })

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['no time', JSON.stringify({ ...sequence, start_time: 'yesterday' })],
    ['a resource without a name', JSON.stringify({ ...sequence, resources: [{}] })],
    ['tags that are none', JSON.stringify({ ...sequence, sequence_tags: 'x' })],
    ['far too long', `"${'x'.repeat(2 << 20)}"`],
  ])('%s is undecodable', async (_, text) => {
    const { server, agent } = await start()
    const error = await failureOf(agent.send('sequences/one.seq', Buffer.from(text)))
    expect(error).toBeInstanceOf(Undecodable)
    expect(server.calls).toHaveLength(0)
  })

  test('lists that Go wrote as null are empty', async () => {
    const { server, agent } = await start()
    const bare = { ...sequence, resources: null, sequence_tags: null }
    await agent.send('sequences/one.seq', Buffer.from(JSON.stringify(bare)))
    expect(server.stored[0]?.sequence?.resources ?? []).toEqual([])
  })
})
