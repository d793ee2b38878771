/** What a crash left among viam-server's sequences. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import { sweepSequences } from '../../src/reclaim/sequences.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { quietLog } from '../fakes/quiet.ts'
import { scanner } from '../fakes/scanner.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

function swept(...names: string[]): { root: string; tree: () => string[] } {
  const root = temporaryFolder('sequences')
  for (const name of names) {
    fs.mkdirSync(`${root}/sequences`, { recursive: true })
    fs.writeFileSync(`${root}/sequences/${name}`, '{}')
  }
  sweepSequences(createPosixFiles(), fromText(root), quietLog)
  const tree = () =>
    (fs.readdirSync(root, { recursive: true }) as string[])
      .filter((name) => fs.statSync(`${root}/${name}`).isFile())
      .sort()
  return { root, tree }
}

describe('the sweep at start', () => {
  test('J1 a lone .progseq goes to failed/sequences/', () => {
    expect(swept('a.progseq').tree()).toEqual(['failed/sequences/a.progseq'])
  })

  test('J2 J3 a .progseq beside its .seq goes, the .seq stays', () => {
    expect(swept('a.progseq', 'a.seq').tree()).toEqual(['sequences/a.seq'])
  })

  test('J4 a lone .seq stays', () => {
    expect(swept('a.seq').tree()).toEqual(['sequences/a.seq'])
  })

  test('J5 a stray .tmp goes', () => {
    expect(swept('a.tmp', 'b.seq').tree()).toEqual(['sequences/b.seq'])
  })

  test('J6 without sequences nothing happens, and no failed/ is made', () => {
    const { root } = swept()
    expect(fs.readdirSync(root)).toEqual([])
  })
})

test('a look sends closed sequences at once, and open ones never', async () => {
  const root = temporaryFolder('sequences')
  fs.mkdirSync(`${root}/sequences`)
  for (const name of ['a.seq', 'b.progseq', 'c.tmp'])
    fs.writeFileSync(`${root}/sequences/${name}`, '{}')
  const scan = scanner(root, { isCapture: true }, 60_000)
  const figures = await scan.look()
  expect(scan.names()).toEqual(['sequences/a.seq'])
  expect(figures.skipped.map(({ reason }) => reason).sort()).toEqual([
    'a sequence that is being written',
    'a sequence that is still open',
  ])
})

test('the sweep comes with the first look at a capture directory, once, and with no other root', async () => {
  const root = temporaryFolder('sequences')
  const swept: string[] = []
  const sweep = (capture: string) => void swept.push(capture)
  const scan = scanner(root, { isCapture: true }, 0, { sweep })
  expect(swept).toEqual([])
  await scan.look()
  await scan.look()
  expect(swept).toEqual([root])
  await scanner(root, { isCapture: false }, 0, { sweep }).look()
  expect(swept).toEqual([root])
})
