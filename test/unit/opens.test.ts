/** What the gate's opening wakes. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { Gate } from '../../src/system/gate.ts'
import { eventually } from '../fakes/ferry.ts'
import { accept, startLoops } from '../fakes/loops.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

test('when the gate opens, what waits is sent at once, also where nothing is to be deleted', async () => {
  const root = temporaryFolder('opens')
  fs.writeFileSync(`${root}/a`, 'x')
  const rings: (() => void)[] = []
  let reason = 'not yet'
  // Looks go on, so that there is a row before it opens.
  const gate: Gate = {
    refresh: () => '',
    closedBecause: () => reason,
    during: (work) => work(),
    release() {},
    onOpen: (ring) => void rings.push(ring),
  }
  let uploads = 0
  const { journal, stop } = startLoops(root, {
    gate,
    async upload(...args) {
      uploads += 1
      return await accept(...args)
    },
  })
  await eventually(
    () => journal.summary().pendingFiles,
    (files) => files === 1,
  )
  await Bun.sleep(200)
  expect(uploads).toBe(0)
  reason = ''
  for (const ring of rings) ring()
  await eventually(
    () => uploads,
    (count) => count === 1,
    2000,
  )
  await stop()
})
