/**
 * Which files need no closer look, because an earlier one saw this very version and a row for it. A
 * cache in memory: what it does not know, or may not trust, is looked at and asked of the journal.
 */
import type { BytePath } from '../byte-path.ts'
import type { IsSettled } from '../system/files.ts'
import { fingerprint, type Mark, type MarkedStat } from '../system/fingerprint.ts'

/** One look at one directory. */
export interface Visit {
  readonly isSettled: IsSettled
  /** The version that was seen has a row. */
  settle(name: BytePath, stat: MarkedStat): void
  /** A row is added for a name that had none. */
  added(): void
  /** Ends it. */
  leave(): SettledSum
}

export interface SettledSum {
  readonly files: number
  readonly bytes: number
}

export interface Snapshot {
  /** Begins a look at a directory of which the journal has so many rows now. */
  visit(directory: BytePath, rows: number): Visit
  /** Ends a pass over everything: forgets directories that were not visited. */
  endPass(): void
}

interface Directory {
  /**
   * How many rows there are if none has gone. Looks alone add rows, so that fewer of them say that
   * the row of a settled file may be among those that went.
   */
  rows: number
  /** Ascending; 8 bytes for each file. */
  marks: Float64Array
  pass: number
}

/** Never the number of rows. */
const IN_DOUBT = -1

const NONE = new Float64Array(0)

function includes(marks: Float64Array, mark: Mark): boolean {
  let from = 0
  let to = marks.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((marks[middle] as number) < mark) from = middle + 1
    else to = middle
  }
  return marks[from] === mark
}

function merged(marks: Float64Array, more: readonly Mark[]): Float64Array {
  if (more.length === 0) return marks
  const all = new Float64Array(marks.length + more.length)
  all.set(marks)
  all.set(more, marks.length)
  return all.sort()
}

export function createSnapshot(): Snapshot {
  const directories = new Map<BytePath, Directory>()
  let pass = 0
  return {
    visit(path, rows) {
      const before = directories.get(path)
      const marks = before?.rows === rows ? before.marks : NONE
      const fresh: Mark[] = []
      let files = 0
      let bytes = 0
      let added = 0
      return {
        isSettled(mark, sizeBytes) {
          if (!includes(marks, mark)) return false
          files += 1
          bytes += sizeBytes
          return true
        },
        settle: (name, stat) => void fresh.push(fingerprint(name, stat)),
        added() {
          added += 1
        },
        leave() {
          // A settled version that is gone may come back when its row has given way to another.
          const isWhole = files >= marks.length
          const now = { rows: isWhole ? rows + added : IN_DOUBT, marks: merged(marks, fresh), pass }
          if (now.marks.length > 0) directories.set(path, now)
          else directories.delete(path)
          return { files, bytes }
        },
      }
    },
    endPass() {
      for (const [path, directory] of directories) {
        if (directory.pass !== pass) directories.delete(path)
      }
      pass += 1
    },
  }
}
