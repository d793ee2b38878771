/** Says where the time goes, or the memory: profile.ts [large small rtt idle memory]. */
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { NO_PORT } from './agents.ts'
import { type CpuProfile, samplesByArea, samplesByOwn } from './areas.ts'
import { startFerryReceiver, writeConfig } from './ferry-contestant.ts'
import { commit } from './keep.ts'
import { dataset, freshFolder, sparseTree, startServer, stopAll, stopServer } from './places.ts'
import { cpuParts } from './processes.ts'
import { profileMemory } from './profile-memory.ts'
import { type Profile, writeProfile } from './profiles.ts'
import { startLink } from './proxy.ts'
import { writeReport } from './report.ts'

const MAIN = resolve(import.meta.dir, '../src/main.ts')

interface Load {
  readonly about: string
  readonly sizes: readonly number[]
  /** Each way, between the two. */
  readonly latencyMs?: number
}

const many = (count: number, bytes: number) => Array.from({ length: count }, () => bytes)

const LOADS: Readonly<Record<string, Load>> = {
  large: { about: 'one file of 1 GiB, plaintext', sizes: [2 ** 30] },
  small: { about: '20,000 files of 4 KiB, plaintext', sizes: many(20_000, 4096) },
  rtt: { about: '5,000 files of 16 KiB, 100 ms away', sizes: many(5000, 16_384), latencyMs: 50 },
}

/** As `ferry`, from the sources, with a profile in `folder` once it has ended. */
const profiled = (folder: string) => [
  ...[process.execPath, '--cpu-prof', `--cpu-prof-dir=${folder}`, MAIN],
]

type By = (profile: CpuProfile) => ReadonlyMap<string, number>

/** Names with their shares in 100, the largest first. */
function shares(folder: string, by: By) {
  const counts = new Map<string, number>()
  for (const name of fs.readdirSync(folder)) {
    const profile: CpuProfile = JSON.parse(fs.readFileSync(`${folder}/${name}`, 'utf8'))
    for (const [what, count] of by(profile)) counts.set(what, (counts.get(what) ?? 0) + count)
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return [...counts]
    .map(([what, count]) => [what, round((100 * count) / all)] as const)
    .filter(([, share]) => share >= LEAST_SHARE)
    .sort((a, b) => b[1] - a[1])
}

function tablesOf(who: string, folder: string, cpu: { user: number; system: number }) {
  const spent = `${round(cpu.user)} CPU s in user mode, ${round(cpu.system)} in the kernel`
  const functions = shares(folder, samplesByOwn).slice(0, MOST_FUNCTIONS)
  return {
    [who]: { columns: [`%; all together ${spent}`], rows: shares(folder, samplesByArea) },
    [`${who}, by our functions`]: { columns: ['%, with what each called'], rows: functions },
  }
}

/** Smaller ones say nothing. */
const LEAST_SHARE = 1
const MOST_FUNCTIONS = 12

const round = (value: number) => Math.round(value * 100) / 100

async function profileTransfer(name: string, { about, sizes, latencyMs }: Load): Promise<Profile> {
  const place = freshFolder(`profile-${name}`)
  const folders = { agent: freshFolder('profile-agent'), receiver: freshFolder('profile-receiver') }
  const data = dataset(name, sizes)
  const site = await startFerryReceiver(place, false, profiled(folders.receiver))
  const link = latencyMs === undefined ? undefined : await startLink(site.port, { latencyMs })
  const options = { name, data, files: sizes.length, tls: false }
  const config = writeConfig(place, link?.port ?? site.port, options)
  const command = [...profiled(folders.agent), 'run', '--config', config, '--once']
  const agent = Bun.spawn([...command], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 200_000,
  })
  if ((await agent.exited) !== 0) throw new Error(`${name}: the agent failed`)
  const used = agent.resourceUsage()?.cpuTime
  const agentCpu = { user: Number(used?.user ?? 0) / 1e6, system: Number(used?.system ?? 0) / 1e6 }
  const receiverCpu = cpuParts(site.receiver.pid)
  await link?.close()
  await stopServer(site.receiver)
  const tables = {
    ...tablesOf('agent', folders.agent, agentCpu),
    ...tablesOf('receiver', folders.receiver, receiverCpu),
  }
  for (const folder of [place, ...Object.values(folders)]) fs.rmSync(folder, { recursive: true })
  return { about: `${about}; from the sources, both on one machine`, commit: commit(), tables }
}

const IDLE_FILES = 10_000
const IDLE_MS = 60_000

/** A minute with files that wait and no network. */
async function profileIdle(): Promise<Profile> {
  const [place, folder] = [freshFolder('profile-idle'), freshFolder('profile-agent')]
  const data = sparseTree(`idle-${IDLE_FILES}`, IDLE_FILES, 100)
  const options = { name: 'idle', data, files: IDLE_FILES, tls: false, toSink: true }
  const config = writeConfig(place, NO_PORT, options)
  const agent = startServer([...profiled(folder), 'run', '--config', config])
  await Bun.sleep(IDLE_MS)
  const cpu = cpuParts(agent.pid)
  await stopServer(agent)
  const tables = tablesOf('agent', folder, cpu)
  for (const one of [place, folder]) fs.rmSync(one, { recursive: true })
  const about = '10,000 files waiting, no network, the first minute, its start included'
  return { about: `${about}; from the sources`, commit: commit(), tables }
}

const OTHERS: Readonly<Record<string, () => Promise<Profile>>> = {
  idle: profileIdle,
  memory: profileMemory,
}
const known = [...Object.keys(LOADS), ...Object.keys(OTHERS)]
const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : known) {
  const [load, other] = [LOADS[name], OTHERS[name]]
  if (load === undefined && other === undefined) {
    process.stderr.write(`no profile ${name}: ${known.join(', ')}\n`)
    process.exit(2)
  }
  process.stderr.write(`== profile of ${name}\n`)
  try {
    const profile = load ? await profileTransfer(name, load) : await other?.()
    if (profile) writeProfile(name, profile)
  } finally {
    await stopAll()
  }
}
writeReport()
process.exit(0)
