/** The agent's gate: what the configuration, the operator and the one who is asked say together. */
import type { FerryConfig, SelectiveSync } from '../config/config.ts'
import { closedBecause, type SelectiveAnswer } from '../schedule/gate.ts'
import type { Gate } from '../system/gate.ts'
import type { Logger } from '../system/logger.ts'
import { askSelective } from './selective.ts'

export interface GateParts {
  readonly config: FerryConfig
  readonly log: Logger
  readonly isPaused: () => boolean
  /** Another program that sends from the same directories; '' where there is none. */
  readonly otherSyncer: () => string
}

const NOT_ASKED = 'selective_sync: not asked yet'

/** By the facts as they are now; `selective` is what was answered last. */
function reasonNow(parts: GateParts, selective: SelectiveAnswer): string {
  const { syncDisabled, selectiveSyncerName, selectiveSync } = parts.config
  return closedBecause({
    otherSyncer: parts.otherSyncer(),
    isPaused: parts.isPaused(),
    syncDisabled,
    selectiveSyncerName,
    selective: selectiveSync && selective,
  })
}

/** Why the schedule sends nothing whatever happens, by the configuration alone; '' where it may. */
export function closedByConfig(config: FerryConfig): string {
  const { syncDisabled, selectiveSyncerName, selectiveSync } = config
  const selective = selectiveSync && ''
  const facts = { otherSyncer: '', isPaused: false, syncDisabled, selectiveSyncerName, selective }
  return closedBecause(facts)
}

export function createSyncGate(parts: GateParts): Gate {
  const { log, config } = parts
  const rings: (() => void)[] = []
  let selective = NOT_ASKED
  let because = reasonNow(parts, selective)
  /** Syncs by hand that hold it open. */
  const holds = new Set<object>()
  let wasPaused = parts.isPaused()
  const closed = () => parts.otherSyncer() || (holds.size > 0 ? '' : because)
  let wasClosed = closed() !== ''
  if (wasClosed) log.info('paused', { cause: because })
  const noteOpening = () => {
    const isClosed = closed() !== ''
    if (wasClosed && !isClosed) for (const ring of rings) ring()
    wasClosed = isClosed
  }
  const release = () => {
    holds.clear()
    noteOpening()
  }
  const decide = (): string => {
    const isPaused = parts.isPaused()
    if (isPaused && !wasPaused) release()
    wasPaused = isPaused
    const before = because
    because = reasonNow(parts, selective)
    if (because !== before) {
      if (because === '') log.info('the schedule goes on')
      else log.info('paused', { cause: because })
    }
    noteOpening()
    return because
  }
  const ask = async (who: SelectiveSync, signal: AbortSignal): Promise<string> => {
    const answer = await askSelective(who, signal)
    if (!signal.aborted) selective = answer
    return decide()
  }
  return {
    refresh(signal) {
      const { selectiveSync } = config
      // Nobody is asked while the answer would change nothing.
      const isAsked = selectiveSync !== undefined && reasonNow(parts, '') === ''
      return isAsked ? ask(selectiveSync, signal) : decide()
    },
    closedBecause: closed,
    async during(work) {
      const hold = {}
      holds.add(hold)
      noteOpening()
      try {
        return await work()
      } finally {
        holds.delete(hold)
        noteOpening()
      }
    },
    release,
    onOpen: (ring) => void rings.push(ring),
  }
}
