/** Files that change while they are on their way to Viam. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { SourceChanged } from '../../src/errors.ts'
import { BLOCK_BYTES } from '../../src/model.ts'
import { digestOf } from '../../src/system/digest.ts'
import type { VersionReader } from '../../src/upload/destination.ts'
import {
  cameraMetadata,
  captureFile,
  readings,
  sensorMetadata,
  times,
} from '../fakes/capture-file.ts'
import { failureOf, start } from '../fakes/viam-agent.ts'

const tabular = captureFile(sensorMetadata(), readings(3))
const large = captureFile(cameraMetadata(), [
  { metadata: times(1), binary: Buffer.alloc(3 << 20, 1) },
])

describe('O8 a file that changes while it is sent', () => {
  const changing = (path: string, at: number) => {
    let reads = 0
    return (reader: VersionReader): VersionReader => ({
      ...reader,
      read(offsetBytes, into) {
        reads += 1
        if (reads === at) fs.appendFileSync(path, 'more')
        return reader.read(offsetBytes, into)
      },
    })
  }

  test.each([
    ['c.log', Buffer.alloc(12 << 20, 'x'), 100],
    ['d.log', Buffer.alloc(300_000, 'x'), 3],
    ['b.capture', large, 10],
    ['a.capture', tabular, 1],
  ] as const)('%s: the stream is never finished, nothing is stored', async (name, bytes, at) => {
    const { agent, server } = await start()
    const wrap = changing(`${agent.root}/${name}`, at)
    expect(await failureOf(agent.send(name, bytes, { wrap }))).toBeInstanceOf(SourceChanged)
    await Bun.sleep(30)
    expect(server.calls).toHaveLength(0)
  })

  test('changed after the answer: no receipt, so that it is not deleted', async () => {
    let change = () => {}
    const { agent, server } = await start({
      fault() {
        change()
        return undefined
      },
    })
    change = () => fs.appendFileSync(`${agent.root}/c.log`, 'more')
    expect(await failureOf(agent.send('c.log', Buffer.from('x')))).toBeInstanceOf(SourceChanged)
    expect(server.stored).toHaveLength(1)
  })
})

test('a large capture file is read about once, also for its digest', async () => {
  const payload = Buffer.alloc(30 << 20, 'payload ')
  const file = captureFile(cameraMetadata(), [{ metadata: times(1), binary: payload }])
  const { agent, server } = await start()
  let diskBytes = 0
  let furthestBytes = 0
  // What was read a moment ago comes from memory.
  const onRead = (bytes: number, offsetBytes: number) => {
    if (offsetBytes < furthestBytes - 2 * BLOCK_BYTES) diskBytes += bytes
    else diskBytes += Math.max(0, offsetBytes + bytes - furthestBytes)
    furthestBytes = offsetBytes + bytes
  }
  const receipt = await agent.send('b.capture', file, { onRead })
  expect(server.stored.map((call) => call.content.length)).toEqual([30 << 20])
  expect(Buffer.from(receipt.digest).equals(digestOf(file))).toBe(true)
  expect(diskBytes).toBeLessThan(file.length * 1.05)
})
