/** Files that wait: for a channel of the receiver's, and for its answers. */
import { expect, test } from 'bun:test'
import type { Receipt } from '../../src/model.ts'
import { unlimited } from '../../src/schedule/rate-limit.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import type { Channel } from '../../src/upload/transfer/channel.ts'
import { openSession } from '../../src/upload/transfer/session.ts'
import { decodeAgentFrames, encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import type { ReceiverFrame } from '../../src/wire/frames.ts'
import { encodeReceiverFrames } from '../../src/wire/receiver-frames.ts'

const receipt: Receipt = {
  ...{ uploadId: 'ab'.repeat(32), sizeBytes: 1, digest: new Uint8Array(32) },
  ...{ sha256: 'cd'.repeat(32), location: 'x' },
}

/** A session with a receiver of two channels, which answers each cancel so late. */
function open(answer: (channel: number, say: (frame: ReceiverFrame) => void) => Promise<void>) {
  return openSession({
    clock: createSystemClock(),
    rateLimit: () => unlimited,
    hello: { software: 'a test', machineId: '' },
    onSent: () => {},
    silenceMs: 10_000,
    transport: {
      connect(agent) {
        const say = (frame: ReceiverFrame) => agent.message(encodeReceiverFrames([frame]))
        queueMicrotask(() =>
          say({
            ...{ channel: 0, type: 'welcome', device: 'd', software: '', warning: '' },
            ...{ maxChannels: 2, maxDataBytes: 262_144, windowBytes: 1 << 20, smallFileBytes: 0 },
          } as ReceiverFrame),
        )
        return {
          send(message) {
            for (const { type, channel } of decodeAgentFrames(message)) {
              if (type === 'cancel') void answer(channel, say)
            }
          },
          ready: async () => {},
          close: () => {},
        }
      },
      close: async () => {},
    },
  })
}

const idle = { opened: async () => {}, progressed: () => {}, stored: async () => receipt }
const never = new AbortController().signal

test('a file waits for a channel, and none is refused', async () => {
  let atOnce = 0
  let most = 0
  const session = open(async (channel, say) => {
    most = Math.max(most, ++atOnce)
    await Bun.sleep(2)
    atOnce -= 1
    say({ channel, type: 'stored', receipt })
  })
  const make = (number: number): Channel => {
    let isSent = false
    return {
      ...idle,
      wantsToSend: () => !isSent,
      async next() {
        isSent = true
        return { messages: [encodeAgentFrame({ channel: number, type: 'cancel' })], bytes: 0 }
      },
    }
  }
  const all = Array.from({ length: 7 }, () => session.carry(make, never))
  expect(await Promise.all(all)).toHaveLength(7)
  expect(most).toBe(2)
})

test('messages grow on a fast link, also where each waits for the answer to the one before', async () => {
  const session = open(async (channel, say) => {
    await Bun.sleep(2)
    say({ channel, type: 'progress', committedBytes: 0 })
  })
  const sizes: number[] = []
  const endMs = performance.now() + 4_000
  const make = (number: number): Channel => {
    let mayGoOn = true
    return {
      ...idle,
      wantsToSend: () => mayGoOn,
      progressed() {
        mayGoOn = true
      },
      async next(lend) {
        mayGoOn = false
        const bytes = lend().payload.length
        sizes.push(bytes)
        if (bytes === 262_144 || performance.now() > endMs) throw new Error('enough')
        return { messages: [encodeAgentFrame({ channel: number, type: 'cancel' })], bytes }
      },
    }
  }
  await expect(session.carry(make, never)).rejects.toThrow('enough')
  expect([sizes[0], sizes.at(-1)]).toEqual([65_536, 262_144])
})
