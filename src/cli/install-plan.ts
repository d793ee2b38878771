/** What the installations of the agent and of the receiver have in common. */
import { type BytePath, toText } from '../byte-path.ts'
import { UsageError } from '../errors.ts'
import { suggestUser, userOf } from '../install/drop-in.ts'
import { additionsPath, PACKAGED_PROGRAM, PROGRAM } from '../install/plan.ts'
import type { Host } from '../system/host.ts'
import type { Arguments } from './command.ts'
import type { Target } from './service-manager.ts'

export interface Plan {
  readonly target: Target
  readonly host: Host
  readonly args: Arguments
}

/** What an earlier run wrote down for this machine; '' where there was none. */
export const writtenBefore = ({ target, host }: Plan) =>
  host.read(additionsPath(target.init, target.name)) ?? ''

/** Who an earlier run chose. */
export const userBefore = (plan: Plan) => userOf(writtenBefore(plan))

export const isHandedOver = (plan: Plan, user: string) => (userBefore(plan) ?? user) !== user

/** As given, as before, or who can delete what is to be sent. */
export function chooseUser(plan: Plan, directories: readonly string[]): string {
  const { target, host, args } = plan
  const given = args.text('user')
  if (given !== undefined && given !== 'ferry' && host.ids(given) === undefined) {
    throw new UsageError(`there is no user ${given}`)
  }
  const before = userBefore(plan)
  if (given !== undefined || before !== undefined) return given ?? before ?? ''
  const owners = directories.flatMap((path) => host.userName(host.stat(path)?.uid ?? -1) ?? [])
  return args.flag('receiver') ? 'ferry' : suggestUser(owners, target.init)
}

/** A package's own stays where it is, and so does one that is in place. */
export const programPath = ({ target: { prefix, isPackaged } }: Plan) =>
  isPackaged || (prefix === '' && process.execPath === PACKAGED_PROGRAM)
    ? PACKAGED_PROGRAM
    : PROGRAM

/** A unit cannot hold the character that stands for stray bytes, and says so. */
export const named = (path: BytePath) => toText(path) ?? '\uFFFD'
