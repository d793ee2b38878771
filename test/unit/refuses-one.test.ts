/** One file, or many, that a destination answers as if it were down: the others go all the same. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { Transient } from '../../src/errors.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { eventually } from '../fakes/ferry.ts'
import { accept, startLoops } from '../fakes/loops.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const refused = () => new Transient('not this data set', { scope: 'destination' })
const isBad = (path: string) => path.includes('/bad')

/** Notes each path that is asked about. */
const refusing =
  (asked: string[], accepts: Destination['upload'] = accept): Destination['upload'] =>
  async (upload, ...rest) => {
    const { path } = upload.file
    asked.push(path.slice(path.lastIndexOf('/') + 1))
    if (isBad(path)) throw refused()
    return await accepts(upload, ...rest)
  }

function write(root: string, bad: number, good: number): void {
  for (let index = 0; index < bad; index++) fs.writeFileSync(`${root}/bad${index}`, 'x')
  for (let index = 0; index < good; index++) fs.writeFileSync(`${root}/good${index}`, 'x')
}

const goodLeft = (root: string) => fs.readdirSync(root).filter((name) => !isBad(`/${name}`)).length

test.each([
  [1, 5],
  [40, 20],
  [150, 100],
])(
  '%p files refused as by a destination that is down do not block %p others',
  async (bad, good) => {
    const root = temporaryFolder('refuses')
    write(root, bad, good)
    const { stop } = startLoops(root, { upload: refusing([]) })
    await eventually(
      () => goodLeft(root),
      (left) => left === 0,
      60_000,
    )
    expect(fs.readdirSync(root)).toHaveLength(bad)
    await stop()
  },
)

test('the one refused is postponed with growing waits once others were accepted', async () => {
  const root = temporaryFolder('refuses')
  const asked: string[] = []
  write(root, 1, 0)
  const { journal, stop } = startLoops(root, { upload: refusing(asked) })
  await eventually(
    () => asked.length,
    (count) => count > 1,
  )
  write(root, 0, 5)
  const { reasons } = await eventually(
    () => journal.summary(),
    (summary) => summary.pendingFiles === 1 && summary.reasons.length > 0,
  )
  expect(reasons).toMatchObject([{ reason: 'not this data set', files: 1 }])
  const before = asked.length
  for (let round = 0; round < 30; round++) {
    fs.writeFileSync(`${root}/late${round}`, 'x')
    await Bun.sleep(100)
  }
  await eventually(
    () => goodLeft(root),
    (left) => left === 0,
  )
  expect(asked.slice(before).filter(isBadName).length).toBeLessThan(12)
  await stop()
})

const isBadName = (name: string) => isBad(`/${name}`)

test('a destination that is down is asked with another file each time, and postpones none', async () => {
  const root = temporaryFolder('down')
  const asked: string[] = []
  write(root, 4, 0)
  const system = createSystemClock()
  const fast = {
    ...system,
    monotonicMs: () => system.monotonicMs() * 1000,
    sleep: (ms: number, signal?: AbortSignal) => system.sleep(ms / 1000, signal),
  }
  const startMs = fast.monotonicMs()
  const { journal, stop } = startLoops(root, { upload: refusing(asked), clock: fast })
  await eventually(
    () => asked.length,
    (count) => count >= 24,
  )
  const minutes = (fast.monotonicMs() - startMs) / 60_000
  expect(journal.summary().reasons).toEqual([])
  await stop()
  // All that were under way when it failed first, then one by one, each in its turn.
  const probes = asked.slice(4)
  for (let index = 4; index < probes.length; index++) {
    expect(probes.slice(index - 3, index)).not.toContain(probes[index] as string)
  }
  expect(minutes).toBeGreaterThan(2)
})

test('a sync by hand goes on past the one refused', async () => {
  const root = temporaryFolder('by-hand')
  const accepts: Destination['upload'] = async (...args) => {
    await Bun.sleep(30)
    return await accept(...args)
  }
  const { agent, journal, stop } = startLoops(root, { upload: refusing([], accepts) })
  write(root, 1, 3)
  await eventually(
    () => journal.summary(),
    ({ reasons, pendingFiles }) => pendingFiles === 1 && reasons.length === 1,
  )
  write(root, 0, 100)
  const { settled } = await agent.sync(new AbortController().signal)
  expect(await settled).toBe(false)
  expect(goodLeft(root)).toBe(0)
  await stop()
})
