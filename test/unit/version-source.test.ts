/** Reading versions: the digest of what was sent, and what many files at once take in memory. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as fc from 'fast-check'
import { Transient } from '../../src/errors.ts'
import { BLOCK_BYTES, type Chain } from '../../src/model.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { digestOf } from '../../src/system/digest.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import { openVersion } from '../../src/upload/version-source.ts'
import { forAllAsync } from '../fakes/for-all.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { uploadOf, versionAt } from '../fakes/uploads.ts'

const files = createPosixFiles()
const guard = createRootGuard(files, { fact: () => '', setFact: () => {} })
const parts = { files, guard, clock: createSystemClock() }
const PIECE_BYTES = 256 * 1024

function open(root: string, name: string, chain?: Chain) {
  return openVersion(parts, uploadOf(versionAt(root, name), { chain }))
}

test.each([
  ['EACCES', "cannot be read (EACCES): give the agent's user read access"],
  ['EIO', 'cannot be read (EIO)'],
])('a file that fails with %s says so, and names no descriptor', (code, says) => {
  const root = temporaryFolder('refused')
  fs.writeFileSync(`${root}/secret`, 'x')
  const upload = uploadOf(versionAt(root, 'secret'), { chain: undefined })
  const openFileAt = () => {
    throw Object.assign(new Error("open '/proc/self/fd/12/secret'"), { code })
  }
  expect(() => openVersion({ ...parts, files: { ...files, openFileAt } }, upload)).toThrow(
    new Transient(says, { scope: 'file' }),
  )
})

test('64 files on their way side by side take the memory of a few blocks', async () => {
  const root = temporaryFolder('side-by-side')
  const sources = Array.from({ length: 64 }, (_, index) => {
    fs.writeFileSync(`${root}/f${index}`, '')
    fs.truncateSync(`${root}/f${index}`, 2 * BLOCK_BYTES)
    return open(root, `f${index}`)
  })
  const piece = new Uint8Array(PIECE_BYTES)
  const heldBytes = () => {
    Bun.gc(true)
    return process.memoryUsage().arrayBuffers
  }
  const before = heldBytes()
  for (let at = 0; at < 2 * BLOCK_BYTES - PIECE_BYTES; at += PIECE_BYTES) {
    for (const source of sources) await source.read(at, piece)
  }
  expect(heldBytes() - before).toBeLessThan(4 * BLOCK_BYTES)
  for (const source of sources) source.close()
})

test('the digest is that of the file, however it was read and wherever it was taken up', async () => {
  const root = temporaryFolder('read-anyhow')
  const bytes = Buffer.alloc(2 * BLOCK_BYTES + 12_345, 'content of a file, ')
  fs.writeFileSync(`${root}/f`, bytes)
  const offset = fc.integer({ min: 0, max: bytes.length })
  const steps = fc.array(fc.integer({ min: 5000, max: PIECE_BYTES }), { minLength: 1 })
  const known = new Map<number, Chain>()
  const run = async (from: number, sizes: readonly number[]) => {
    const chain = [...known.values()].find(({ offsetBytes }) => offsetBytes <= from)
    const source = open(root, 'f', chain)
    expect(await source.prefixDigest(from)).toEqual(digestOf(bytes.subarray(0, from)))
    for (let at = from, turn = 0; at < bytes.length / 2 + from / 2; turn++) {
      const piece = new Uint8Array(sizes[turn % sizes.length] ?? 1)
      at += await source.read(at, piece)
      for (const boundary of [BLOCK_BYTES, 2 * BLOCK_BYTES]) {
        const passed = source.chainAt(boundary)
        expect(passed !== undefined || boundary <= from || boundary > at).toBe(true)
        if (passed) known.set(boundary, passed)
      }
    }
    expect(await source.complete()).toEqual(digestOf(bytes))
    source.close()
  }
  await forAllAsync(fc.asyncProperty(offset, steps, run), 30)
  expect([...known.keys()].sort()).toEqual([BLOCK_BYTES, 2 * BLOCK_BYTES])
})
