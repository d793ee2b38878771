/** Faults at the receiver, numbered, one and two in a row: all arrives, once, and each fault fired. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  cameraMetadata,
  captureFile,
  sensorMetadata,
  times,
  toStruct,
} from '../fakes/capture-file.ts'
import {
  TRANSFER_PATHS,
  transferReading,
  VIAM_PATHS,
  VIAM_RPCS,
  viamReading,
} from '../fakes/fault-readings.ts'
import { runWithFaults } from '../fakes/fault-runs.ts'
import { ANY_CALL, type Fault, type Kind, OF_OFFSETS, type Point } from '../fakes/faults.ts'
import { readTree } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

/** Every pair, or each kind after each other once. */
const ALL_PAIRS = process.env['FERRY_FAULT_PAIRS'] === 'all'
/** Runs that wait side by side. */
const AT_ONCE = 16
/** Many messages after the point in its middle. */
const LARGE_BYTES = 3_400_000
const AFTER_BYTES = 1_100_000
const POINTS: readonly Point[] = ['open', 'data', 'final', 'finish', 'query']

const folder = temporaryFolder('numbered')

const nameOf = (faults: readonly Fault[]) =>
  faults.map(({ rpc, kind, point }) => `${rpc} ${kind} at ${point}`).join(', ')

/** Several at once; fails with every script that went wrong. */
async function runAll(scripts: readonly Fault[][], run: (script: Fault[], own: string) => unknown) {
  const problems: string[] = []
  let next = 0
  const work = async () => {
    for (let index = next++; index < scripts.length; index = next++) {
      const script = scripts[index] ?? []
      const own = fs.mkdtempSync(`${folder}/run-`)
      fs.mkdirSync(`${own}/board`)
      try {
        await run(script, own)
      } catch (error) {
        problems.push(`${nameOf(script)}: ${error}`)
      }
      fs.rmSync(own, { recursive: true })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  expect(problems).toEqual([])
}

/** Each after each; of so many only one for each pair of kinds, with other points in turn. */
function pairsOf(singles: readonly Fault[], follows: (first: Fault, second: Fault) => boolean) {
  const all = singles.flatMap((first) =>
    singles.filter((second) => follows(first, second)).map((second) => [first, second]),
  )
  if (ALL_PAIRS) return all
  const byKinds = Map.groupBy(all, ([a, b]) => `${a?.kind} ${b?.kind}`)
  return [...byKinds.values()].map((pairs, index) => pairs[(index * 7) % pairs.length] ?? [])
}

describe("numbered faults of Ferry's own protocol", () => {
  /** What cannot be told apart from the truth at a point, or has no answer there to be wrong. */
  const isPossible = (kind: Kind, point: Point) =>
    kind !== 'going-back' || point === 'query' || point === 'data'
  const singles = [...ANY_CALL, ...OF_OFFSETS].flatMap((kind) =>
    POINTS.filter((point) => isPossible(kind, point)).map((point) => ({ rpc: '', kind, point })),
  )
  /** The whole file may be there, or stored, before it comes about. */
  const isLate = ({ kind, point }: Fault) => kind === 'lost' && /data|final|finish/.test(point)
  /** Only an upload that was interrupted, or is stored, is asked about. */
  const interrupted = (script: readonly Fault[]): Fault[] =>
    script.flatMap((fault, index) => {
      const before = script[index - 1]
      const isCut = before && before.point !== 'open' && before.kind !== 'stale-complete'
      if (fault.point !== 'query' || isCut) return [fault]
      return [{ rpc: '', kind: 'reset', point: 'data' }, fault]
    })

  const run = async (script: Fault[], own: string) => {
    const board = `${own}/board`
    const files = new Map([
      ['large', Buffer.alloc(LARGE_BYTES, `${own} large `)],
      ['small', Buffer.from(`${own} small`)],
      ['empty', Buffer.alloc(0)],
    ])
    for (const [name, bytes] of files) fs.writeFileSync(`${board}/${name}`, bytes)
    const read = transferReading({ sizeBytes: LARGE_BYTES, afterBytes: AFTER_BYTES })
    const proxy = { read, paths: TRANSFER_PATHS }
    const how = { folder: own, protocol: 'ferry', isCapture: false, proxy } as const
    expect(await runWithFaults({ ...how, faults: script })).toEqual(script)
    const stored = readTree(`${own}/store/anonymous/files${board}`)
    expect([...stored.keys()].sort()).toEqual([...files.keys()].sort())
    for (const [name, bytes] of files) expect(stored.get(name)?.equals(bytes)).toBe(true)
  }

  test(`each of ${singles.length}: every file is there once`, async () => {
    await runAll(
      singles.map((fault) => interrupted([fault])),
      run,
    )
  }, 300_000)

  /** Whether the second can come about after the first. */
  const follows = (first: Fault, { kind, point }: Fault) => {
    // Progress that goes back is passed over: nothing is interrupted, and none comes after blocks.
    if ([first, { kind, point }].some((one) => one.kind === 'going-back' && one.point === 'data')) {
      return false
    }
    if (isLate(first)) return /open|query/.test(point)
    if (first.kind === 'stale-complete') {
      // A receiver that has other bytes under both ids is believed: the file goes to the slow lane.
      if (kind === 'stale-complete' && point !== 'query') return false
      return first.point !== 'open' || point !== 'query'
    }
    // What has come is not sent again.
    const order: readonly Point[] = ['data', 'final', 'finish']
    return !order.includes(point) || order.indexOf(point) >= order.indexOf(first.point)
  }
  const pairs = pairsOf(singles, follows)
  test(`${pairs.length} times two in a row: every file is there once`, async () => {
    await runAll(pairs.map(interrupted), run)
  }, 1_800_000)
})

describe("numbered faults of Viam's protocol", () => {
  const FILE_BYTES = 300_000
  const STREAM_BYTES = 1_050_000
  const singles: Fault[] = VIAM_RPCS.flatMap((rpc) => {
    // It has no questions; a call of one message has nothing between its message and its end.
    const points = POINTS.filter((point) => point !== 'query')
    const own =
      rpc === 'DataCaptureUpload' ? points.filter((one) => /open|finish/.test(one)) : points
    return own.flatMap((point) => ANY_CALL.map((kind) => ({ rpc, kind, point })))
  })

  const run = async (script: Fault[], own: string) => {
    const board = `${own}/board`
    const plain = Buffer.alloc(FILE_BYTES, `${own} plain `)
    const picture = Buffer.alloc(STREAM_BYTES, `${own} picture `)
    const reading = { metadata: times(1000), struct: toStruct({ run: own }) }
    fs.writeFileSync(`${board}/plain`, plain)
    fs.writeFileSync(`${board}/r.capture`, captureFile(sensorMetadata(), [reading]))
    const shot = { metadata: times(1000), binary: picture }
    fs.writeFileSync(`${board}/p.capture`, captureFile(cameraMetadata(), [shot]))
    const sizes = { FileUpload: FILE_BYTES, StreamingDataCaptureUpload: STREAM_BYTES }
    const proxy = { read: viamReading(sizes, 100_000), paths: VIAM_PATHS }
    const how = { folder: own, protocol: 'viam', isCapture: true, proxy } as const
    expect(await runWithFaults({ ...how, faults: script })).toEqual(script)
    const stored = readTree(`${own}/store/anonymous`)
    const of = (part: string) => [...stored].filter(([name]) => name.startsWith(part))
    const has = (part: string, bytes: Buffer) => of(part).some(([, found]) => found.equals(bytes))
    expect(has('files', plain)).toBe(true)
    expect(has('binary', picture)).toBe(true)
    expect(of('tabular').some(([, rows]) => rows.includes(own))).toBe(true)
  }

  test(`each of ${singles.length}: nothing is lost`, async () => {
    await runAll(
      singles.map((fault) => [fault]),
      run,
    )
  }, 300_000)

  // The calls of three files side by side have no order.
  const pairs = pairsOf(singles, (first, second) => first.rpc === second.rpc)
  test(`${pairs.length} times two in a row: nothing is lost`, async () => {
    await runAll(pairs, run)
  }, 1_800_000)
})
