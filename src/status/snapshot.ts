/** Everything that `status` shows, as one document. Pure. */
import { display } from '../byte-path.ts'
import type { JournalSummary } from '../journal/journal.ts'
import type { DiskUsage } from '../model.ts'

/** What the running agent adds to the journal. Structural, so that no stage is imported here. */
export interface LiveState {
  readonly breaker: {
    readonly connection: string
    readonly cause: string
    readonly hint: string
    readonly failures: number
    readonly retryAtMs: number
  }
  readonly flights: readonly {
    readonly upload: { readonly file: { readonly path: string; readonly sizeBytes: number } }
    readonly committedBytes: number
  }[]
  readonly passes: number
  readonly settling: number
  readonly lastPass:
    | {
        readonly files: number
        readonly bytes: number
        readonly changing: number
        readonly changingExamples: readonly string[]
        readonly tookMs: number
        readonly skipped: readonly {
          readonly reason: string
          readonly files: number
          readonly examples: readonly string[]
        }[]
        readonly troubles: readonly { readonly trouble: string }[]
      }
    | undefined
}

export interface DiskState {
  readonly root: string
  readonly usage: DiskUsage | undefined
  readonly fullInMs: number | undefined
}

export interface SnapshotParts {
  readonly software: string
  readonly device: string
  /** '' while it is not paused. */
  readonly pausedBecause: string
  /** What is left of `ferry pause`: Infinity until `ferry resume`, undefined without one. */
  readonly pauseLeftMs: number | undefined
  readonly journal: JournalSummary
  readonly journalTrouble: string
  readonly live: LiveState | undefined
  readonly destination:
    | {
        readonly address: string
        readonly connected: boolean
        readonly warning: string
        readonly sentBytes: number
      }
    | undefined
  readonly disks: readonly DiskState[]
  readonly monotonicMs: number
  readonly memoryBytes: number
  readonly logBytes: number
}

const show = (path: string) => display(path as Parameters<typeof display>[0])

/** Files named for what is under way; the counts say the rest. */
const FLIGHTS_SHOWN = 20

function waiting({ journal, live }: SnapshotParts) {
  const fromJournal = journal.reasons.map(({ reason, files, example }) => ({
    reason,
    files,
    examples: [show(example)],
  }))
  const pass = live?.lastPass
  const changing =
    pass && pass.changing > 0
      ? [
          {
            reason: 'changed lately, waits until it is quiet',
            files: pass.changing,
            examples: pass.changingExamples.map(show),
          },
        ]
      : []
  const skipped = (pass?.skipped ?? []).map(({ reason, files, examples }) => ({
    reason,
    files,
    examples: examples.map(show),
  }))
  return [...fromJournal, ...changing, ...skipped]
}

function connection({ live, destination, monotonicMs }: SnapshotParts) {
  if (live === undefined) return undefined
  const { connection: state, cause, hint, failures, retryAtMs } = live.breaker
  return {
    address: destination?.address ?? '',
    connected: destination?.connected ?? false,
    sent_bytes: destination?.sentBytes ?? 0,
    state,
    cause,
    hint,
    failures,
    retry_in_ms: state === 'failing' ? Math.max(0, Math.round(retryAtMs - monotonicMs)) : 0,
  }
}

/** null: until it is ended by hand; undefined: there is no pause. */
function pauseLeft({ pauseLeftMs }: SnapshotParts) {
  if (pauseLeftMs === undefined) return undefined
  return Number.isFinite(pauseLeftMs) ? Math.round(pauseLeftMs) : null
}

const totals = (counters: JournalSummary['counters']) => ({
  acknowledged: counters.acknowledgedFiles,
  acknowledged_bytes: counters.acknowledgedBytes,
  deleted: counters.reclaimedFiles,
  deleted_bytes: counters.reclaimedBytes,
  superseded: counters.supersededFiles,
  vanished: counters.vanishedFiles,
  quarantined: counters.quarantinedFiles,
  evicted: counters.evictedFiles,
  evicted_bytes: counters.evictedBytes,
})

/** Keys are part of the interface for scripts: they stay. */
export function snapshot(parts: SnapshotParts) {
  const { journal, live, disks } = parts
  return {
    software: parts.software,
    device: parts.device,
    running: live !== undefined,
    paused: parts.pausedBecause !== '',
    paused_because: parts.pausedBecause,
    pause_left_ms: pauseLeft(parts),
    connection: connection(parts),
    files: {
      pending: journal.pendingFiles,
      pending_bytes: journal.pendingBytes,
      in_flight: live?.flights.length ?? 0,
      slow_lane: journal.slowLaneFiles,
      to_delete: journal.reclaimableFiles,
      undecodable: journal.undecodableFiles,
      kept: journal.keptFiles,
      settling: live?.settling ?? 0,
    },
    totals: totals(journal.counters),
    uploading: (live?.flights ?? []).slice(0, FLIGHTS_SHOWN).map((flight) => ({
      path: show(flight.upload.file.path),
      size: flight.upload.file.sizeBytes,
      committed: flight.committedBytes,
    })),
    waiting: waiting(parts),
    troubles: [
      ...(parts.journalTrouble === '' ? [] : [parts.journalTrouble]),
      ...(live?.lastPass?.troubles ?? []).map(({ trouble }) => trouble),
      ...(parts.destination?.warning ? [parts.destination.warning] : []),
    ],
    last_look: live?.lastPass && {
      files: live.lastPass.files,
      bytes: live.lastPass.bytes,
      ms: Math.round(live.lastPass.tookMs),
      count: live.passes,
    },
    disks: disks.map(({ root, usage, fullInMs }) => ({
      root: show(root),
      available_bytes: usage?.availableBytes,
      total_bytes: usage?.totalBytes,
      free_inodes: usage?.freeInodes,
      full_in_ms: fullInMs === undefined ? undefined : Math.round(fullInMs),
    })),
    memory_bytes: parts.memoryBytes,
    log_bytes: parts.logBytes,
  }
}

export type StatusDocument = ReturnType<typeof snapshot>
