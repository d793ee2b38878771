/** `ferry sync`: the running agent looks at once and sends everything, whatever the schedule says. */
import { UsageError } from '../errors.ts'
import { tellControlSocket } from '../status/control-socket.ts'
import { parseTime } from '../units.ts'
import type { Arguments, ExitCode } from './command.ts'
import { configPath, loadConfig } from './machine.ts'
import { print } from './output.ts'

const DEFAULT_TIMEOUT_MS = 600_000
/** The agent itself knows when the time is over; its answer still has to come. */
const ANSWER_WITHIN_MS = 5_000

export async function sync(args: Arguments): Promise<ExitCode> {
  const { stateDir } = loadConfig(configPath(args))
  const given = args.text('timeout')
  const timeoutMs = given === undefined ? DEFAULT_TIMEOUT_MS : parseTime(given)
  if (timeoutMs === undefined || timeoutMs <= 0) throw new UsageError('--timeout is a time, as 10m')
  const isWaiting = args.flag('wait')
  const answer = await tellControlSocket(stateDir, {
    name: 'sync',
    body: { wait: isWaiting, timeout_ms: timeoutMs },
    withinMs: timeoutMs + ANSWER_WITHIN_MS,
  })
  if (answer === undefined) {
    throw new Error(
      `no agent runs with ${stateDir}; ferry run starts one, with --once for what is there now`,
    )
  }
  const files = Number(answer['files'])
  if (!isWaiting) {
    print(files === 0 ? 'nothing is left to send\n' : `${files} files are handed over\n`)
    return 0
  }
  if (answer['gone'] === true) {
    print('everything that was found is gone or kept\n')
    return 0
  }
  const causes = (answer['causes'] as string[] | undefined) ?? []
  const why = causes.length > 0 ? ` (${causes.join('; ')})` : ''
  throw new Error(`not everything is gone${why}; ferry status says what waits and why`)
}
