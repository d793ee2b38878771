/** Deleting unsent capture files when the disk is full: Viam's rule, counted and said. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { type BytePath, baseName, display, fromText } from '../../src/byte-path.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { guardOnce } from '../../src/reclaim/disk-guard.ts'
import { everyFile } from '../../src/scan/every-file.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createLogger } from '../../src/system/logger.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const clock = createSystemClock()
const never = new AbortController().signal
const always = { everyNth: 5, diskUsage: 1e-9, captureShare: 1e-12 }

interface Look {
  readonly names: readonly string[]
  readonly rule?: typeof always
  readonly inFlight?: readonly string[]
  readonly signal?: AbortSignal
}

/** A capture directory with these files, looked at once; gives what is gone. */
async function guard({ names, rule = always, inFlight = [], signal = never }: Look) {
  const root = temporaryFolder('full')
  for (const name of names) {
    fs.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ''), { recursive: true })
    fs.writeFileSync(`${root}/${name}`, 'reading')
  }
  const files = createPosixFiles()
  const journal = openJournal({ directory: temporaryFolder('state'), clock, log: quietLog })
  const lines: string[] = []
  const log = createLogger({
    level: 'info',
    format: 'json',
    clock,
    write: (line) => lines.push(line),
  })
  const parts = { files, guard: createRootGuard(files, journal), clock, log, journal }
  const isInFlight = (path: BytePath) => inFlight.includes(display(baseName(path)))
  const walk = (...rest: Parameters<Parameters<typeof guardOnce>[0]['walk']>) =>
    everyFile(parts, ...rest)
  const count = await guardOnce({ ...parts, walk, isInFlight }, rule, fromText(root), signal)
  const gone = names.filter((name) => !fs.existsSync(`${root}/${name}`))
  return { gone, count, lines, counters: journal.summary().counters }
}

const six = (suffix: string) => ['1', '2', '3', '4', '5', '6'].map((name) => `${name}${suffix}`)

describe('a full disk', () => {
  test('B7 four capture files, every fifth: the first in order goes, said and counted', async () => {
    const names = ['b/2.capture', 'a/1.capture', 'd/4.capture', 'c/3.capture']
    const { gone, counters, lines } = await guard({ names })
    expect(gone).toEqual(['a/1.capture'])
    expect(counters).toMatchObject({ evictedFiles: 1, evictedBytes: 7 })
    expect(lines.filter((line) => line.includes('a/1.capture'))).toHaveLength(1)
  })

  test('E1 six capture files, every fifth: the first and the sixth go', async () => {
    expect((await guard({ names: six('.capture') })).gone).toEqual(['1.capture', '6.capture'])
  })

  test('E2 all being sent: none goes', async () => {
    const { gone } = await guard({ names: six('.capture'), inFlight: six('.capture') })
    expect(gone).toEqual([])
  })

  test('E3 the first two being sent: only the third goes', async () => {
    const inFlight = ['1.capture', '2.capture']
    expect((await guard({ names: six('.capture'), inFlight })).gone).toEqual(['3.capture'])
  })

  test('E4 files being captured: none goes', async () => {
    expect((await guard({ names: six('.prog') })).gone).toEqual([])
  })

  test('E5 five plain files and a capture file: only that one goes', async () => {
    const names = ['1', '2', '3', '4', '5', '6.capture']
    expect((await guard({ names })).gone).toEqual(['6.capture'])
  })

  test('E6 stopped: it ends with why, and nothing goes', async () => {
    const signal = AbortSignal.abort(new Error('stopping'))
    await expect(guard({ names: six('.capture'), signal })).rejects.toThrow('stopping')
  })

  test('E7 below the threshold of the disk: none goes', async () => {
    const rule = { ...always, diskUsage: 0.9999999 }
    expect((await guard({ names: six('.capture'), rule })).gone).toEqual([])
  })

  test('E8 both thresholds near zero: files go', async () => {
    expect((await guard({ names: six('.capture') })).count).toBe(2)
  })

  test('E9 full of other things than captured data: none goes, with a warning', async () => {
    const { gone, lines } = await guard({
      names: six('.capture'),
      rule: { ...always, captureShare: 1 },
    })
    expect(gone).toEqual([])
    expect(lines.join()).toContain('not of captured data')
  })

  test('what lies in failed/ counts, its reasons do not', async () => {
    const names = ['failed/1.capture', 'failed/1.capture.ferry-reason.json', 'failed/2.2.capture']
    const { gone } = await guard({ names, rule: { ...always, everyNth: 1 } })
    expect(gone).toEqual(['failed/1.capture', 'failed/2.2.capture'])
  })
})
