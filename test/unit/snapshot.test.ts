/** Looks after the first: an unchanged file costs next to nothing, and every change is seen. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import type { BytePath } from '../../src/byte-path.ts'
import { createSnapshot } from '../../src/scan/snapshot.ts'
import { fingerprint } from '../../src/system/fingerprint.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { scanner } from '../fakes/scanner.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const WHEN = new Date('2020-01-01T00:00:00Z')

/** Two folders of files that two looks have seen, so that the next one needs none of them. */
async function settledTree() {
  const root = temporaryFolder('snapshot')
  const counts = { stats: 0, questions: 0, rows: 0 }
  const posix = createPosixFiles()
  const files: typeof posix = {
    ...posix,
    statAt(directory, name) {
      // The guard looks above the root.
      if (name !== '..') counts.stats += 1
      return posix.statAt(directory, name)
    },
  }
  for (const folder of ['old', 'other']) {
    fs.mkdirSync(`${root}/${folder}`)
    for (let index = 0; index < 50; index++) {
      fs.writeFileSync(`${root}/${folder}/f${index}`, folder === 'old' ? 'abc' : 'xyz')
      fs.utimesSync(`${root}/${folder}/f${index}`, WHEN, WHEN)
    }
  }
  const scan = scanner(root, {}, 0, { files })
  const { known, rows } = scan.journal
  scan.journal.known = (...query) => {
    counts.questions += 1
    return known(...query)
  }
  scan.journal.rows = (directory) => {
    counts.rows += 1
    return rows(directory)
  }
  await scan.look()
  await scan.look()
  const look = async () => {
    Object.assign(counts, { stats: 0, questions: 0, rows: 0 })
    return await scan.look()
  }
  const rowOf = (path: string) =>
    scan.journal
      .due({ monotonicMs: 0, lane: 'normal', limit: 1000 })
      .find((upload) => upload.file.path === path)?.row as number
  return { root, scan, counts, look, rowOf }
}

describe('a look after the first', () => {
  test('needs for unchanged files no object, no question, and for a folder one', async () => {
    const { counts, look } = await settledTree()
    expect(await look()).toMatchObject({ files: 100, bytes: 300, unchanged: 100, discovered: 0 })
    // The folders are looked at; the root and they are counted in the journal.
    expect(counts).toEqual({ stats: 2, questions: 0, rows: 3 })
  })

  test('looks at what changed alone, then once at its folder, then at nothing', async () => {
    const { root, counts, look } = await settledTree()
    fs.appendFileSync(`${root}/old/f7`, 'd')
    expect(await look()).toMatchObject({ unchanged: 99, discovered: 1 })
    expect(counts).toMatchObject({ stats: 3, questions: 1 })
    expect(await look()).toMatchObject({ unchanged: 100, discovered: 0 })
    expect(counts).toMatchObject({ stats: 52, questions: 1 })
    expect(await look()).toMatchObject({ unchanged: 100 })
    expect(counts).toMatchObject({ stats: 2, questions: 0 })
  })

  test('finds new files in an old folder without a second look at the others', async () => {
    const { root, counts, look } = await settledTree()
    const before = fs.statSync(`${root}/old`)
    fs.writeFileSync(`${root}/old/new`, 'abc')
    fs.utimesSync(`${root}/old`, before.atime, before.mtime)
    expect(await look()).toMatchObject({ files: 101, unchanged: 100, discovered: 1 })
    expect(await look()).toMatchObject({ unchanged: 101, discovered: 0 })
    expect(counts).toMatchObject({ stats: 3, questions: 1 })
    await look()
    expect(counts).toMatchObject({ stats: 2, questions: 0 })
  })
})

describe('a change is seen', () => {
  test('where a file is rewritten in place and its size and time are as before', async () => {
    const { root, look } = await settledTree()
    const { ino, mtimeNs } = fs.statSync(`${root}/old/f1`, { bigint: true })
    fs.writeFileSync(`${root}/old/f1`, 'ABC')
    fs.utimesSync(`${root}/old/f1`, WHEN, WHEN)
    expect(fs.statSync(`${root}/old/f1`, { bigint: true })).toMatchObject({ ino, mtimeNs })
    expect(await look()).toMatchObject({ unchanged: 99, discovered: 1 })
  })

  test('where another file of the same size and time takes the name', async () => {
    const { root, look } = await settledTree()
    fs.renameSync(`${root}/old/f1`, `${root}/old/f2`)
    expect(await look()).toMatchObject({ files: 99, unchanged: 98, discovered: 1 })
  })

  test('where a symbolic link takes the name', async () => {
    const { root, look } = await settledTree()
    fs.renameSync(`${root}/old/f1`, `${root}/aside`)
    fs.symlinkSync(`${root}/aside`, `${root}/old/f1`)
    const figures = await look()
    expect(figures).toMatchObject({ files: 100, unchanged: 99, discovered: 1 })
    expect(figures.skipped).toMatchObject([{ reason: 'a symbolic link', files: 1 }])
  })

  test('where two folders change places', async () => {
    const { root, look } = await settledTree()
    fs.renameSync(`${root}/old`, `${root}/between`)
    fs.renameSync(`${root}/other`, `${root}/old`)
    fs.renameSync(`${root}/between`, `${root}/other`)
    expect(await look()).toMatchObject({ files: 100, unchanged: 0, discovered: 100 })
  })

  test('where a folder is away, its rows are given up, and it comes back as it was', async () => {
    const { root, scan, look, rowOf } = await settledTree()
    const row = rowOf(`${root}/old/f3`)
    fs.renameSync(`${root}/old`, `${root}-away`)
    scan.journal.apply([{ type: 'vanished', row }], 0)
    fs.renameSync(`${root}-away`, `${root}/old`)
    expect(await look()).toMatchObject({ files: 100, unchanged: 99, discovered: 1 })
    expect(scan.names()).toContain('old/f3')
  })

  test('where a row is given up in a folder that also got a new file', async () => {
    const { root, scan, look, rowOf } = await settledTree()
    const row = rowOf(`${root}/old/f3`)
    fs.writeFileSync(`${root}/old/new`, 'abc')
    await look()
    scan.journal.apply([{ type: 'vanished', row }], 0)
    expect(await look()).toMatchObject({ unchanged: 100, discovered: 1 })
    expect(scan.names()).toContain('old/f3')
  })

  test('where a folder is swapped for another and back, and has a row for the other one', async () => {
    const { root, scan, look } = await settledTree()
    const swap = () => {
      fs.renameSync(`${root}/old`, `${root}-away`)
      fs.renameSync(`${root}/other`, `${root}/old`)
      fs.renameSync(`${root}-away`, `${root}/other`)
    }
    swap()
    await look()
    swap()
    expect(await look()).toMatchObject({ files: 100, discovered: 100 })
    for (const { path, ino } of scan.found()) {
      expect(fs.statSync(path, { bigint: true }).ino).toBe(ino)
    }
  })

  test('where files are gone: they count no more', async () => {
    const { root, look } = await settledTree()
    fs.rmSync(`${root}/old`, { recursive: true })
    fs.unlinkSync(`${root}/other/f1`)
    expect(await look()).toMatchObject({ files: 49, unchanged: 49, discovered: 0 })
  })

  test('where what is left out has a reason each time', async () => {
    const root = temporaryFolder('snapshot')
    for (const name of ['a', 'b.log', 'c.log']) fs.writeFileSync(`${root}/${name}`, 'x')
    const scan = scanner(root, { exclude: ['*.log'] })
    for (const _ of [1, 2, 3]) {
      expect((await scan.look()).skipped).toMatchObject([{ reason: 'in "exclude"', files: 2 }])
    }
  })
})

describe('a snapshot', () => {
  const [path, name] = ['/d', 'a'] as BytePath[] as [BytePath, BytePath]
  const stat = { ino: 1n, sizeBytes: 7, mtimeNs: 1n, ctimeNs: 1n }
  const mark = fingerprint(name, stat)
  const settled = () => {
    const snapshot = createSnapshot()
    const visit = snapshot.visit(path, 1)
    visit.settle(name, stat)
    visit.leave()
    snapshot.endPass()
    return snapshot
  }

  test('knows what was settled while the folder has as many rows', () => {
    const visit = settled().visit(path, 1)
    expect(visit.isSettled(mark, 7)).toBe(true)
    expect(visit.leave()).toEqual({ files: 1, bytes: 7 })
  })

  test('trusts nothing of a folder that has fewer rows, or more than were added', () => {
    for (const rows of [0, 2]) expect(settled().visit(path, rows).isSettled(mark, 7)).toBe(false)
  })

  test('forgets folders that a whole pass did not visit', () => {
    const snapshot = settled()
    snapshot.endPass()
    expect(snapshot.visit(path, 1).isSettled(mark, 7)).toBe(false)
  })
})
