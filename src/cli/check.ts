/** `ferry check`: every problem of the configuration and of the files that it names. */

import * as fs from 'node:fs'
import { display, toBytes } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { ConfigError, type ConfigProblem, errorMessage } from '../errors.ts'
import type { Arguments, ExitCode } from './command.ts'
import { configPath, loadConfig } from './machine.ts'
import { destinationProblems, OPEN_TO_OTHERS } from './open-destination.ts'
import { print } from './output.ts'
import { closedByConfig } from './sync-gate.ts'
import { refuseViamServer } from './viam-server.ts'

function rootProblems(config: FerryConfig): ConfigProblem[] {
  return config.roots.flatMap(({ path, isCapture, afterUpload }) => {
    const key = isCapture ? 'capture_dir' : 'additional_sync_paths'
    const { R_OK, W_OK, X_OK } = fs.constants
    try {
      fs.accessSync(toBytes(path), afterUpload === 'keep' ? R_OK | X_OK : R_OK | W_OK | X_OK)
      return []
    } catch (error) {
      const hint = 'create it, or give the user of the agent access'
      return [{ key, value: display(path), problem: errorMessage(error), hint }]
    }
  })
}

/** What works, and should not stay so. */
function warnings({ secretFile }: FerryConfig): string[] {
  const mode = secretFile && fs.statSync(secretFile, { throwIfNoEntry: false })?.mode
  return [
    ...(mode && (mode & OPEN_TO_OTHERS) !== 0
      ? [`${secretFile} holds a secret and can be read by others: chmod 600`]
      : []),
  ]
}

export function check(args: Arguments): ExitCode {
  const path = configPath(args)
  const config = loadConfig(path)
  const problems = [...destinationProblems(config), ...rootProblems(config)]
  if (problems.length > 0) throw new ConfigError(problems)
  refuseViamServer(config)
  for (const warning of warnings(config)) process.stderr.write(`ferry: warning: ${warning}\n`)
  const roots = config.roots.map((root) => display(root.path)).join(', ')
  const closed = closedByConfig(config)
  const sends = closed
    ? `the schedule sends nothing: ${closed}; ferry sync sends from ${roots}`
    : `sends from ${roots}`
  print(`${path} is fine: device ${config.device}, ${sends}\n`)
  return 0
}
