/** Where the memory of an agent is, idle and at work, by what is mapped there. */
import * as fs from 'node:fs'
import { startAgent } from './agents.ts'
import { startFerryReceiver } from './ferry-contestant.ts'
import { commit } from './keep.ts'
import { dataset, freshFolder, stopServer } from './places.ts'
import { eventually, residentNow } from './processes.ts'
import type { Profile } from './profiles.ts'

const MAPPING = /^[\da-f]+-[\da-f]+ (\S{4}) \S+ \S+ \d+\s*(.*)$/
const SETTLED_MS = 10_000
const KIB_PER_MIB = 1024

function kindOf(rights: string, name: string): string {
  const isOwn = name.includes('/ferry-linux-')
  if (isOwn && rights.includes('x')) return 'the executable: code'
  if (isOwn) return rights.includes('w') ? 'the executable: data' : 'the executable: constants'
  if (name.includes('journal.sqlite')) return 'the journal, mapped'
  if (name.startsWith('/') && !name.startsWith('/dev')) return 'libraries of the system'
  if (name.startsWith('[stack') || name === '[vdso]' || name === '[vvar]') return 'stack'
  return rights.includes('x')
    ? 'code that was compiled while it runs'
    : 'heaps and stacks of threads'
}

/** MiB resident, and of it what the kernel cannot drop. */
function byKind(pid: number) {
  const sums = new Map<string, [number, number]>()
  let kind = ''
  for (const line of fs.readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    const [, rights, name] = MAPPING.exec(line) ?? []
    if (rights !== undefined) kind = kindOf(rights, name ?? '')
    const [, key, kib] = /^(Rss|Private_Dirty):\s+(\d+) kB/.exec(line) ?? []
    if (key === undefined) continue
    const sum = sums.get(kind) ?? [0, 0]
    sum[key === 'Rss' ? 0 : 1] += Number(kib) / KIB_PER_MIB
    sums.set(kind, sum)
  }
  const round = (value: number) => Math.round(value * 10) / 10
  return [...sums]
    .map(([name, [resident, dirty]]) => [name, round(resident), round(dirty)] as const)
    .filter(([, resident]) => resident > 0)
    .sort((a, b) => b[1] - a[1])
}

/** Connected over TLS, one file sent, nothing to do. */
async function idle() {
  const place = freshFolder('profile-memory')
  const { port, receiver } = await startFerryReceiver(place, true)
  const data = dataset('idle-connected', [4096])
  const agent = startAgent({ place, port, data, toSink: false, tls: true })
  await eventually('a connection', SETTLED_MS, () =>
    agent.status()?.totals.acknowledged === 1 ? true : undefined,
  )
  await Bun.sleep(SETTLED_MS)
  const rows = byKind(agent.pid)
  await agent.stop()
  await stopServer(receiver)
  fs.rmSync(place, { recursive: true })
  return rows
}

const LOOK_MS = 100
const SENT_WITHIN_MS = 120_000

/** 64 files of 4 MiB at once: the look at which it held the most. */
async function atPeak() {
  const place = freshFolder('profile-memory')
  const { port, receiver } = await startFerryReceiver(place, false)
  const data = dataset(
    'constrained-side',
    Array.from({ length: 64 }, () => 4 << 20),
  )
  const settings = { maximum_num_sync_threads: 64, max_bytes_in_flight: '512MiB' }
  const agent = startAgent({ place, port, data, settings, toSink: false })
  let [most, rows] = [0, byKind(agent.pid)]
  await eventually('all files', SENT_WITHIN_MS, async () => {
    const resident = residentNow(agent.pid).residentBytes
    if (resident > most) [most, rows] = [resident, byKind(agent.pid)]
    await Bun.sleep(LOOK_MS)
    return agent.status()?.totals.acknowledged === 64 ? true : undefined
  })
  await agent.stop()
  await stopServer(receiver)
  fs.rmSync(place, { recursive: true })
  return rows
}

export async function profileMemory(): Promise<Profile> {
  const columns = ['MiB resident', 'of it private and written to, MiB']
  const about = 'idle: connected over TLS, one file sent; at its peak: 64 files of 4 MiB in flight'
  const tables = {
    'agent, idle': { columns, rows: await idle() },
    'agent, at its peak': { columns, rows: await atPeak() },
  }
  return { about: `${about}; the compiled executable`, commit: commit(), tables }
}
