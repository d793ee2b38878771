/** Work of which only so much is done at a time. */
import { expect, test } from 'bun:test'
import { createTurns } from '../../src/upload/turns.ts'
import { captureFile, sensorMetadata, times, toStruct } from '../fakes/capture-file.ts'
import { start } from '../fakes/viam-agent.ts'

test('no more than the limit is at work, in order, and a failure gives its place away', async () => {
  const inTurn = createTurns(2)
  let atWork = 0
  let most = 0
  const started: number[] = []
  const work = (n: number) =>
    inTurn(async () => {
      started.push(n)
      atWork += 1
      most = Math.max(most, atWork)
      await Bun.sleep(1)
      atWork -= 1
      if (n % 3 === 0) throw new Error(`failed ${n}`)
      return n
    })
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => work(n)))
  expect(most).toBe(2)
  expect(started).toEqual(Array.from({ length: 20 }, (_, n) => n))
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(7)
  expect(await work(1)).toBe(1)
})

test('of larger messages to Viam 16 are on their way at once, and all arrive', async () => {
  const struct = toStruct({ readings: { blob: 'x'.repeat(200_000) } })
  const file = captureFile(sensorMetadata(), [{ metadata: times(1), struct }])
  let waiting = 0
  let most = 0
  const { agent, server } = await start({
    delayMs: 30,
    onStored() {
      waiting += 1
      most = Math.max(most, waiting)
    },
    onAnswer() {
      waiting -= 1
    },
  })
  await Promise.all(Array.from({ length: 50 }, (_, n) => agent.send(`${n}.capture`, file)))
  expect(server.stored).toHaveLength(50)
  expect(most).toBeLessThanOrEqual(16)
  expect(most).toBeGreaterThan(4)
})
