/** `ferry retry`: what lies in `failed/` is put back, and what was refused is asked about again now. */
import { retryFailed } from '../reclaim/retry.ts'
import { tellControlSocket } from '../status/control-socket.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import type { Arguments, ExitCode } from './command.ts'
import { configPath, loadConfig } from './machine.ts'
import { print } from './output.ts'

const ANSWER_WITHIN_MS = 10_000

export async function retry(args: Arguments): Promise<ExitCode> {
  const { roots, stateDir } = loadConfig(configPath(args))
  const { put, kept } = retryFailed(createPosixFiles(), roots)
  const answer = await tellControlSocket(stateDir, {
    name: 'retry',
    body: {},
    withinMs: ANSWER_WITHIN_MS,
  })
  print(`${put} files put back${answer === undefined ? '; no agent runs' : ''}\n`)
  for (const { path, reason } of kept) print(`stays  ${path}: ${reason}\n`)
  return 0
}
