/** `ferry pause` and `ferry resume`: told to the running agent, or kept for the next one. */
import { UsageError } from '../errors.ts'
import { tellControlSocket } from '../status/control-socket.ts'
import { formatTime, parseTime } from '../units.ts'
import type { Arguments, ExitCode } from './command.ts'
import { configPath, loadConfig } from './machine.ts'
import { print } from './output.ts'
import { type PauseLeft, writePause } from './pause-state.ts'
import { withStateAccess } from './state-access.ts'

const ANSWER_WITHIN_MS = 10_000

/** True when an agent was told; otherwise the next one reads it. */
async function setPause(args: Arguments, left: PauseLeft): Promise<boolean> {
  const { stateDir } = loadConfig(configPath(args))
  const name = left === undefined ? 'resume' : 'pause'
  const remaining = left !== undefined && Number.isFinite(left) ? left : null
  const answer = await tellControlSocket(stateDir, {
    name,
    body: { remaining_ms: remaining },
    withinMs: ANSWER_WITHIN_MS,
  })
  if (answer === undefined) withStateAccess(stateDir, name, () => writePause(stateDir, left))
  return answer !== undefined
}

export async function pause(args: Arguments): Promise<ExitCode> {
  const given = args.text('for')
  const left = given === undefined ? Number.POSITIVE_INFINITY : parseTime(given)
  if (left === undefined || left <= 0) throw new UsageError('--for is a time, as 2h')
  const isTold = await setPause(args, left)
  const until = Number.isFinite(left) ? `for ${formatTime(left)}` : 'until ferry resume'
  print(`paused ${until}${isTold ? '' : '; no agent runs, it holds once one does'}\n`)
  return 0
}

export async function resume(args: Arguments): Promise<ExitCode> {
  const isTold = await setPause(args, undefined)
  print(`not paused any more${isTold ? '' : '; no agent runs'}\n`)
  return 0
}
