/** More files than the receiver has channels for. */
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

test('wait for one, and none is refused', async () => {
  let open = 0
  let most = 0
  const session = openSession({
    clock: createSystemClock(),
    rateLimit: () => unlimited,
    hello: { software: 'a test', machineId: '' },
    onSent: () => {},
    silenceMs: 10_000,
    transport: {
      connect(agent) {
        const say = (frame: ReceiverFrame) => agent.message(encodeReceiverFrames([frame]))
        const answer = async (channel: number) => {
          most = Math.max(most, ++open)
          await Bun.sleep(2)
          open -= 1
          say({ channel, type: 'stored', receipt })
        }
        queueMicrotask(() =>
          say({
            ...{ channel: 0, type: 'welcome', device: 'd', software: '', warning: '' },
            ...{ maxChannels: 2, maxDataBytes: 65_536, windowBytes: 1 << 20, smallFileBytes: 0 },
          } as ReceiverFrame),
        )
        return {
          send(message) {
            for (const { type, channel } of decodeAgentFrames(message)) {
              if (type === 'cancel') void answer(channel)
            }
          },
          ready: async () => {},
          close: () => {},
        }
      },
      close: async () => {},
    },
  })
  const make = (number: number): Channel => {
    let isSent = false
    return {
      wantsToSend: () => !isSent,
      async next() {
        isSent = true
        return { messages: [encodeAgentFrame({ channel: number, type: 'cancel' })], bytes: 0 }
      },
      opened: async () => {},
      progressed: () => {},
      stored: async () => receipt,
    }
  }
  const never = new AbortController().signal
  const all = Array.from({ length: 7 }, () => session.carry(make, never))
  expect(await Promise.all(all)).toHaveLength(7)
  expect(most).toBe(2)
})
