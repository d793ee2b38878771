/** What Viam's protocol may not bring. */
import { describe, expect, test } from 'bun:test'
import { viam } from '../../src/wire/viam.js'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, staged, stored } from '../fakes/viam.ts'
import {
  BINARY_METADATA,
  binaryRequest,
  fileMessages,
  PATHS,
  streamingMessages,
  TABULAR_METADATA,
  TEN,
  tabularRequest,
} from '../fakes/viam-messages.ts'

const { v1 } = viam.app.datasync
const text = (content: string) => Buffer.from(content)
const FILE = v1.DataType.DATA_TYPE_FILE
const unspecified = v1.DataType.DATA_TYPE_UNSPECIFIED
const body = text('x')

describe('what can never succeed is refused as an invalid argument', () => {
  const captures: [string, Uint8Array][] = [
    ['bytes that are no message', Buffer.from([0xff, 0xff])],
    ['no metadata', v1.DataCaptureUploadRequest.encode({ sensorContents: [] }).finish()],
    ['no readings', tabularRequest([])],
    ['no type', tabularRequest([1], TEN, { type: unspecified })],
    ['a type that is for files', tabularRequest([1], TEN, { type: FILE })],
    ['payloads that should be readings', binaryRequest([body], { type: TABULAR_METADATA.type })],
    ['readings that should be payloads', tabularRequest([1], TEN, { type: BINARY_METADATA.type })],
  ]
  test('an extension that cannot be part of a name costs the name, not the payload', async () => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const request = binaryRequest([body], { mimeType: '', fileExtension: '/../x' })
    expect((await client.unary(PATHS.capture, request)).status).toBe('OK')
    const names = [...stored(folder).keys()]
    expect(names).toHaveLength(2)
    expect(names.every((name) => name.startsWith('binary/') && !name.includes('..'))).toBe(true)
    await close()
  })

  test.each(captures)('%s', async (_, request) => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    expect((await client.unary(PATHS.capture, request)).status).toBe('INVALID_ARGUMENT')
    expect(stored(folder).size).toBe(0)
    await close()
  })

  const [head = body, piece = body] = fileMessages({ fileName: '/a' }, [body])
  const streams: [string, Uint8Array[]][] = [
    ['content before metadata', [piece, head]],
    ['metadata twice', [head, head]],
    ['nothing at all', []],
    ['a name with ..', fileMessages({ fileName: '/a/../b' }, [body])],
    ['a relative name with ..', fileMessages({ fileName: '../b' }, [body])],
    ['a name with NUL', fileMessages({ fileName: '/a\0b' }, [body])],
    [
      'an extension that leads elsewhere',
      fileMessages({ fileName: 'b', fileExtension: '/../x' }, [body]),
    ],
    ['another type', fileMessages({ fileName: '/a', type: unspecified }, [body])],
  ]
  test.each(streams)('a file upload with %s', async (_, messages) => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    expect((await client.stream(PATHS.file, messages)).status).toBe('INVALID_ARGUMENT')
    expect(stored(folder).size).toBe(0)
    expect(staged(folder)).toEqual([])
    await close()
  })
})

describe('content that does not fit its headers is not stored', () => {
  const sha256 = new Bun.CryptoHasher('sha256').update('hello').digest('hex')
  test.each([
    ['4', sha256, 'DATA_LOSS'],
    ['5', sha256.replace(/./, 'f').replace(/.$/, '0'), 'DATA_LOSS'],
    ['5', sha256, 'OK'],
  ])('%p bytes', async (size, hash, status) => {
    const folder = temporaryFolder('viam')
    const { client, close } = await openViamAt(folder)
    const headers = { 'ferry-content-bytes': size, 'ferry-content-sha256': hash }
    const pieces = [text('hel'), text('lo')]
    const file = await client.stream(PATHS.file, fileMessages({ fileName: '/a' }, pieces), headers)
    expect(file.status).toBe(status)
    const streamed = await client.stream(PATHS.streaming, streamingMessages(pieces), headers)
    expect(streamed.status).toBe(status)
    const unary = await client.unary(PATHS.capture, binaryRequest([text('hello')]), headers)
    expect(unary.status).toBe(status)
    expect(stored(folder).size).toBe(status === 'OK' ? 5 : 0)
    expect(staged(folder)).toEqual([])
    await close()
  })
})
