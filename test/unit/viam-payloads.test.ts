/** Payloads on their way to Viam: by the call that their size asks for, field for field. */
import { describe, expect, test } from 'bun:test'
import { Undecodable } from '../../src/errors.ts'
import { cameraMetadata, captureFile, type Metadata, times } from '../fakes/capture-file.ts'
import { failureOf, oneCall, plain, start } from '../fakes/viam-agent.ts'

const picture = (size: number) => Buffer.alloc(size, 'picture ')
const SMALL = 1_000_000
const LARGE = 2_000_000

const methodParameters = () => ({
  dial: { type_url: 'type.googleapis.com/google.protobuf.Value', value: Buffer.from([26, 1, 97]) },
})

/** One picture in a capture file: what call it makes, and with what. */
async function onePicture(size: number, more: Metadata, annotations = {}) {
  const payload = picture(size)
  const sensor = { metadata: { ...times(100), ...annotations }, binary: payload }
  const file = captureFile(cameraMetadata({ methodParameters: methodParameters(), ...more }), [
    sensor,
  ])
  const call = await oneCall('a.capture', file)
  expect(call.content.equals(payload)).toBe(true)
  const { timeRequested, timeReceived } = (call.sensor ?? call.readings[0]?.metadata)!
  expect(plain({ timeRequested, timeReceived })).toEqual(plain(times(100)))
  expect(call.metadata.type).toBe(1)
  expect(call.metadata.componentType).toBe('rdk:component:camera')
  expect(plain(call.metadata.methodParameters)).toEqual(plain(methodParameters()))
  if (call.rpc === 'StreamingDataCaptureUpload') {
    // The metadata alone, then pieces of 65,536 bytes.
    expect(call.messages).toHaveLength(1 + Math.ceil(size / 65_536))
    expect(call.messages[1]!.length).toBe(65_536 + 4)
    expect(call.headers['ferry-content-bytes']).toBe(`${size}`)
    const sha256 = new Bun.CryptoHasher('sha256').update(payload).digest('hex')
    expect(call.headers['ferry-content-sha256']).toBe(sha256)
  }
  const { fileExtension = '', mimeType = '' } = call.metadata
  return { rpc: call.rpc, fileExtension, mimeType, call }
}

describe('payloads', () => {
  test('G3 a small JPEG: unary, .jpeg', async () => {
    const { rpc, fileExtension, mimeType } = await onePicture(SMALL, { mimeType: 'image/jpeg' })
    expect({ rpc, fileExtension, mimeType }).toEqual({
      rpc: 'DataCaptureUpload',
      fileExtension: '.jpeg',
      mimeType: 'image/jpeg',
    })
  })

  test('G4 small, recorded as .jpeg but of type PNG: .png', async () => {
    const { rpc, fileExtension, mimeType } = await onePicture(5000, { mimeType: 'image/png' })
    expect([rpc, fileExtension, mimeType]).toEqual(['DataCaptureUpload', '.png', 'image/png'])
  })

  test('G5 large, the same mismatch: a stream, .png', async () => {
    const { rpc, fileExtension } = await onePicture(LARGE, { mimeType: 'image/png' })
    expect([rpc, fileExtension]).toEqual(['StreamingDataCaptureUpload', '.png'])
  })

  test('G6 small binary without mime: the recorded extension, and no mime type', async () => {
    const { rpc, fileExtension, mimeType } = await onePicture(5000, {})
    expect([rpc, fileExtension, mimeType]).toEqual(['DataCaptureUpload', '.jpeg', ''])
  })

  test('G7 large binary without mime: a stream, the recorded extension, no mime type', async () => {
    const { rpc, fileExtension, mimeType } = await onePicture(LARGE, {})
    expect([rpc, fileExtension, mimeType]).toEqual(['StreamingDataCaptureUpload', '.jpeg', ''])
  })

  test('G8 A36 a large PNG: a stream, .png; one byte over the limit is large', async () => {
    const more = { mimeType: 'image/png', fileExtension: '.png' }
    const { rpc, fileExtension } = await onePicture(SMALL + 1, more)
    expect([rpc, fileExtension]).toEqual(['StreamingDataCaptureUpload', '.png'])
  })

  test.each([
    ['image/jpeg', '.jpeg'],
    ['image/png', '.png'],
    ['image/vnd.viam.dep', '.dep'],
    ['image/vnd.viam.rgba', '.rgba'],
    ['pointcloud/pcd', '.pcd'],
    ['video/mp4', '.mp4'],
    ['audio/wav', '.wav'],
    ['audio/mpeg', '.mp3'],
    ['application/x-unknown', '.recorded'],
  ])('G4 the type %p goes as %p', async (mimeType, extension) => {
    const { fileExtension } = await onePicture(10, { mimeType, fileExtension: '.recorded' })
    expect(fileExtension).toBe(extension)
  })

  test.each([
    ['G9 small', 3000, 'DataCaptureUpload'],
    ['G10 large', 1_500_000, 'StreamingDataCaptureUpload'],
  ] as const)(
    '%s GetImages, one file for each picture: each by its own call',
    async (_, size, rpc) => {
      const { server, agent } = await start()
      for (const [name, mimeType] of [
        ['a', 'image/jpeg'],
        ['b', 'image/png'],
      ] as const) {
        const metadata = cameraMetadata({ methodName: 'GetImages', fileExtension: '', mimeType })
        const file = captureFile(metadata, [{ metadata: times(1), binary: picture(size) }])
        await agent.send(`${name}.capture`, file)
      }
      expect(server.stored.map((call) => [call.rpc, call.metadata.fileExtension])).toEqual([
        [rpc, '.jpeg'],
        [rpc, '.png'],
      ])
    },
  )

  const annotations = {
    annotations: {
      bboxes: [
        {
          id: '1',
          label: 'cat',
          xMinNormalized: 0.1,
          yMinNormalized: 0.2,
          xMaxNormalized: 0.3,
          yMaxNormalized: 0.4,
          confidence: 0.9,
        },
        {
          id: '2',
          label: 'dog',
          xMinNormalized: 0.5,
          yMinNormalized: 0.6,
          xMaxNormalized: 0.7,
          yMaxNormalized: 0.8,
        },
      ],
      classifications: [{ label: 'pets', confidence: 0.5 }, { label: 'indoors' }],
    },
  }

  test.each([
    ['G11 small', 4000, 'DataCaptureUpload'],
    ['G12 large', LARGE, 'StreamingDataCaptureUpload'],
  ] as const)('%s CaptureAllFromCamera: the annotations go along', async (_, size, rpc) => {
    const more = { methodName: 'CaptureAllFromCamera', mimeType: 'image/jpeg' }
    const { call } = await onePicture(size, more, annotations)
    expect(call.rpc).toBe(rpc)
    const { annotations: found } = (call.sensor ?? call.readings[0]?.metadata)!
    expect(plain(found)).toEqual(plain(annotations.annotations))
  })

  test('a stream of more than 8 MiB has its size, and no checksum, in its headers', async () => {
    const file = captureFile(cameraMetadata(), [{ metadata: times(1), binary: picture(9 << 20) }])
    const call = await oneCall('a.capture', file)
    expect(call.content.equals(picture(9 << 20))).toBe(true)
    expect(call.headers['ferry-content-bytes']).toBe(`${9 << 20}`)
    expect(call.headers['ferry-content-sha256']).toBeUndefined()
  })

  test('five payloads in one file: each is acknowledged, and none again after an interruption', async () => {
    const { server, agent } = await start({
      fault: (index) => (index === 3 ? { when: 'before', code: 13 } : undefined),
    })
    const payloads = [1, 2, 3, 4, 5].map((n) => ({
      metadata: times(n),
      binary: Buffer.alloc(n * 300_000, n),
    }))
    const delivered: number[] = []
    const hooks = { onDelivered: (n: number) => void delivered.push(n) }
    const failed = await failureOf(
      agent.send('a.capture', captureFile(cameraMetadata(), payloads), hooks),
    )
    expect(failed).toMatchObject({ scope: 'file' })
    expect(delivered).toEqual([1, 2, 3])
    await agent.again('a.capture', { deliveredMessages: 3 }, hooks)
    expect(delivered).toEqual([1, 2, 3, 4, 5])
    expect(server.stored.map((call) => call.content.length)).toEqual(
      payloads.map((one) => one.binary.length),
    )
  })

  test('O3 a payload that is cut short is undecodable, and nothing is sent', async () => {
    const { server, agent } = await start()
    const file = captureFile(cameraMetadata(), [{ metadata: times(1), binary: picture(LARGE) }])
    const error = await failureOf(agent.send('a.capture', file.subarray(0, 1_000_000)))
    expect(error).toBeInstanceOf(Undecodable)
    expect(server.calls).toHaveLength(0)
    expect(server.cancelled).toBe(0)
  })

  test('O4 O5 an empty capture file and one with a bad length are undecodable', async () => {
    const { server, agent } = await start()
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(9, 0x80)]) {
      expect(await failureOf(agent.send('a.capture', bytes))).toBeInstanceOf(Undecodable)
    }
    expect(server.calls).toHaveLength(0)
  })
})
