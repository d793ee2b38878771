/** Where the memory of an idle, connected agent is, by what is mapped there. */
import * as fs from 'node:fs'
import { startAgent } from './agents.ts'
import { startFerryReceiver } from './ferry-contestant.ts'
import { commit } from './keep.ts'
import { dataset, freshFolder, stopServer } from './places.ts'
import { eventually } from './processes.ts'
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

export async function profileIdle(): Promise<Profile> {
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
  const columns = ['MiB resident', 'of it private and written to, MiB']
  const about = 'connected over TLS, one file sent, idle; the compiled executable'
  return { about, commit: commit(), tables: { agent: { columns, rows } } }
}
