/** `ferry version`. */
import { VERSION } from '../version.ts'
import type { ExitCode } from './command.ts'

export function version(): ExitCode {
  process.stdout.write(`ferry ${VERSION}\n`)
  return 0
}
