/** Whether the schedule goes ahead, and why not: every reason there is, in one place. Pure. */

/** What the one who is asked said: '' is yes, else why that means no. */
export type SelectiveAnswer = string

export interface GateFacts {
  /** Another program that sends from the same directories, in words; '' where there is none. */
  readonly otherSyncer: string
  /** By `ferry pause`. */
  readonly isPaused: boolean
  readonly syncDisabled: boolean
  /** The sensor that the configuration names; '' where it names none. */
  readonly selectiveSyncerName: string
  /** undefined: nobody is asked. */
  readonly selective: SelectiveAnswer | undefined
}

const PAUSED_BY_HAND = 'paused by ferry pause'

/** Why nothing is looked for, sent and deleted on schedule; '' while the gate is open. */
export function closedBecause(facts: GateFacts): string {
  const { otherSyncer, isPaused, syncDisabled, selectiveSyncerName, selective } = facts
  if (otherSyncer !== '') return otherSyncer
  if (isPaused) return PAUSED_BY_HAND
  if (syncDisabled) return 'sync_disabled is true'
  if (selective !== undefined) return selective
  if (selectiveSyncerName === '') return ''
  return `selective_syncer_name names "${selectiveSyncerName}", which does not exist here`
}

/** As JSON with a boolean `should_sync`; nothing else is a yes. */
export function readAnswer(text: string): SelectiveAnswer {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return 'selective_sync: the answer is not JSON'
  }
  const should =
    typeof answer === 'object' && answer !== null
      ? (answer as Record<string, unknown>)['should_sync']
      : undefined
  if (should === true) return ''
  if (should === false) return 'selective_sync: should_sync is false'
  return 'selective_sync: the answer has no boolean should_sync'
}
