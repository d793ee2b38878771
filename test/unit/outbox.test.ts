/** Buffers of messages on their way out. */
import { expect, test } from 'bun:test'
import { createOutbox } from '../../src/upload/transfer/outbox.ts'
import { createPace } from '../../src/upload/transfer/pace.ts'
import { seededRandom } from '../fakes/quiet.ts'

test('a message on its way out is never changed, whatever its size and neighbours', async () => {
  const random = seededRandom(7)
  const inFlight: { message: Uint8Array; copy: Uint8Array }[] = []
  let changed = 0
  const arrive = () => {
    const one = inFlight.shift()
    if (one && Buffer.compare(one.message, one.copy) !== 0) changed += 1
  }
  const link = {
    send: (message: Uint8Array) => void inFlight.push({ message, copy: message.slice() }),
    async ready(count: number) {
      while (inFlight.length >= count) arrive()
    },
    close: () => {},
  }
  const outbox = createOutbox(link, 256 * 1024, createPace(256 * 1024))
  for (let turn = 0; turn < 20_000; turn++) {
    const { payload } = outbox.lend()
    const bytes = random.fraction() < 0.3 ? 40_000 : 300
    payload[0] = turn % 251
    payload[bytes - 1] = turn % 241
    await outbox.send([Uint8Array.of(1, 2, 3), payload.subarray(0, bytes)])
    if (random.fraction() < 0.2) await outbox.flush()
  }
  expect(changed).toBe(0)
})
