/** The packaged service on an emulated board: installed, run, its power cut again and again, removed. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { eventually, ferry, readTree, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { type Board, boot, HOST_ADDRESS, makeImage, whyNot } from './emulated-board.ts'

const CUTS = Number(process.env['FERRY_CUTS'] ?? 5)
const MIB = 1024 ** 2
/** A large file is cut when this much more of it arrived. */
const CUT_AFTER_BYTES = 4 * MIB
const BOOT_MS = 150_000
/** The agent lets a file rest for 10 s, and the processor is emulated. */
const UPLOAD_MS = 120_000

const missing = whyNot()
if (missing !== '') console.log(`SKIPPED the emulated board: ${missing}`)

/** Sizes of the unfinished uploads, by name. */
function partSizes(store: string): Map<string, number> {
  const folder = `${store}/robot/meta/parts`
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : []
  return new Map(
    names
      .filter((name) => name.endsWith('.part'))
      .map((name) => [
        name,
        fs.statSync(`${folder}/${name}`, { throwIfNoEntry: false })?.size ?? 0,
      ]),
  )
}

/** Waits until a large file is under way, and cuts there; gives how much of it had arrived. */
async function cutInTheMiddle(board: Board, store: string): Promise<number> {
  const before = partSizes(store)
  const grown = () =>
    [...partSizes(store)].find(
      ([name, size]) => size >= (before.get(name) ?? 0) + CUT_AFTER_BYTES,
    )?.[1]
  const size = await eventually(grown, (found) => found !== undefined, UPLOAD_MS)
  await board.cut()
  return size ?? 0
}

const madeBy = (board: Board) =>
  board.said().flatMap((line) => (line.startsWith('made ') ? [line.slice(5)] : []))

/** Each file once, under the name that holds its digest; what was spoken of is all there. */
function expectWhole(store: string, made: readonly string[]): number {
  const stored = readTree(`${store}/robot/files/data/logs`)
  for (const [name, content] of stored) {
    expect(name).toMatch(/^\d+-\d+-[0-9a-f]{64}$/)
    expect(Bun.SHA256.hash(content, 'hex')).toBe(name.slice(-64))
  }
  expect(made.filter((name) => !stored.has(name))).toEqual([])
  return stored.size
}

test.skipIf(missing !== '')(
  `a board of 512 MiB loses nothing and sends nothing twice, whose power is cut ${CUTS} times`,
  async () => {
    const folder = temporaryFolder('emulation')
    const store = `${folder}/store`
    const init = await ferry(['receive', '--init', store, '--host', HOST_ADDRESS])
    expect(init.code).toBe(0)
    const receiver = await startReceiver(store)
    const address = `${HOST_ADDRESS}:${receiver.port}`
    const keys = `${store}/.ferry/keys`
    const added = await ferry(['keys', 'add', 'robot', '--keys', keys, '--address', address])
    const image = makeImage(folder, /^ *join: *(\S+)/m.exec(added.out)?.[1] ?? '')

    const first = boot(image, 'install', 0)
    await first.until('installed', BOOT_MS)
    // At once: what the installation wrote must be there already.
    await first.cut()

    const made: string[] = []
    const sizes: number[] = []
    const starts: string[] = []
    for (let cut = 1; cut <= CUTS; cut++) {
      const board = boot(image, 'run', cut)
      starts.push(await board.until('active', BOOT_MS))
      sizes.push(await cutInTheMiddle(board, store))
      made.push(...madeBy(board))
      console.log(
        `TABLE boot ${cut}: ${starts.at(-1)}; cut at ${((sizes.at(-1) ?? 0) / MIB).toFixed(1)} MiB`,
      )
    }

    const last = boot(image, 'last', CUTS + 1)
    const memory = await last.until('memory', BOOT_MS + 240_000)
    const security = await last.until('security', BOOT_MS)
    await last.until('ended', BOOT_MS)
    expect(await last.off).toBe(0)
    // Without files that were spoken of, nothing was looked at.
    expect(made.length).toBeGreaterThan(CUTS * 3)
    const files = expectWhole(store, made)
    const resumed = receiver.log.lines.filter((line) => line.includes('"resumed"')).length
    console.log(`TABLE ${CUTS + 1} cuts, ${files} files, ${resumed} uploads went on; ${memory}`)
    console.log(`TABLE ${security}`)
    expect(resumed).toBeGreaterThan(0)
    expect(Number(/VmHWM (\d+)/.exec(memory)?.[1])).toBeLessThan(256)
  },
  900_000,
)
