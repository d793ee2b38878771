/** Pictures in the old form of GetImages on their way to Viam. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { Undecodable } from '../../src/errors.ts'
import { cameraMetadata, captureFile, times, toStruct } from '../fakes/capture-file.ts'
import { failureOf, plain, start } from '../fakes/viam-agent.ts'

const picture = (size: number) => Buffer.alloc(size, 'picture ')

describe('O17 pictures in the old form', () => {
  const image = (payload: Buffer, key: string, mimeType: string) => ({
    image: payload.toString('base64'),
    [key]: mimeType,
  })
  const images = (...list: unknown[]) => [
    {
      metadata: times(5),
      struct: toStruct({
        images: list,
        response_metadata: { captured_at: '2024-05-06T07:08:09.25Z' },
      }),
    },
  ]
  const metadata = cameraMetadata({ methodName: 'GetImages', fileExtension: '' })

  test('each goes by its own size and type, with the time of the camera', async () => {
    const { server, agent } = await start()
    const delivered: number[] = []
    const [small, large] = [picture(1000), picture(1_200_000)]
    const file = captureFile(
      metadata,
      images(
        image(small, 'mime_type', 'image/jpeg'),
        image(large, 'mimeType', 'image/vnd.viam.dep'),
        image(small, 'mime_type', 'video/mp4'),
      ),
    )
    await agent.send('a.capture', file, { onDelivered: (n) => void delivered.push(n) })
    expect(delivered).toEqual([1, 2, 3])
    const told = server.stored.map((call) => [
      call.rpc,
      call.metadata.fileExtension,
      call.content.length,
    ])
    expect(told).toEqual([
      ['DataCaptureUpload', '.jpeg', 1000],
      ['StreamingDataCaptureUpload', '.dep', 1_200_000],
      ['DataCaptureUpload', '', 1000],
    ])
    const at = { seconds: Date.parse('2024-05-06T07:08:09Z') / 1000, nanos: 250_000_000 }
    for (const call of server.stored) {
      const sensor = (call.sensor ?? call.readings[0]?.metadata)!
      expect(plain(sensor)).toEqual({ timeRequested: at, timeReceived: at })
    }
    expect(server.stored[1]?.content.equals(large)).toBe(true)
  })

  test('after an interruption it goes on with the next picture', async () => {
    const { server, agent } = await start()
    const file = captureFile(
      metadata,
      images(
        image(picture(10), 'mime_type', 'image/png'),
        image(picture(20), 'mime_type', 'image/png'),
      ),
    )
    fs.writeFileSync(`${agent.root}/a.capture`, file)
    await agent.again('a.capture', { deliveredMessages: 1 })
    expect(server.stored.map((call) => call.content.length)).toEqual([20])
  })

  test('without a time of the camera, the reading’s own times hold', async () => {
    const { server, agent } = await start()
    const struct = toStruct({ images: [image(picture(10), 'mime_type', 'image/png')] })
    await agent.send('a.capture', captureFile(metadata, [{ metadata: times(5), struct }]))
    expect(plain(server.stored[0]?.readings[0]?.metadata)).toEqual(plain(times(5)))
  })

  test.each([
    ['no list', { pictures: [] }],
    ['no content', { images: [{ mime_type: 'image/png' }] }],
    ['no base64', { images: [{ image: 'AAAA' }, { image: '*** not base64 ***' }] }],
  ])('%s: undecodable, and nothing is sent', async (_, object) => {
    const { server, agent } = await start()
    const error = await failureOf(
      agent.send('a.capture', captureFile(metadata, [{ struct: toStruct(object) }])),
    )
    expect(error).toBeInstanceOf(Undecodable)
    expect(server.calls).toHaveLength(0)
  })
})
