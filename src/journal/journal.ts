/** What the agent remembers, as the stages see it. A cache: losing it costs questions, never data. */
import type { BytePath } from '../byte-path.ts'
import type { FileVersion, Lane, Upload, UploadEvent, UploadState } from '../model.ts'

/** A file that has a row, as one directory's look needs it. */
export interface KnownFile extends Omit<FileVersion, 'root' | 'path' | 'dev'> {
  readonly row: number
  readonly state: UploadState
  readonly lane: Lane
  readonly reason: string
}

/** What happened since the journal was made. */
export interface JournalCounters {
  readonly acknowledgedFiles: number
  readonly acknowledgedBytes: number
  readonly reclaimedFiles: number
  readonly reclaimedBytes: number
  readonly supersededFiles: number
  readonly vanishedFiles: number
  /** Moved to `failed/`. */
  readonly quarantinedFiles: number
  /** Deleted unsent, because the disk was full and the operator had said so. */
  readonly evictedFiles: number
  readonly evictedBytes: number
}

export interface WaitingReason {
  readonly reason: string
  readonly files: number
  /** One of them. */
  readonly example: BytePath
}

export interface JournalSummary {
  readonly pendingFiles: number
  readonly pendingBytes: number
  readonly slowLaneFiles: number
  /** Acknowledged, waiting to be deleted. */
  readonly reclaimableFiles: number
  /** Undecodable, waiting to be moved to `failed/`. */
  readonly undecodableFiles: number
  readonly keptFiles: number
  /** Files that wait with a reason, most frequent first; at most `REASONS_SHOWN`. */
  readonly reasons: readonly WaitingReason[]
  readonly counters: JournalCounters
}

export const REASONS_SHOWN = 50

/** Rows that `due` gives: those that start at once, in the order in which they were found. */
export interface DueQuery {
  readonly monotonicMs: number
  readonly limit: number
  readonly lane: Lane
  /** Rows to leave out. */
  readonly except?: ReadonlySet<number>
  /** Says which one is wanted, of all their numbers: the others are not read. */
  readonly pick?: (rows: readonly number[]) => number | undefined
  /** Of those, only files that are smaller: the others are not read. */
  readonly belowBytes?: number
}

/** Synchronous; each call that changes something is one transaction. */
export interface Journal {
  /** Rows of the directory whose names lie between the two, by name. */
  known(
    directory: BytePath,
    firstName: BytePath,
    lastName: BytePath,
  ): ReadonlyMap<string, KnownFile>
  /** How many rows there are, of one directory or in all. */
  rows(directory?: BytePath): number
  /** Adds a row for each version; a row for another version of the same path gives way to it. */
  discover(files: readonly FileVersion[]): void
  /** Events whose row is gone are passed over. */
  apply(events: readonly UploadEvent[], monotonicMs: number): void
  due(query: DueQuery): Upload[]
  /** Acknowledged and undecodable rows whose wait is over. */
  settleable(monotonicMs: number, limit: number): Upload[]
  /** Kept rows after this one, in the order of their numbers. */
  kept(afterRow: number, limit: number): Upload[]
  /** When the next row of this state that waits now is due; undefined when none waits. */
  nextDueMs(state: UploadState, monotonicMs: number): number | undefined
  /** Adds to the counters what no event of an upload does. */
  count(counters: Partial<JournalCounters>): void
  /** Messages that were delivered to another destination than this one count for nothing. */
  deliverTo(destination: string): void
  /** What waits to be sent, deleted or moved is due now, and its waits begin anew. */
  dueNow(): void
  summary(): JournalSummary
  /** Small facts beside the rows; '' when unknown. */
  fact(name: string): string
  setFact(name: string, value: string): void
  /** '' while it is well; else what is wrong with it, in words. */
  trouble(): string
  close(): void
}
