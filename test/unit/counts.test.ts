/** What the agent does for a file, in counts that are the same on every machine. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { JOURNAL_FILE } from '../../src/journal/open-journal.ts'
import type { Files } from '../../src/system/files.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { countingFiles } from '../fakes/counting.ts'
import { eventually } from '../fakes/ferry.ts'
import { accept, startLoops } from '../fakes/loops.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const SMALL_FILES = 1000
const GIB = 2 ** 30
const MIB = 2 ** 20

/** The log of a journal that was never folded in: all that was ever written, by transaction. */
function readLog(directory: string) {
  const log = fs.readFileSync(`${directory}/${JOURNAL_FILE}-wal`)
  const frameBytes = 24 + log.readUInt32BE(8)
  const frames = Math.floor((log.length - 32) / frameBytes)
  const isCommit = (frame: number) => log.readUInt32BE(32 + frame * frameBytes + 4) > 0
  const transactions = Array.from({ length: frames }, (_, frame) => frame).filter(isCommit).length
  return { bytes: log.length, transactions }
}

/** Sends what is in a folder until all of it is deleted, and tells what was done beyond a start. */
async function sendAll(root: string, upload: Destination['upload']) {
  const { calls, files } = countingFiles()
  const loops = startLoops(root, { upload, uploads: 240, files, runs: 'not' })
  const start = readLog(loops.directory)
  expect(await loops.agent.once(AbortSignal.timeout(60_000))).toBe(true)
  await eventually(
    () => fs.readdirSync(root),
    (names) => names.length === 0,
  )
  const end = readLog(loops.directory)
  const written = {
    bytes: end.bytes - start.bytes,
    transactions: end.transactions - start.transactions,
  }
  return { written, calls }
}

test('small files cost few bytes and few transactions of the journal, and few system calls', async () => {
  const root = temporaryFolder('counts')
  for (let index = 0; index < SMALL_FILES; index++) fs.writeFileSync(`${root}/f${index}`, 'content')
  const { written, calls } = await sendAll(root, async (upload, source, hooks, signal) => {
    await source.read(0, new Uint8Array(upload.file.sizeBytes))
    return await accept(upload, source, hooks, signal)
  })
  const each = (...names: (keyof Files)[]) =>
    names.reduce((sum, name) => sum + (calls[name] ?? 0), 0) / SMALL_FILES
  // 525 bytes in 9 transactions are usual.
  expect(written.bytes / SMALL_FILES).toBeLessThan(600)
  expect(written.transactions).toBeLessThan(20)
  // Only the folder of names put aside is opened for each.
  expect(each('openRoot', 'openDirectoryAt')).toBeLessThan(1.1)
  expect(each('openFileAt')).toBe(2)
  expect(each('stat', 'statAt')).toBeLessThan(7.1)
  expect(each('read')).toBe(1)
})

test('a large file costs a few pages of the journal for each GB', async () => {
  const root = temporaryFolder('counts-large')
  fs.writeFileSync(`${root}/large`, '')
  fs.truncateSync(`${root}/large`, GIB)
  const { written } = await sendAll(root, async ({ file }, _source, { onDurable }) => {
    for (let offsetBytes = MIB; offsetBytes <= GIB; offsetBytes += MIB) {
      onDurable({ offsetBytes, state: new Uint8Array(32) })
      if (offsetBytes % (32 * MIB) === 0) await Bun.sleep(25)
    }
    const receipt = { uploadId: '', sha256: '', location: '', sizeBytes: file.sizeBytes }
    return { ...receipt, digest: new Uint8Array(32) }
  })
  // 19 KiB in 10 transactions are usual.
  expect(written.bytes).toBeLessThan(24 * 1024)
  expect(written.transactions).toBeLessThan(16)
})
