/** `ferry uninstall`: takes the service off again. */
import { carryOut } from '../install/carry-out.ts'
import { uninstallSteps } from '../install/plan.ts'
import { createHost } from '../system/host.ts'
import type { Arguments, ExitCode } from './command.ts'
import { print } from './output.ts'
import { readTarget } from './service-manager.ts'

export function uninstall(args: Arguments): ExitCode {
  const target = readTarget(args)
  const host = createHost(target.prefix)
  const steps = uninstallSteps({ ...target, purge: args.flag('purge') })
  const isDry = args.flag('dry-run')
  const changed = carryOut(steps, { host, isDry, print: (line) => print(`${line}\n`) })
  if (!changed) print(`as is  ${target.name} is not installed\n`)
  return 0
}
