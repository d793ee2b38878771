/** What the service manager is told of the agent: one line that says what it is at. */
import type { JournalSummary } from '../journal/journal.ts'
import type { ServiceNotes } from '../system/notify.ts'
import { formatBytes } from '../units.ts'

/** Long enough that a board has no work with it. */
const STATUS_MS = 10_000

interface Seen {
  readonly summary: JournalSummary
  /** '' while the gate is open. */
  readonly closedBecause: string
  readonly address: string
}

function statusLine({ summary, closedBecause, address }: Seen): string {
  const { pendingFiles, pendingBytes, slowLaneFiles } = summary
  const waiting = `${pendingFiles} files to go (${formatBytes(pendingBytes)})`
  const refused = slowLaneFiles === 0 ? '' : `, ${slowLaneFiles} refused for now`
  const state = closedBecause === '' ? `to ${address}` : `held: ${closedBecause}`
  return `${waiting}${refused}, ${state}`
}

/** Gives what stops it. */
export function tellStatus(notes: ServiceNotes, look: () => Seen): () => void {
  const tell = () => notes.status(statusLine(look()))
  tell()
  const telling = setInterval(tell, STATUS_MS)
  return () => clearInterval(telling)
}
