/** The state directory, as the user of the agent sees them. */
import type { FerryConfig } from '../config/config.ts'
import { fail } from './check-finding.ts'
import { writeProblem } from './check-probes.ts'
import type { Eyes } from './check-user.ts'
import { ownerOf, userName } from './state-access.ts'

/** Without a journal on disk the agent works from memory, and says so. */
export async function stateFindings({ stateDir }: FerryConfig, { user, look }: Eyes) {
  const code = await look(async () => writeProblem(stateDir))
  if (code === '') return []
  const says = `${stateDir} cannot be written to${user ? ` by ${user.name}` : ''} (${code})`
  return [fail('state', says, stateHint(stateDir, user?.name))]
}

function stateHint(stateDir: string, user: string | undefined): string {
  const owner = ownerOf(stateDir)
  if (user !== undefined) return `chown ${user} ${stateDir}, or set state_dir`
  return owner === undefined || owner === process.getuid?.()
    ? 'give it to the user of the agent, or set state_dir'
    : `it belongs to ${userName(owner)}: use sudo, or set state_dir`
}
