/** argv in, exit code out. */

import {
  type Command,
  commandHelp,
  type ExitCode,
  programHelp,
  readArguments,
} from './cli/command.ts'
import { COMMANDS } from './cli/commands.ts'
import { print } from './cli/output.ts'
import { nearest } from './config/suggest.ts'
import { ConfigError, errorMessage, UsageError } from './errors.ts'

function findCommand(name: string): Command {
  const command = COMMANDS.find((one) => one.name === name)
  if (command !== undefined) return command
  const known = COMMANDS.filter(({ hidden }) => !hidden).map((one) => one.name)
  throw new UsageError(`there is no command "${name}"; did you mean "${nearest(name, known)}"?`)
}

async function dispatch(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv
  const [about] = rest
  if (name === 'help' && about !== undefined) return await dispatch([about, '--help'])
  if (name === undefined || name === '--help' || name === 'help') {
    print(programHelp(COMMANDS))
    return name === undefined ? 2 : 0
  }
  const command = findCommand(name === '--version' ? 'version' : name)
  if (rest.includes('--help')) {
    print(commandHelp(command))
    if (command.name === 'run') {
      print((await import('./cli/documents.ts')).settingsHelp())
    }
    return 0
  }
  return await command.run(readArguments(command, rest))
}

function explain(error: unknown): ExitCode {
  if (error instanceof ConfigError) {
    for (const { key, value, problem, hint } of error.problems) {
      const shown = value === '' || value === undefined ? '' : ` (${JSON.stringify(value)})`
      process.stderr.write(`ferry: ${key}${shown} ${problem}\n       hint: ${hint}\n`)
    }
    return 78
  }
  process.stderr.write(`ferry: ${errorMessage(error)}\n`)
  return error instanceof UsageError ? 2 : 1
}

process.umask(0o077)
void dispatch(process.argv.slice(2))
  .catch(explain)
  .then((code) => process.exit(code))
