/** `ferry version`. */

import { VERSION } from '../version.ts'
import type { ExitCode } from './command.ts'
import { print } from './output.ts'

export function version(): ExitCode {
  print(`ferry ${VERSION}\n`)
  return 0
}
