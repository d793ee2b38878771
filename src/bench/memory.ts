/** What the agent needs of memory, and what the board has. */
import { type BytePath, fromText } from '../byte-path.ts'
import type { Journal } from '../journal/journal.ts'
import type { MemoryReport } from './report.ts'

/** A kilobyte figure of /proc/meminfo in bytes; 0 where it has none. Pure. */
export const memoryFigure = (meminfo: string, name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024

interface MemoryBenchParts {
  readonly meminfo: string
  /** In memory, so that its rows count. */
  readonly journal: Journal
  readonly rssBytes: () => number
  readonly loadNetwork: () => Promise<unknown>
  readonly progress: (text: string) => void
}

const LOADED_FILES = 10_000
const DISCOVERED_AT_ONCE = 1000

const fileAt = (index: number) => ({
  root: '/data' as BytePath,
  path: fromText(`/data/2026/11/24/camera-front/frame-${index}.mcap`),
  dev: 1n,
  ino: BigInt(index + 1),
  sizeBytes: 1_000_000,
  mtimeNs: 1_700_000_000_000_000_000n + BigInt(index),
  ctimeNs: 1_700_000_000_000_000_000n,
})

export async function measureMemory(parts: MemoryBenchParts): Promise<MemoryReport> {
  const { meminfo, journal, rssBytes, loadNetwork, progress } = parts
  progress('memory')
  const start = rssBytes()
  await loadNetwork()
  const network = rssBytes()
  for (let first = 0; first < LOADED_FILES; first += DISCOVERED_AT_ONCE) {
    journal.discover(Array.from({ length: DISCOVERED_AT_ONCE }, (_, at) => fileAt(first + at)))
  }
  return {
    total_bytes: memoryFigure(meminfo, 'MemTotal'),
    available_bytes: memoryFigure(meminfo, 'MemAvailable'),
    swap_bytes: memoryFigure(meminfo, 'SwapTotal'),
    start_rss_bytes: start,
    network_rss_bytes: network,
    loaded_rss_bytes: rssBytes(),
    loaded_files: LOADED_FILES,
  }
}
