/** `ferry run --once`: tries all that waits once more, again where that may help; says what is left. */
import { type BytePath, display } from '../byte-path.ts'
import { errorMessage } from '../errors.ts'
import type { Journal, JournalSummary } from '../journal/journal.ts'
import type { Upload } from '../model.ts'
import { NOT_WANTED } from '../policy.ts'
import type { Clock } from '../system/clock.ts'
import type { Gate } from '../system/gate.ts'
import type { LogFields, Logger } from '../system/logger.ts'
import { isUntried, type Sending, untilDone } from './manual-sync.ts'

/** What two looks saw. Structural, so that no stage is imported here. */
interface Looked {
  readonly discovered: number
  readonly changing: number
  readonly changingExamples: readonly BytePath[]
  readonly crowded: number
  readonly troubles: readonly { readonly trouble: string }[]
}

export interface OneRunParts {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Logger
  readonly gate: Gate
  readonly upload: Pick<Sending, 'state'>
  readonly look: (signal: AbortSignal) => Promise<Looked>
  /** Ends the waits of those who send and delete. */
  readonly wake: () => void
  /** Files that went to `failed/` so far: a few, the others are in the log. */
  readonly moved: readonly Upload[]
}

export interface OneRun {
  work(signal: AbortSignal): Promise<void>
  /** After all of it has stopped: says why not all is gone; true when it is. */
  tell(signal: AbortSignal): boolean
}

/** A deletion that is held has been tried a few times by then. */
const HELD_PATIENCE_MS = 5000
/** Before what changed, or a root that cannot be opened, is looked at again. */
const WAITS_MS = [250, 1000, 3000] as const
/** As long as files go: of hard links each deletion changes the others. */
const MOST_ROUNDS = 20
/** Of each kind. */
const MOST_TOLD = 5

const leftOf = ({ pendingFiles, reclaimableFiles, undecodableFiles }: JournalSummary) =>
  pendingFiles + reclaimableFiles + undecodableFiles
const sum = (some: JournalSummary['reasons']) => some.reduce((all, { files }) => all + files, 0)
/** What cannot be decoded keeps its own reason in front. */
const unwantedOf = ({ reasons }: JournalSummary) =>
  reasons.filter(({ reason }) => reason.endsWith(NOT_WANTED))

/** held: nothing moves, but a deletion may succeed when it is tried again. */
function progressOf({ journal, gate, upload }: OneRunParts): 'moves' | 'held' | 'over' {
  const summary = journal.summary()
  const left = leftOf(summary)
  if (left === 0) return 'over'
  if (upload.state().flights.length > 0) return 'moves'
  if (gate.closedBecause() !== '') return 'over'
  if (isUntried(journal)) return 'moves'
  const normal = summary.pendingFiles - summary.slowLaneFiles
  const unwanted = sum(unwantedOf(summary))
  if (normal > unwanted) return 'moves'
  const monotonicMs = Number.MAX_SAFE_INTEGER
  const waiting = normal > 0 ? journal.due({ monotonicMs, lane: 'normal', limit: normal }) : []
  if (waiting.some(({ reason }) => reason !== NOT_WANTED)) return 'moves'
  return left - summary.slowLaneFiles - unwanted > 0 ? 'held' : 'over'
}

type Tell = (message: string, fields: LogFields) => void

function tellWaiting({ journal, upload }: OneRunParts, tell: Tell): void {
  const summary = journal.summary()
  const reasons = summary.reasons.filter(({ reason }) => !reason.endsWith(NOT_WANTED))
  for (const { reason, files, example } of reasons.slice(0, MOST_TOLD)) {
    tell('files wait', { files, cause: reason, example: display(example) })
  }
  const more = sum(reasons.slice(MOST_TOLD))
  if (more > 0) tell('more files wait, for other causes', { files: more })
  const untried = leftOf(summary) - sum(summary.reasons)
  if (untried <= 0) return
  const { cause, hint } = upload.state().breaker
  const first = (['normal', 'slow'] as const)
    .flatMap((lane) => journal.due({ monotonicMs: 0, lane, limit: 1 }))
    .concat(journal.settleable(0, 1))[0]
  tell('files wait', {
    files: untried,
    cause: cause || 'their turn has not come',
    hint: hint || undefined,
    example: first && display(first.file.path),
  })
}

function tellLook(looked: Looked | undefined, changed: number, tell: Tell): void {
  const { troubles = [], changing = 0, changingExamples = [], crowded = 0 } = looked ?? {}
  for (const { trouble } of troubles.slice(0, MOST_TOLD)) {
    tell('a root could not be looked at', { cause: trouble })
  }
  const more = troubles.length - MOST_TOLD
  if (more > 0) tell('more roots could not be looked at', { roots: more })
  const example = changingExamples[0] && display(changingExamples[0])
  if (changing > 0) tell('files are being changed', { files: changing, example })
  if (crowded > 0) tell('files wait for room in the journal', { files: crowded })
  if (changed > 0) tell('files changed while they were sent', { files: changed })
}

function tellMoved(moved: readonly Upload[], files: number, tell: Tell): void {
  for (const { file, reason } of moved.slice(0, MOST_TOLD)) {
    tell('a file was moved to failed/', { path: display(file.path), cause: reason })
  }
  const more = files - Math.min(moved.length, MOST_TOLD)
  if (more > 0) tell('more files were moved to failed/', { files: more })
}

interface Course {
  looked: Looked | undefined
  /** Files that changed since the last look, before they were sent or deleted. */
  changed: number
  /** Why the gate was closed; '' while it was open. */
  closed: string
}

function createRounds(parts: OneRunParts, course: Course) {
  const { journal, clock, gate } = parts
  let heldMs: number | undefined
  const isSettled = () => {
    const progress = progressOf(parts)
    if (progress !== 'held') return progress === 'over'
    heldMs ??= clock.monotonicMs()
    return clock.monotonicMs() - heldMs >= HELD_PATIENCE_MS
  }
  /** Looks and sends; whether files went. */
  const round = async (signal: AbortSignal): Promise<boolean> => {
    course.looked = await parts.look(signal)
    const { counters: before } = journal.summary()
    await untilDone(clock, signal, isSettled)
    const { supersededFiles, reclaimedFiles } = journal.summary().counters
    course.changed = supersededFiles - before.supersededFiles
    return reclaimedFiles > before.reclaimedFiles
  }
  return async (signal: AbortSignal) => {
    const waits: number[] = [...WAITS_MS]
    for (let number = 1; !signal.aborted; number++) {
      const isMoving = await round(signal)
      const { crowded = 0, discovered = 0, troubles = [] } = course.looked ?? {}
      course.closed = gate.closedBecause()
      if (course.closed !== '') return
      if (crowded > 0 && discovered > 0) continue
      if (course.changed === 0 && troubles.length === 0) return
      if (course.changed > 0 && isMoving && number < MOST_ROUNDS) continue
      const waitMs = waits.shift()
      if (waitMs === undefined) return
      await clock.sleep(waitMs, signal)
    }
  }
}

function tellUnwanted({ journal, log }: OneRunParts): void {
  const unwanted = unwantedOf(journal.summary())
  const example = unwanted[0] && display(unwanted[0].example)
  const files = sum(unwanted)
  if (files > 0) log.warn('files stay: not in the configuration any more', { files, example })
}

export function createOneRun(parts: OneRunParts): OneRun {
  const { journal, log, gate } = parts
  const moved = () => journal.summary().counters.quarantinedFiles
  const movedBefore = moved()
  const course: Course = { looked: undefined, changed: 0, closed: '' }
  const rounds = createRounds(parts, course)
  let isOver = false
  return {
    async work(signal) {
      const answer = gate.refresh(signal)
      if (typeof answer !== 'string') await answer
      course.closed = gate.closedBecause()
      if (course.closed === '') {
        journal.dueNow()
        parts.wake()
        await rounds(signal)
      }
      isOver = !signal.aborted
    },
    tell(signal) {
      const { looked, changed, closed: cause } = course
      let isGone = true
      const tell: Tell = (message, fields) => {
        isGone = false
        log.error(message, fields)
      }
      if (cause !== '') tell('nothing is sent or deleted now', { cause })
      if (!isOver) tell('stopped before all of it was gone', { cause: errorMessage(signal.reason) })
      tellLook(looked, changed, tell)
      if (looked) tellWaiting(parts, tell)
      tellMoved(parts.moved, moved() - movedBefore, tell)
      if (looked) tellUnwanted(parts)
      return isGone
    },
  }
}
