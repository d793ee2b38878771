/** Go writes the first second of the year 1 where a program gave no time. */
import { expect, test } from 'bun:test'
import { temporaryFolder } from '../fakes/temporary.ts'
import { openViamAt, stored } from '../fakes/viam.ts'
import { PATHS, streamingMessages, tabularRequest } from '../fakes/viam-messages.ts'

const GO_ZERO_SECONDS = -62_135_596_800

test("the time of a payload is none where Go's is zero", async () => {
  const folder = temporaryFolder('zero-time')
  const { client, close } = await openViamAt(folder)
  const messages = streamingMessages([Buffer.from('x')], GO_ZERO_SECONDS)
  expect((await client.stream(PATHS.streaming, messages)).status).toBe('OK')
  const [, sidecar] = [...stored(folder)].find(([name]) => name.endsWith('.json')) ?? []
  expect(JSON.parse(String(sidecar))).toMatchObject({ time_requested: null, time_received: null })
  expect([...stored(folder).keys()].every((name) => name.includes('/date=__none__/'))).toBe(true)
  await close()
})

test('a time within the first second of the year 1 is a time', async () => {
  const folder = temporaryFolder('zero-time')
  const { client, close } = await openViamAt(folder)
  expect((await client.unary(PATHS.capture, tabularRequest([1], GO_ZERO_SECONDS))).status).toBe(
    'OK',
  )
  expect([...stored(folder).keys()][0]).toContain('/date=0001-01-01/')
  await close()
})
