/** Asks the agent for its status as people do: no file that stands there goes unmentioned (P14). */
import type { Agent } from '../../src/agent.ts'
import { baseName, fromText, parentOf } from '../../src/byte-path.ts'
import type { Journal, KnownFile } from '../../src/journal/journal.ts'
import { type StatusDocument, snapshot } from '../../src/status/snapshot.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { find } from './descriptors.ts'
import type { Inode } from './medium.ts'
import { ASIDE, filesBelow, Violation } from './oracle.ts'
import type { Disk } from './sim-disk.ts'

/** An agent at work. */
export interface Working {
  readonly agent: Agent
  readonly journal: Journal
  readonly destination: Destination
  readonly monotonicMs: number
}

interface ToldOptions {
  readonly disk: Disk
  readonly roots: readonly string[]
  /** undefined while there is none. */
  readonly working: () => Working | undefined
}

/** What one look of ours saw; names and versions of files as the disk has them. */
interface Seen {
  readonly agent: Agent
  readonly passes: number
  readonly files: ReadonlyMap<string, string>
}

const versionOf = ({ ino, size, mtimeNs, ctimeNs }: Inode) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`

function filesOf(disk: Disk, roots: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const root of roots) {
    const directory = find(disk.root, `${root}/.`)
    for (const [path, inode] of directory ? filesBelow(directory, root) : []) {
      if (!ASIDE.test(path)) found.set(path, versionOf(inode))
    }
  }
  return found
}

function documentOf({ agent, journal, destination, monotonicMs }: Working): StatusDocument {
  return snapshot({
    software: 'simulated',
    device: 'board',
    pausedBecause: '',
    pauseLeftMs: undefined,
    journal: journal.summary(),
    journalTrouble: journal.trouble(),
    live: agent.state(),
    destination: destination.state(),
    disks: [],
    monotonicMs,
    memoryBytes: 0,
    logBytes: 0,
  })
}

/** Whether status names the file, a directory above it, or its root as what cannot be looked at. */
function isNamed({ waiting, troubles }: StatusDocument, path: string): boolean {
  const covers = (example: string) => example === path || path.startsWith(`${example}/`)
  if (waiting.some(({ reason, examples }) => reason !== '' && examples.some(covers))) return true
  return troubles.some((trouble) => trouble.split(' ').some(covers))
}

/** What a file with a row is waiting for; '' where nothing says. */
function rowTold({ files, connection }: StatusDocument, row: KnownFile): string {
  if (row.reason !== '') return row.reason
  if (row.state === 'kept') return files.kept > 0 ? 'kept' : ''
  if (row.state !== 'pending' || row.lane === 'slow' || files.pending === 0) return ''
  const isTold = connection !== undefined && (connection.state !== 'failing' || connection.cause)
  return isTold ? 'has its turn' : ''
}

function rowOf(journal: Journal, path: string): KnownFile | undefined {
  const at = fromText(path)
  const name = baseName(at)
  return journal.known(parentOf(at), name, name).get(name)
}

/**
 * To be called again and again. A file that has been the same since the last call, while the agent
 * went through everything at least once from beginning to end, is one that it has seen.
 */
export function createTold({ disk, roots, working }: ToldOptions): () => void {
  let last: Seen | undefined
  return () => {
    const now = working()
    if (now === undefined) return
    const { agent, journal } = now
    const { passes } = agent.state()
    if (last?.agent === agent && passes < last.passes + 2) return
    const seen = { agent, passes, files: filesOf(disk, roots) }
    const before = last
    last = seen
    if (before?.agent !== agent) return
    const stood = [...seen.files].filter(([path, one]) => before.files.get(path) === one)
    if (stood.length === 0) return
    const document = documentOf(now)
    for (const [path] of stood) {
      if (isNamed(document, path)) continue
      const row = rowOf(journal, path)
      const told = row && rowTold(document, row)
      if (told) continue
      const what = row ? `is ${row.state} (${row.lane}) for no reason` : 'is not spoken of'
      throw new Violation(`P14: ${path} stands there, and in the status it ${what}`)
    }
  }
}
