/** What agent and receiver do together for a file, in counts that are the same on every machine. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { openDestination } from '../../src/cli/open-destination.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { countingFiles, countMemory } from '../fakes/counting.ts'
import { startWholeReceiver } from '../fakes/fault-runs.ts'
import { configure } from '../fakes/ferry.ts'
import { machine } from '../fakes/machine.ts'
import { send, uploadOf } from '../fakes/one-upload.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const MIB = 1 << 20
const IN_FLIGHT = 240

interface Counts {
  sentMessages: number
  sentBytes: number
  answers: number
  answerBytes: number
}

/** A receiver and a destination that reaches it by HTTP/2, both in this process, all counted. */
async function openEnds(name: string) {
  const folder = temporaryFolder(name)
  const [board, store] = [`${folder}/board`, `${folder}/store`]
  fs.mkdirSync(board)
  fs.mkdirSync(store)
  const counts: Counts = { sentMessages: 0, sentBytes: 0, answers: 0, answerBytes: 0 }
  const { calls, files } = countingFiles()
  const receiver = await startWholeReceiver(store, {
    files,
    watch: (serve) => (device, link) => {
      const handlers = serve(device, {
        ...link,
        send(message, roomBytes) {
          counts.answers += 1
          counts.answerBytes += message.length
          link.send(message, roomBytes)
        },
      })
      return {
        ...handlers,
        message(message) {
          counts.sentMessages += 1
          counts.sentBytes += message.length
          handlers.message(message)
        },
      }
    },
  })
  const site = { folder, board, store, device: 'anonymous', config: `${folder}/ferry.json` }
  configure(site, receiver.port, {
    destination: {
      url: `grpc://127.0.0.1:${receiver.port}`,
      ...{ protocol: 'ferry', key_file: undefined, ca_file: undefined },
    },
  })
  const config = parseConfig({
    ...{ text: fs.readFileSync(site.config, 'utf8'), file: site.config, machine },
  })
  const parts = { files: createPosixFiles(), clock: createSystemClock(), log: quietLog }
  const destination = openDestination(config, parts)
  return {
    ...{ board, destination, calls, counts },
    async close() {
      await destination.close()
      await receiver.close()
    },
  }
}

/** All files of the board, so many at once. */
async function sendAll(board: string, destination: Destination): Promise<void> {
  const names = fs.readdirSync(board)
  const next = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      await send(destination, uploadOf(board, name))
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, next))
}

/** Writes the files, sends them, and tells what that took. */
async function measure(name: string, files: number, sizeBytes: number) {
  const ends = await openEnds(name)
  const content = Buffer.alloc(sizeBytes, name)
  for (let n = 0; n < files; n++) fs.writeFileSync(`${ends.board}/f${n}`, content)
  const memory = countMemory()
  try {
    await sendAll(ends.board, ends.destination)
  } finally {
    memory.stop()
    await ends.close()
  }
  const bytes = files * sizeBytes
  const { copied, allocated } = memory.stop()
  return { ...ends, copied: copied / bytes, allocated: allocated / bytes }
}

/** What is usual stands behind each bound. */
test('a small file costs the receiver one fsync and few calls, and the wire few bytes', async () => {
  const { calls, counts, copied, allocated } = await measure('counts-small', 1000, 4096)
  const each = (count = Number.NaN) => count / 1000
  expect(each(calls['sync'])).toBeLessThan(1.12) // 1.10: its content, and a sixteenth of a file of receipts
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0)
  expect(each(all)).toBeLessThan(9.5) // 9.33
  expect(counts.sentMessages).toBeLessThan(82) // 72
  expect(counts.answers).toBeLessThan(95) // 83
  expect(each(counts.sentBytes)).toBeLessThan(4096 + 176) // 173
  expect(each(counts.answerBytes)).toBeLessThan(235) // 231
  expect(copied).toBeLessThan(4.85) // 4.76
  expect(allocated).toBeLessThan(2.85) // 2.76
})

test('a large file costs few fsyncs and messages, and few copies of each byte', async () => {
  const { calls, counts, copied, allocated } = await measure('counts-large', 1, 256 * MIB)
  expect(calls['sync']).toBeLessThan(84) // 80 to 82: one for each 4 MiB, and of its folders
  expect(calls['write']).toBeLessThan(4120) // 4,099 while the link is not known, then a quarter
  expect(counts.sentMessages).toBeLessThan(4120) // 4,099 while the link is not known, then a quarter
  expect(counts.answers).toBeLessThan(70) // 67
  expect(counts.sentBytes).toBeLessThan(256 * MIB * 1.0005) // 1.0004
  // 2.01: where the receiver joins a message, and into the block of its digest.
  expect(copied).toBeLessThan(2.1)
  expect(allocated).toBeLessThan(0.022) // 0.0201
})
