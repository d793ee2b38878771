/** What one pass saw: counts, and for every path that will not be sent a reason. */
import type { BytePath } from '../byte-path.ts'

export interface SkipCount {
  readonly reason: string
  readonly files: number
  readonly examples: readonly BytePath[]
}

/** The report's figures, as `status` and the log show them. */
export interface PassFigures {
  readonly files: number
  readonly bytes: number
  readonly unchanged: number
  readonly discovered: number
  readonly changing: number
  readonly changingExamples: readonly BytePath[]
  /** Files that wait until there is room to remember them. */
  readonly crowded: number
  readonly skipped: readonly SkipCount[]
  readonly troubles: readonly { readonly root: BytePath; readonly trouble: string }[]
  readonly tookMs: number
}

export interface PassReport {
  seen(bytes: number): void
  /** Seen, and the journal has them already. */
  settled(files: number, bytes: number): void
  discovered(): void
  changing(path: BytePath): void
  skip(path: BytePath, reason: string): void
  /** As `skip`, for what only waits for room. */
  crowd(path: BytePath, reason: string): void
  trouble(root: BytePath, trouble: string): void
  end(monotonicMs: number): void
  figures(): PassFigures
}

/** Paths named for each reason; more would not be read. */
const EXAMPLES = 20
/** Reasons carry error codes only, so there are few; a bound all the same. */
const MOST_REASONS = 100

export function createPassReport(startMs: number): PassReport {
  let files = 0
  let bytes = 0
  let unchanged = 0
  let discovered = 0
  let changing = 0
  let tookMs = 0
  let crowded = 0
  const changingExamples: BytePath[] = []
  const skipped = new Map<string, { files: number; examples: BytePath[] }>()
  const troubles: { root: BytePath; trouble: string }[] = []
  const entry = (reason: string) => {
    const key = skipped.has(reason) || skipped.size < MOST_REASONS ? reason : 'other reasons'
    const found = skipped.get(key) ?? { files: 0, examples: [] }
    skipped.set(key, found)
    return found
  }
  return {
    seen(size) {
      files += 1
      bytes += size
    },
    settled(settledFiles, settledBytes) {
      files += settledFiles
      bytes += settledBytes
      unchanged += settledFiles
    },
    discovered() {
      discovered += 1
    },
    changing(path) {
      changing += 1
      if (changingExamples.length < EXAMPLES) changingExamples.push(path)
    },
    crowd(path, reason) {
      crowded += 1
      this.skip(path, reason)
    },
    skip(path, reason) {
      const found = entry(reason)
      found.files += 1
      if (found.examples.length < EXAMPLES) found.examples.push(path)
    },
    trouble: (root, trouble) => void troubles.push({ root, trouble }),
    end(monotonicMs) {
      tookMs = monotonicMs - startMs
    },
    figures: () => ({
      files,
      bytes,
      unchanged,
      discovered,
      changing,
      changingExamples,
      crowded,
      skipped: [...skipped].map(([reason, found]) => ({ reason, ...found })),
      troubles,
      tookMs,
    }),
  }
}
