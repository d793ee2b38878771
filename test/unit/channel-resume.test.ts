/** Where an upload goes on: at the receiver's offset if the bytes before it are ours, else at 0. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { BLOCK_BYTES } from '../../src/model.ts'
import { digestOf } from '../../src/system/digest.ts'
import { createChannel } from '../../src/upload/transfer/channel.ts'
import { decodeAgentFrames } from '../../src/wire/agent-frames.ts'
import { HEADER_ROOM_BYTES } from '../../src/wire/data-frame.ts'
import type { Welcome } from '../../src/wire/frames.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { uploadOf, versionAt } from '../fakes/uploads.ts'

const CONTENT = Buffer.alloc(3 * BLOCK_BYTES + 5, 'ours ')
const WELCOME: Welcome = {
  ...{ device: 'd', software: '', warning: '', maxChannels: 1, roomBytes: undefined },
  ...{ maxDataBytes: 65_536, windowBytes: 1 << 20, smallFileBytes: 0 },
}

/** What it sends once the receiver said what it has: a data's offset, or an open's reset. */
async function after(offsetBytes: number, digest: Uint8Array) {
  const folder = temporaryFolder('resume')
  fs.writeFileSync(`${folder}/a`, CONTENT)
  const channel = createChannel({
    ...{ number: 1, id: 'ab'.repeat(32), welcome: WELCOME },
    upload: uploadOf(versionAt(folder, 'a')),
    source: {
      async read(at, into) {
        return CONTENT.copy(into, 0, at)
      },
      prefixDigest: async (at) => digestOf(CONTENT.subarray(0, at)),
      chainAt: () => undefined,
      complete: async () => digestOf(CONTENT),
    },
    hooks: { onDurable: () => {}, onDelivered: () => {}, onStep: () => {} },
    description: { content: 'file', tags: [], datasetIds: [], partId: '' },
  })
  const lend = (bytes = 65_536) => {
    const buffer = new Uint8Array(bytes + HEADER_ROOM_BYTES)
    return { buffer, payload: buffer.subarray(HEADER_ROOM_BYTES) }
  }
  const next = async () => {
    const { messages } = await channel.next(lend)
    const [frame] = messages.flatMap((message) => decodeAgentFrames(message))
    if (frame?.type === 'open') return { reset: frame.request.reset }
    return { at: frame?.type === 'data' ? frame.offsetBytes : -1 }
  }
  expect(await next()).toEqual({ reset: false })
  const prefix = { offsetBytes, digest }
  await channel.opened({ epoch: 1, generation: 1, prefix, receipt: undefined })
  return await next()
}

test.each([1, 70_000, BLOCK_BYTES, 2 * BLOCK_BYTES + 1])('at %p, where they are', async (at) => {
  expect(await after(at, digestOf(CONTENT.subarray(0, at)))).toEqual({ at })
  expect(await after(at, digestOf(Buffer.alloc(at, 'theirs')))).toEqual({ reset: true })
})

test('at 0 whatever the receiver says of no bytes: each version has said something else', async () => {
  for (const digest of [new Uint8Array(32), digestOf(new Uint8Array()), new Uint8Array()]) {
    expect(await after(0, digest)).toEqual({ at: 0 })
  }
})
