/** Readings on their way to Viam: one call for a file, field for field. */
import { describe, expect, test } from 'bun:test'
import { captureFile, readings, sensorMetadata, times, toStruct } from '../fakes/capture-file.ts'
import { failureOf, oneCall, PART, plain, start } from '../fakes/viam-agent.ts'

const methodParameters = () => ({
  dial: { type_url: 'type.googleapis.com/google.protobuf.Value', value: Buffer.from([26, 1, 97]) },
})

const collecting = (lines: string[]) => {
  const line = (text: string, fields = {}) => void lines.push(`${text} ${JSON.stringify(fields)}`)
  return {
    error: line,
    warn: line,
    info: line,
    debug: () => {},
    trace: () => {},
    enabled: () => false,
    writtenBytes: () => 0,
  }
}

describe('readings', () => {
  test('G1 Readings of a sensor: one unary call, .dat, no mime type', async () => {
    const three = readings(3)
    const metadata = { ...sensorMetadata(), methodParameters: methodParameters() }
    const call = await oneCall('a.capture', captureFile(metadata, three))
    expect(call.rpc).toBe('DataCaptureUpload')
    expect(plain(call.metadata)).toEqual({
      partId: PART,
      componentType: 'rdk:component:sensor',
      componentName: 's1',
      methodName: 'Readings',
      type: 2,
      methodParameters: plain(methodParameters()),
      fileExtension: '.dat',
      tags: [],
      datasetIds: [],
    })
    expect(plain(call.readings)).toEqual(plain(three))
  })

  test('G2 another method with tags: the tags are carried', async () => {
    const metadata = {
      ...sensorMetadata('Power'),
      componentType: 'rdk:component:power_sensor',
      tags: ['a', 'b'],
    }
    const call = await oneCall('a.capture', captureFile(metadata, readings(1)))
    expect(call.rpc).toBe('DataCaptureUpload')
    expect(call.metadata.tags).toEqual(['a', 'b'])
    expect(call.metadata.methodName).toBe('Power')
  })

  test('K15 what was not written whole at the end is left out, and said', async () => {
    const lines: string[] = []
    const { server, agent } = await start({}, { log: collecting(lines) })
    const torn = captureFile(sensorMetadata(), readings(101)).subarray(0, -3)
    await agent.send('a.capture', torn)
    expect(server.stored[0]?.readings).toHaveLength(100)
    expect(lines.join()).toMatch(/no whole reading/)
  })

  test('O4 a file without readings counts as delivered, without a call', async () => {
    const { server, agent } = await start()
    const receipt = await agent.send('a.capture', captureFile(sensorMetadata(), []))
    expect(receipt.location).toBe('empty')
    expect(server.calls).toHaveLength(0)
  })

  test('a file of more than 8 MiB goes in several calls, and goes on after the ones that were acknowledged', async () => {
    const { server, agent } = await start({
      fault: (index) => (index === 1 ? { when: 'before', code: 13 } : undefined),
    })
    const count = 70
    const blob = 'x'.repeat(256 << 10)
    const many = Array.from({ length: count }, (_, index) => ({
      metadata: times(index),
      struct: toStruct({ readings: { index, blob } }),
    }))
    const delivered: number[] = []
    const hooks = { onDelivered: (n: number) => void delivered.push(n) }
    const failed = await failureOf(
      agent.send('a.capture', captureFile(sensorMetadata(), many), hooks),
    )
    expect(failed).toMatchObject({ scope: 'file' })
    expect(delivered).toEqual([1])
    await agent.again('a.capture', { deliveredMessages: 1 }, hooks)
    expect(delivered).toEqual([1, 2, 3])
    const indexes = server.stored.flatMap((call) =>
      call.readings.map(
        (one) => one.struct?.fields?.['readings']?.structValue?.fields?.['index']?.numberValue,
      ),
    )
    expect(indexes).toEqual(Array.from({ length: count }, (_, index) => index))
  })
})
