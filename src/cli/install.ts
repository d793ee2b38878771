/** `ferry install`: makes a service of the executable that runs it. */
import { errorMessage, UsageError } from '../errors.ts'
import { BOOT_ORDER, carryOut } from '../install/carry-out.ts'
import { installSteps } from '../install/plan.ts'
import { createHost } from '../system/host.ts'
import type { Arguments, ExitCode } from './command.ts'
import { agentWanted } from './install-agent.ts'
import { receiverWanted } from './install-receiver.ts'
import { print } from './output.ts'
import { readTarget } from './service-manager.ts'
import { startFailure } from './start-failure.ts'

/** What would have no effect is not taken in silence. */
function refuseIdle(args: Arguments): void {
  const isReceiver = args.flag('receiver')
  const idle = isReceiver ? ['join', 'root', 'device'] : ['store', 'host', 'listen']
  const given = idle.filter((name) => [args.text(name) ?? []].flat().length > 0)
  if (given.length === 0) return
  const names = given.map((name) => `--${name}`).join(', ')
  throw new UsageError(`${names}: ${isReceiver ? 'of the agent, not' : 'only with'} --receiver`)
}

export async function install(args: Arguments): Promise<ExitCode> {
  const target = readTarget(args)
  const plan = { target, host: createHost(target.prefix), args }
  refuseIdle(args)
  const wanted = args.flag('receiver') ? await receiverWanted(plan) : await agentWanted(plan)
  const { service } = wanted
  print(`plan   ${target.name} for ${target.init}, runs as ${service.user}\n`)
  const isDry = args.flag('dry-run')
  const steps = installSteps(wanted)
  try {
    carryOut(steps, { host: plan.host, isDry, print: (line) => print(`${line}\n`) })
  } catch (error) {
    if (/start\b.* failed \(\d+\)/.test(errorMessage(error))) {
      print(`${startFailure(wanted).join('\n')}\n`)
    }
    throw error
  }
  // OpenWrt's is a link to its /tmp.
  const isLost = /^\/?tmp$/.test(plan.host.link('/var') ?? '')
  if (isLost && !service.isReceiver && wanted.stateDir.startsWith('/var/')) {
    print(`note   a boot empties ${wanted.stateDir}: name a "state_dir" that stays\n`)
  }
  const isUnordered = target.init === 'sysv' && !target.hasBootOrder
  if (isUnordered && plan.host.stat(BOOT_ORDER) !== undefined) {
    print(`note   once in the image: update-rc.d ${target.name} defaults; its rc starts no other\n`)
  }
  if ('next' in wanted && wanted.next !== '' && !isDry) print(`next   ${wanted.next}\n`)
  return 0
}
