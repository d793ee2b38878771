/** Boards and receivers that lose their power again and again, each on an ext4 of its own. */
import * as fs from 'node:fs'
import { type LoopDisk, loopDisk } from './disk.ts'
import {
  configure,
  eventually,
  makeSite,
  once,
  type Receiver,
  type Site,
  spawnFerry,
  startReceiver,
  storedFiles,
  storedName,
} from './ferry.ts'
import { seededRandom } from './quiet.ts'

const DISK_MIB = 256
/** The store keeps everything; a round's files are 5 MiB or so. The disks take only what is written. */
const STORE_MIB_A_ROUND = 10
const FILES_EACH = 8
/** What a receiver's failing disk had refused waits for seconds. */
const MOST_LEFT = 40
/** From the first file that leaves the board; a round's others follow within it. */
const LONGEST_MS = 80
/** Until then, or so long: now and then the power goes before anything has left. */
const LONGEST_START_MS = 1200
const SIZES = [0, 10, 3_000, 100_000, 1_300_000, 2_500_000]

interface World {
  readonly site: Site
  readonly board: LoopDisk
  readonly store: LoopDisk
  readonly random: ReturnType<typeof seededRandom>
  /** Everything that was durable on the board. */
  readonly written: Map<string, Buffer>
}

export interface PowerResult {
  readonly problems: string[]
  readonly files: number
  /** Power losses of the one end, of the other, and while files were half sent. */
  readonly board: number
  readonly store: number
  readonly midway: number
}

/** Durable before any power goes: what its writer lost is not ours. */
function write({ site, written, random }: World, round: number): void {
  for (let index = 0; index < FILES_EACH; index++) {
    const name = `r${round}-${index}`
    const size = SIZES[Math.floor(random.fraction() * SIZES.length)] ?? 0
    const bytes = Buffer.alloc(size, `${name} ${random.fraction()} `)
    fs.writeFileSync(`${site.board}/${name}`, bytes, { flush: true })
    written.set(name, bytes)
  }
  const folder = fs.openSync(site.board, 'r')
  fs.fsyncSync(folder)
  fs.closeSync(folder)
}

function verify({ site, written }: World): string[] {
  const stored = storedFiles(site)
  const problems: string[] = []
  for (const [name, bytes] of written) {
    if (!stored.get(storedName(name))?.equals(bytes)) problems.push(`${name} is not there`)
  }
  for (const name of stored.keys()) {
    if (!written.has(name)) problems.push(`${name} stands there too`)
  }
  const left = fs.readdirSync(site.board)
  return [...problems, ...left.map((name) => `${name} is left on the board`)]
}

function bringBack(disk: LoopDisk): void {
  disk.unmount()
  disk.mount()
}

const startAgent = ({ config }: Site) => spawnFerry(['run', '--config', config])

/** One more receiver at the same address. */
async function restart({ store }: Site, port: number): Promise<Receiver> {
  const listen = ['--listen', `127.0.0.1:${port}`, '--min-free', '1MiB']
  const started = await eventually(
    () => startReceiver(store, listen).catch((error: Error) => error.message),
    (one) => typeof one !== 'string',
  )
  return started as Receiver
}

async function makeWorld(folder: string, rounds: number, seed: number): Promise<World> {
  const board = loopDisk(`${folder}/board-disk`, DISK_MIB)
  const store = loopDisk(`${folder}/store-disk`, DISK_MIB * 2 + rounds * STORE_MIB_A_ROUND)
  const places = { board: `${board.path}/board`, store: `${store.path}/store` }
  const site = await makeSite(folder, 'robot-7', places)
  Bun.spawnSync(['sync', '-f', board.path, store.path])
  return { site, board, store, random: seededRandom(seed), written: new Map() }
}

/** Each round one end loses its power, or both do at once. */
export async function runPowerLoop(
  folder: string,
  rounds: number,
  seed: number,
): Promise<PowerResult> {
  const world = await makeWorld(folder, rounds, seed)
  const { site, board, store, random } = world
  const counts = { board: 0, store: 0, midway: 0 }
  let receiver = await startReceiver(site.store, ['--min-free', '1MiB'])
  const { port } = receiver
  configure(site, port, {
    file_last_modified_millis: 40,
    sync_interval_mins: 0.0005,
    state_dir: `${board.path}/state`,
  })
  let agent = startAgent(site)
  for (let round = 1; round <= rounds; round++) {
    if (fs.readdirSync(site.board).length < MOST_LEFT) write(world, round)
    const before = fs.readdirSync(site.board).length
    const left = () => fs.readdirSync(site.board).length
    const endMs = performance.now() + random.fraction() * LONGEST_START_MS
    while (left() === before && performance.now() < endMs) await Bun.sleep(2)
    await Bun.sleep(random.fraction() * LONGEST_MS)
    const dies = round % 3
    if (left() > 0 && left() < before) counts.midway += 1
    if (dies !== 1) board.powerOff()
    if (dies !== 0) store.powerOff()
    if (dies !== 1) {
      agent.kill('SIGKILL')
      await agent.exited
      bringBack(board)
      counts.board += 1
    }
    if (dies !== 0) {
      await receiver.stop('SIGKILL')
      bringBack(store)
      counts.store += 1
      receiver = await restart(site, port)
    }
    if (dies !== 1) agent = startAgent(site)
  }
  agent.kill('SIGKILL')
  await agent.exited
  const last = await once(site)
  const problems = last.code === 0 ? [] : [`the last run ended with ${last.code}: ${last.err}`]
  problems.push(...verify(world))
  await receiver.stop()
  return { problems, files: world.written.size, ...counts }
}
