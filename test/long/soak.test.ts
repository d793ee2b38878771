/** Files without end, and a network that breaks: memory, descriptors and the journal do not grow. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  collectLog,
  configure,
  eventually,
  makeSite,
  runAgent,
  type Site,
  startReceiver,
  storedFiles,
} from '../fakes/ferry.ts'
import { startProxy } from '../fakes/proxy.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const MINUTES = Number(process.env['FERRY_SOAK_MINUTES'] ?? 30)
const SOAK_MS = MINUTES * 60_000
/** Memory and tables fill before this part of the time is over. */
const WARM = 1 / 3
const FILES_EACH = 20
const WRITE_EVERY_MS = 400
const LOOK_EVERY_MS = 1000
const CUT_EVERY_MS = 20_000
/** What the store holds is looked at, and taken away by its operator, so often. */
const COLLECT_EVERY_MS = 10_000
const MIB = 1 << 20

/** Of what was to be sampled and cut: a machine with other work is late. */
const LEAST_SAMPLES = 0.5
const LEAST_CUTS = 0.5

/** More than what is there after warming up. */
const MOST_MORE = { rssMiB: 24, descriptors: 6, journalMiB: 1 }
type Sample = Record<keyof typeof MOST_MORE, number>

function look(pid: number, state: string | undefined): Sample {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
  const names = state === undefined ? [] : fs.readdirSync(state)
  const journal = names
    .filter((name) => name.startsWith('journal'))
    .map((name) => fs.statSync(`${state}/${name}`, { throwIfNoEntry: false })?.size ?? 0)
  return {
    rssMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    descriptors: fs.readdirSync(`/proc/${pid}/fd`).length,
    journalMiB: journal.reduce((sum, size) => sum + size, 0) / MIB,
  }
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** By how much the last third lies above the middle one. */
function growth(samples: readonly Sample[]): Sample {
  const from = (part: number) => Math.floor(samples.length * part)
  const middle = samples.slice(from(WARM), from(2 * WARM))
  const last = samples.slice(from(2 * WARM))
  const of = (key: keyof Sample) =>
    median(last.map((one) => one[key])) - median(middle.map((one) => one[key]))
  return { rssMiB: of('rssMiB'), descriptors: of('descriptors'), journalMiB: of('journalMiB') }
}

const told = (name: string, samples: readonly Sample[]) => {
  const [first, last, more] = [samples[0], samples.at(-1), growth(samples)] as const
  const line = (one: Sample | undefined) =>
    `${one?.rssMiB.toFixed(0)} MiB, ${one?.descriptors} descriptors, journal ${one?.journalMiB.toFixed(2)} MiB`
  console.log(`TABLE soak ${name}: first ${line(first)}; last ${line(last)}; growth ${line(more)}`)
}

function contentOf(round: number, index: number): Buffer {
  const size = index === 0 && round % 5 === 0 ? 3_000_000 : 100 + index * 997
  return Buffer.alloc(size, `${round} ${index} `)
}

function write({ board }: Site, round: number): void {
  for (let index = 0; index < FILES_EACH; index++) {
    fs.writeFileSync(`${board}/.next`, contentOf(round, index))
    fs.renameSync(`${board}/.next`, `${board}/r${round}-${index}`)
  }
}

/** Takes away what has arrived; each name must be one that was written, whole, and come once. */
function createCollection(site: Site) {
  const seen = new Set<string>()
  const wrong: string[] = []
  return {
    wrong,
    count: () => seen.size,
    collect() {
      for (const [name, bytes] of storedFiles(site)) {
        const [, round, index] = /^r(\d+)-(\d+)$/.exec(name) ?? []
        const isWhole = bytes.equals(contentOf(Number(round), Number(index)))
        if (seen.has(name) || !isWhole) wrong.push(name)
        seen.add(name)
        fs.rmSync(`${site.store}/${site.device}/files${site.board}/${name}`)
      }
    },
  }
}

test(
  `${MINUTES} minutes of files and cuts: nothing grows, nothing is lost`,
  async () => {
    const site = await makeSite(temporaryFolder('soak'))
    const receiver = await startReceiver(site.store, ['--log-level', 'info'])
    const proxy = await startProxy(receiver.port)
    configure(site, proxy.port, {
      file_last_modified_millis: 100,
      sync_interval_mins: 0.005,
      log_level: 'warn',
    })
    const agent = runAgent(site)
    collectLog(agent)
    const samples: { agent: Sample[]; receiver: Sample[] } = { agent: [], receiver: [] }
    const collection = createCollection(site)
    let [cuts, round] = [0, 0]
    const timers = [
      setInterval(() => {
        write(site, round++)
      }, WRITE_EVERY_MS),
      setInterval(() => {
        proxy.cut()
        cuts += 1
      }, CUT_EVERY_MS),
      setInterval(collection.collect, COLLECT_EVERY_MS),
      setInterval(() => {
        samples.agent.push(look(agent.pid, `${site.folder}/state`))
        samples.receiver.push(look(receiver.child.pid, undefined))
      }, LOOK_EVERY_MS),
    ]
    await Bun.sleep(SOAK_MS)
    for (const timer of timers) clearInterval(timer)
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
    collection.collect()
    await proxy.close()
    const written = round * FILES_EACH
    console.log(`TABLE soak of ${MINUTES} minutes: ${written} files, ${cuts} cuts`)
    for (const [name, seen] of Object.entries(samples)) {
      told(name, seen)
      expect(seen.length).toBeGreaterThan((SOAK_MS / LOOK_EVERY_MS) * LEAST_SAMPLES)
      const more = growth(seen)
      for (const key of Object.keys(MOST_MORE) as (keyof Sample)[]) {
        expect(more[key]).toBeLessThan(MOST_MORE[key])
      }
    }
    expect(collection.wrong).toEqual([])
    expect(collection.count()).toBe(written)
    // Each cut is a connection more.
    const connections = receiver.log.lines.filter((line) => line.includes('agent connected'))
    expect(connections.length).toBeGreaterThan(cuts * LEAST_CUTS)
    expect(fs.readdirSync(`${site.store}/${site.device}/meta/parts`)).toEqual([])
  },
  SOAK_MS + 120_000,
)
