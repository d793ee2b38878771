/** What becomes of uploads by Viam's protocol. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { google, viam } from '../../src/wire/viam.js'
import { query, rowsGlob } from '../fakes/duck.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, staged, stored } from '../fakes/viam.ts'
import {
  binaryRequest,
  fileMessages,
  idsOf,
  number,
  PATHS,
  sequenceRequest,
  streamingMessages,
  TABULAR_METADATA,
  TEN,
  tabularRequest,
  time,
} from '../fakes/viam-messages.ts'

const { v1 } = viam.app.datasync
const text = (content: string) => Buffer.from(content)

describe('a tabular upload', () => {
  test('becomes rows with the columns of Viam, in a folder for part, component, method and date', async () => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const value = google.protobuf.Value.encode({ stringValue: 'fast' }).finish()
    const methodParameters = {
      speed: { type_url: 'type.googleapis.com/google.protobuf.Value', value },
    }
    const request = tabularRequest([1, 2], TEN, { methodParameters, componentName: 'a/b ü' })
    const answer = await client.unary(PATHS.capture, request)
    expect(answer.status).toBe('OK')
    const [[name, content] = ['', Buffer.alloc(0)], ...more] = stored(folder)
    expect(more).toEqual([])
    expect(name).toMatch(
      /^tabular\/part_id=part-1\/component_name=a%2Fb%20%C3%BC\/method_name=Readings\/date=2026-08-21\/[0-9a-f]{32}\.ndjson$/,
    )
    const rows = content
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows[0]).toEqual({
      organization_id: null,
      location_id: null,
      robot_id: null,
      part_id: 'part-1',
      component_type: 'rdk:component:sensor',
      component_name: 'a/b ü',
      method_name: 'Readings',
      time_requested: '2026-08-21T10:00:00.123456789Z',
      time_received: '2026-08-21T10:00:01.000000000Z',
      time_stored: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      tags: ['a', 'b'],
      additional_parameters: { speed: 'fast' },
      data: { value: 1 },
    })
    expect(idsOf(answer).fileId.startsWith(name.slice(-39, -7))).toBe(true)
    await close()
  })

  test('over two dates and with odd values is read by DuckDB with one glob', async () => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const odd = {
      fields: {
        __proto__x: { listValue: { values: [{ nullValue: 0 }, { boolValue: true }] } },
        nan: { numberValue: Number.NaN },
        deep: { structValue: number(7) },
      },
    }
    const request = v1.DataCaptureUploadRequest.encode({
      metadata: { ...TABULAR_METADATA, partId: '', componentName: '..' },
      sensorContents: [
        { metadata: { timeRequested: time(TEN) }, struct: number(5) },
        { metadata: { timeRequested: time(TEN + 86_400) }, struct: odd },
        { struct: number(6) },
      ],
    }).finish()
    expect((await client.unary(PATHS.capture, request)).status).toBe('OK')
    const names = [...stored(folder).keys()].map((name) => name.replace(/\/[0-9a-f]{32}\..*/, ''))
    const at = 'tabular/part_id=__none__/component_name=../method_name=Readings/date='
    expect(names.sort()).toEqual([`${at}2026-08-21`, `${at}2026-08-22`, `${at}__none__`])
    const rows = await query(
      `select data.value::int as value, data.nan, data.deep.value::int as deep, component_name, date::varchar as date
       from read_ndjson(${rowsGlob(folder)}, hive_partitioning = true, union_by_name = true,
         hive_types = {'date': varchar}) order by date`,
    )
    expect(rows).toEqual([
      { value: 5, nan: null, deep: null, component_name: '..', date: '2026-08-21' },
      { value: null, nan: 'NaN', deep: 7, component_name: '..', date: '2026-08-22' },
      { value: 6, nan: null, deep: null, component_name: '..', date: '__none__' },
    ])
    await close()
  })
})

describe('a binary upload', () => {
  test('becomes a file with a sidecar, each of several its own', async () => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const answer = await client.unary(PATHS.capture, binaryRequest([text('one'), text('two')]))
    expect(answer.status).toBe('OK')
    const found = stored(folder)
    const names = [...found.keys()].sort()
    expect(names).toHaveLength(4)
    expect(names[0]).toMatch(
      /^binary\/part_id=part-1\/component_name=cam\/method_name=ReadImage\/date=2026-08-21\/2026-08-21T10_00_00\.000000000Z-[0-9a-f]{32}\.jpeg$/,
    )
    expect(found.get(names[0] ?? '')?.toString()).toBe('one')
    const { binaryDataId } = idsOf(answer)
    expect(JSON.parse(String(found.get(`${names[0]}.json`)))).toMatchObject({
      id: binaryDataId,
      binary_data_id: binaryDataId,
      capture_metadata: { part_id: 'part-1', component_name: 'cam', mime_type: 'image/jpeg' },
      time_requested: '2026-08-21T10:00:00.000000000Z',
      file_ext: '.jpeg',
      file_size_bytes: 3,
      dataset_ids: ['set'],
      sha256: new Bun.CryptoHasher('sha256').update('one').digest('hex'),
    })
    expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(2)
    await close()
  })

  test('that is streamed is the same, and leaves nothing beside it', async () => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const pieces = [Buffer.alloc(65_536, 'x'), text('end')]
    const answer = await client.stream(PATHS.streaming, streamingMessages(pieces))
    expect(answer.status).toBe('OK')
    const [[name, content] = ['', Buffer.alloc(0)], [side, sidecar] = ['', Buffer.alloc(0)]] =
      stored(folder)
    expect(content.equals(Buffer.concat(pieces))).toBe(true)
    expect(side).toBe(`${name}.json`)
    const sha256 = new Bun.CryptoHasher('sha256').update(content).digest('hex')
    expect(JSON.parse(sidecar.toString())).toMatchObject({ sha256, file_size_bytes: 65_539 })
    expect(staged(folder)).toEqual([])
    await close()
  })
})

describe('a file upload', () => {
  test.each([
    ['/data/logs/x.bin', '.bin', 'files/data/logs/x.bin'],
    ['report', '.txt', 'files/uploads/report.txt'],
    ['run/report.txt', '.txt', 'files/uploads/run/report.txt'],
    ['report', '', 'files/uploads/report'],
  ])('named %p with %p stands under %p', async (fileName, fileExtension, path) => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const metadata = {
      fileName,
      fileExtension,
      tags: ['t'],
      datasetIds: ['set'],
      mimeType: 'text/plain',
      fileCreateTime: time(TEN),
      fileModifyTime: time(TEN + 5),
    }
    const messages = fileMessages(metadata, [text('hel'), text('lo')])
    const answer = await client.stream(PATHS.file, messages)
    expect(answer.status).toBe('OK')
    expect([...stored(folder)].map(([name, bytes]) => [name, bytes.toString()])).toEqual([
      [path, 'hello'],
    ])
    expect(fs.statSync(`${folder}/anonymous/${path}`).mtimeMs).toBe((TEN + 5) * 1000)
    const { fileId } = idsOf(answer)
    const record = fs.readFileSync(`${folder}/anonymous/meta/requests/${fileId}`, 'utf8')
    expect(JSON.parse(record)).toMatchObject({
      tags: ['t'],
      dataset_ids: ['set'],
      mime_type: 'text/plain',
      part_id: 'part-1',
      file_create_time: '2026-08-21T10:00:00.000000000Z',
      file_modify_time: '2026-08-21T10:00:05.000000000Z',
    })
    expect(staged(folder)).toEqual([])
    await close()
  })

  test('without a name is named after its request', async () => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const answer = await client.stream(
      PATHS.file,
      fileMessages({ fileExtension: 'png' }, [text('x')]),
    )
    const { fileId } = idsOf(answer)
    expect([...stored(folder).keys()]).toEqual([`files/uploads/${fileId}.png`])
    await close()
  })
})

test('a sequence becomes a JSON document', async () => {
  const folder = temporaryFolder('viam')
  const { client, close } = await openViamAt(folder)
  const answer = await client.unary(PATHS.sequence, sequenceRequest())
  const { id } = viam.app.data.v1.CreateSequenceResponse.decode(answer.reply)
  const [[name, content] = ['', Buffer.alloc(0)]] = stored(folder)
  expect(name).toBe(`sequences/${id.slice(0, 32)}.json`)
  expect(JSON.parse(content.toString())).toMatchObject({
    id,
    part_id: 'part-1',
    start_time: '2026-08-21T10:00:00.000000000Z',
    end_time: '2026-08-21T10:01:00.000000000Z',
    resources: [{ resource_name: 'cam', method_name: 'ReadImage' }],
    sequence_tags: ['lap'],
  })
  await close()
})
