/** `ferry uninstall`: takes the service off again. */
import { carryOut } from '../install/carry-out.ts'
import { uninstallSteps } from '../install/plan.ts'
import { INIT_KINDS } from '../install/steps.ts'
import { createHost } from '../system/host.ts'
import type { Arguments, ExitCode } from './command.ts'
import { print } from './output.ts'
import { readTarget } from './service-manager.ts'

export function uninstall(args: Arguments): ExitCode {
  const target = readTarget(args)
  const host = createHost(target.prefix)
  const other = args.flag('receiver') ? 'ferry-agent' : 'ferry-receiver'
  const places = INIT_KINDS.map((kind) =>
    kind === 'systemd' ? `/etc/systemd/system/${other}.service` : `/etc/init.d/${other}`,
  )
  const steps = uninstallSteps({
    ...target,
    isShared: places.some((path) => host.stat(path) !== undefined),
    purge: args.flag('purge'),
  })
  const isDry = args.flag('dry-run')
  const changed = carryOut(steps, { host, isDry, print: (line) => print(`${line}\n`) })
  if (!changed) print(`as is  ${target.name} is not installed\n`)
  return 0
}
