/**
 * Writers, an agent and a receiver that are killed again and again. The next kill aims at the state
 * hit least so far: it comes when the agent's trace names that state.
 */
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  once,
  type Receiver,
  type Site,
  sleep,
  spawnFerry,
  startReceiver,
  status,
  storedFiles,
  storedName,
} from './ferry.ts'
import { seededRandom } from './quiet.ts'

const STATES = ['open', 'data', 'finish to receipt', 'receipt to unlink', 'journal commit'] as const
type State = (typeof STATES)[number]

/** The state that begins with a line of the trace; undefined: the line says nothing of it. */
function stateOf(line: string): State | undefined {
  const message = /"message":"([^"]+)"/.exec(line)?.[1]
  switch (message) {
    case 'open':
      return 'open'
    case 'data':
      return 'data'
    case 'finish':
      return 'finish to receipt'
    case 'receipt':
    case 'journal commit done':
      return 'receipt to unlink'
    case 'journal commit begins':
      return 'journal commit'
    default:
      return undefined
  }
}

export interface KillResult {
  readonly hits: Record<State, number>
  readonly problems: string[]
  readonly versions: number
  readonly stored: number
}

interface World {
  readonly site: Site
  readonly random: ReturnType<typeof seededRandom>
  /** Content that stood still under a name; each must arrive exactly once. */
  readonly stable: Map<string, Buffer[]>
  /** Names that change while agents look: what of them arrives must be a whole version. */
  readonly moving: Map<string, Buffer[]>
  round: number
}

const remember = (map: Map<string, Buffer[]>, name: string, content: Buffer) =>
  map.set(name, [...(map.get(name) ?? []), content])

function content({ random }: World, label: string): Buffer {
  const sizes = [0, 10, 3_000, 100_000, 300_000, 1_500_000]
  const size = sizes[Math.floor(random.fraction() * sizes.length)] ?? 10
  return Buffer.alloc(size, `${label} ${random.fraction()} `)
}

/** New files, and one that grows, one that is replaced, one that is renamed. */
function write(world: World): void {
  const { site, round, stable, moving } = world
  const at = (name: string) => `${site.board}/${name}`
  for (let index = 0; index < 12; index++) {
    const name = `r${round}-${index}`
    const bytes = content(world, name)
    fs.writeFileSync(at(name), bytes)
    remember(stable, name, bytes)
  }
  const grown = Buffer.concat([
    moving.get('grows')?.at(-1) ?? Buffer.alloc(0),
    Buffer.from(`${round}\n`),
  ])
  if (fs.existsSync(at('grows'))) fs.appendFileSync(at('grows'), `${round}\n`)
  else fs.writeFileSync(at('grows'), `${round}\n`)
  remember(moving, 'grows', fs.existsSync(at('grows')) ? fs.readFileSync(at('grows')) : grown)
  const replaced = Buffer.alloc(400_000, `replacement ${round} `)
  fs.writeFileSync(`${site.folder}/replacement`, replaced)
  fs.renameSync(`${site.folder}/replacement`, at('replaced'))
  remember(moving, 'replaced', replaced)
  const renamed = Buffer.alloc(300_000, `renamed ${round} `)
  fs.writeFileSync(at(`before-${round}`), renamed)
  remember(moving, `before-${round}`, renamed)
  remember(moving, `after-${round}`, renamed)
}

function renameSome({ site, round }: World): void {
  try {
    fs.renameSync(`${site.board}/before-${round}`, `${site.board}/after-${round}`)
  } catch {
    // It was sent and deleted under its first name.
  }
}

/** Runs an agent until its trace names the state, kills it there, and tells where it was hit. */
async function killAt(site: Site, wanted: State, afterLines: number): Promise<State | undefined> {
  const agent = spawnFerry(['run', '--config', site.config, '--log-level', 'trace'])
  let current: State | undefined
  let count = 0
  let isKilled = false
  const giveUp = setTimeout(() => agent.kill('SIGKILL'), 3000)
  let rest = ''
  for await (const chunk of agent.stderr) {
    const lines = (rest + Buffer.from(chunk).toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      current = stateOf(line) ?? current
      if (stateOf(line) === wanted) count += 1
    }
    if (!isKilled && count > afterLines && current === wanted) {
      agent.kill('SIGKILL')
      isKilled = true
    }
  }
  clearTimeout(giveUp)
  await agent.exited
  return current
}

function verify(world: World): { problems: string[]; stored: number; versions: number } {
  const { site, stable, moving } = world
  const stored = storedFiles(site)
  const problems: string[] = []
  const objectsOf = (name: string) => {
    const plain = storedName(name)
    return [...stored].filter(([key]) => key === plain || key.startsWith(`${plain}%~`))
  }
  for (const [name, versions] of stable) {
    for (const bytes of versions) {
      const same = objectsOf(name).filter(([, found]) => found.equals(bytes))
      if (same.length !== 1) problems.push(`${name}: stands ${same.length} times in the store`)
    }
    if (objectsOf(name).length !== versions.length) problems.push(`${name}: other bytes arrived`)
  }
  for (const [name, versions] of moving) {
    const found = objectsOf(name)
    for (const [key, bytes] of found) {
      if (!versions.some((one) => one.equals(bytes)))
        problems.push(`${key}: no version has these bytes`)
    }
    const distinct = new Set(found.map(([, bytes]) => bytes.toString('latin1')))
    if (distinct.size !== found.length) problems.push(`${name}: a version stands twice`)
  }
  const left = fs.readdirSync(site.board)
  if (left.length > 0) problems.push(`left on the board: ${left.join(', ')}`)
  const count = (map: Map<string, Buffer[]>) =>
    [...map.values()].reduce((sum, one) => sum + one.length, 0)
  return { problems, stored: stored.size, versions: count(stable) + count(moving) }
}

/** What grew and was renamed must be there in the end, whatever became of the versions between. */
function verifyLast({ site, moving }: World, rounds: number): string[] {
  const stored = [...storedFiles(site)]
  const has = (name: string, bytes: Buffer | undefined) =>
    bytes !== undefined &&
    stored.some(([key, found]) => key.startsWith(storedName(name)) && found.equals(bytes))
  const problems: string[] = []
  if (!has('grows', moving.get('grows')?.at(-1)))
    problems.push('the last state of "grows" is missing')
  if (!has('replaced', moving.get('replaced')?.at(-1)))
    problems.push('the last "replaced" is missing')
  for (let round = 1; round <= rounds; round++) {
    const bytes = moving.get(`after-${round}`)?.[0]
    if (!has(`after-${round}`, bytes) && !has(`before-${round}`, bytes)) {
      problems.push(`the renamed file of round ${round} is missing`)
    }
  }
  return problems
}

export async function runKillLoop(site: Site, kills: number, seed: number): Promise<KillResult> {
  const random = seededRandom(seed)
  const world: World = { site, random, stable: new Map(), moving: new Map(), round: 0 }
  const hits = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>
  let receiver: Receiver = await startReceiver(site.store)
  const { port } = receiver
  const settings = { file_last_modified_millis: 60, sync_interval_mins: 0.0005 }
  configure(site, port, settings)
  for (world.round = 1; world.round <= kills; world.round++) {
    write(world)
    const wanted = STATES.reduce((least, one) => (hits[one] < hits[least] ? one : least))
    const renaming = sleep(random.fraction() * 150).then(() => renameSome(world))
    const killReceiver = random.fraction() < 0.3
    const receiverDies = killReceiver
      ? sleep(100 + random.fraction() * 200).then(() => receiver.stop('SIGKILL'))
      : Promise.resolve()
    const hit = await killAt(site, wanted, Math.floor(random.fraction() * 4))
    if (hit !== undefined) hits[hit] += 1
    await Promise.all([renaming, receiverDies])
    if (killReceiver) {
      receiver = await eventually(
        () => startReceiver(site.store, ['--listen', `127.0.0.1:${port}`]).catch(() => undefined),
        (one) => one !== undefined,
      ).then((one) => one as Receiver)
    }
  }
  await sleep(300)
  const finishing = once(site, '--log-level', 'debug')
  const late = sleep(45_000).then(() => status(site))
  const last = await finishing
  const problems: string[] = []
  if (last.code !== 0) {
    problems.push(`the last run ended with ${last.code}: ${last.err.slice(-3000)}`)
    problems.push(JSON.stringify(await late), receiver.log.lines.slice(-40).join('\n'))
  }
  const checked = verify(world)
  problems.push(...checked.problems, ...verifyLast(world, kills))
  return { ...checked, hits, problems }
}
