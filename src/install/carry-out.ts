/** Carries out a plan: looks at each thing first, and changes only what is not as it should be. */
import type { Host } from '../system/host.ts'
import type { InitKind, ServiceName, Step } from './steps.ts'

export interface CarryOut {
  readonly host: Host
  /** Look, say, and change nothing. */
  readonly isDry: boolean
  readonly print: (line: string) => void
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0')

interface Commands {
  readonly isRunning: readonly string[]
  readonly start: readonly string[]
  readonly restart: readonly string[]
  readonly stop: readonly string[]
  /** After units changed. */
  readonly reread: readonly string[] | undefined
}

function commandsOf(init: InitKind, name: ServiceName): Commands {
  if (init === 'systemd') {
    const systemctl = (...words: string[]) => ['systemctl', ...words, `${name}.service`]
    return {
      isRunning: systemctl('is-active', '--quiet'),
      start: systemctl('start'),
      restart: systemctl('restart'),
      stop: systemctl('stop'),
      reread: ['systemctl', 'daemon-reload'],
    }
  }
  const script = (word: string) =>
    init === 'openrc' ? ['rc-service', name, word] : [`/etc/init.d/${name}`, word]
  return {
    isRunning: script(init === 'procd' ? 'running' : 'status'),
    start: script('start'),
    restart: script('restart'),
    stop: script('stop'),
    reread: undefined,
  }
}

/** What is wrong and how it is put right; undefined: nothing. */
type Change = { readonly what: string; readonly apply: () => void } | undefined

function ownership(path: string, owner: string, mode: number, host: Host): boolean {
  const ids = host.ids(owner)
  const stat = host.stat(path)
  return ids !== undefined && stat?.uid === ids.uid && stat.mode === mode
}

/** What Debian's rc starts, and in which order; `update-rc.d` writes it. */
export const BOOT_ORDER = '/etc/init.d/.depend.start'

const isOrdered = (name: string, host: Host) =>
  (host.read(BOOT_ORDER) ?? '').split(/\s/).includes(name)

/** What a step that needs no knowledge of the others changes. */
function changeOf(step: Step, host: Host): Change {
  switch (step.do) {
    case 'user':
      if (host.ids(step.name) !== undefined) return undefined
      return { what: `user ${step.name}`, apply: () => host.addUser(step.name, step.home) }
    case 'directory': {
      const { path, owner, mode, isOurs } = step
      if (host.stat(path) !== undefined && (!isOurs || ownership(path, owner, mode, host))) {
        return undefined
      }
      return {
        what: `directory ${path} (${owner}, ${octal(mode)})`,
        apply() {
          host.makeDirectory(path)
          host.own(path, owner, isOurs ? 'files' : 'itself')
          host.chmod(path, mode)
        },
      }
    }
    case 'executable': {
      if (host.isSameFile(step.from, step.path)) return undefined
      return { what: `${step.path}`, apply: () => host.copyExecutable(step.from, step.path) }
    }
    case 'file': {
      const { path, text, mode } = step
      if (host.read(path) === text && host.stat(path)?.mode === mode) return undefined
      return { what: path, apply: () => host.write(path, text, mode) }
    }
    case 'access': {
      const { path, owner, mode } = step
      if (host.stat(path) === undefined || ownership(path, owner, mode, host)) return undefined
      return {
        what: `${path} (${owner}, ${octal(mode)})`,
        apply() {
          host.own(path, owner, 'itself')
          host.chmod(path, mode)
        },
      }
    }
    case 'link':
      if (host.link(step.path) === step.to) return undefined
      return { what: `link ${step.path}`, apply: () => host.makeLink(step.path, step.to) }
    case 'boot order': {
      const apply = () => host.run(['update-rc.d', step.name, 'defaults'])
      return isOrdered(step.name, host) ? undefined : { what: nameOf(step), apply }
    }
    default:
      return undefined
  }
}

function nameOf(step: Step): string {
  if (step.do === 'boot order') return `${step.name} at boot (update-rc.d)`
  return step.do === 'user' ? `user ${step.name}` : 'path' in step ? step.path : ''
}

function leaveBootOrder(name: string, { host, isDry, print }: CarryOut): boolean {
  if (!isOrdered(name, host)) return false
  print(`${isDry ? 'would remove' : 'removed'}  ${name} at boot (update-rc.d)`)
  if (!isDry) host.run(['update-rc.d', '-f', name, 'remove'])
  return true
}

function remove(path: string, isAll: boolean, { host, isDry, print }: CarryOut): boolean {
  if (host.link(path) === undefined && host.stat(path) === undefined) return false
  if (isDry) print(`would remove  ${path}`)
  else if (isAll) host.clear(path)
  else host.remove(path)
  if (isDry) return true
  const stays = host.stat(path) !== undefined
  print(stays ? `kept   ${path}: something else is in it` : `removed  ${path}`)
  return true
}

type Serve = Extract<Step, { do: 'service' }>

/** Started, or started anew where something changed, also when another put the executable there. */
function serve({ init, name, program, isStale }: Serve, isChanged: boolean, parts: CarryOut): void {
  const { host, isDry, print } = parts
  if (!host.isLive) {
    print(`note   ${name} starts when the image boots`)
    return
  }
  const commands = commandsOf(init, name)
  const changed = isChanged || isStale || host.runsOlder(program)
  if (changed && commands.reread !== undefined && !isDry) host.run(commands.reread)
  const isRunning = host.succeeds(commands.isRunning)
  if (isRunning && !changed) {
    print(`as is  ${name} is running`)
    return
  }
  const word = isRunning ? 'restart' : 'start'
  print(isDry ? `would  ${word} ${name}` : `${word}   ${name}`)
  if (!isDry) host.run(isRunning ? commands.restart : commands.start)
}

function cease(init: InitKind, name: ServiceName, { host, isDry, print }: CarryOut): void {
  if (!host.isLive) return
  const { isRunning, stop } = commandsOf(init, name)
  if (host.succeeds(isRunning)) {
    print(isDry ? `would  stop ${name}` : `stop   ${name}`)
    if (!isDry) host.run(stop)
    // One that waits to be started anew does not run, and would be.
  } else if (!isDry) host.succeeds(stop)
}

/** True: something was not as it should be. Fails with the system's error at the first step that fails. */
export function carryOut(steps: readonly Step[], parts: CarryOut): boolean {
  const { host, isDry, print } = parts
  let changed = false
  for (const step of steps) {
    if (step.do === 'say') print(`note   ${step.text}`)
    else if (step.do === 'service') serve(step, changed, parts)
    else if (step.do === 'no service') cease(step.init, step.name, parts)
    else if (step.do === 'no boot order') changed = leaveBootOrder(step.name, parts) || changed
    else if (step.do === 'remove') changed = remove(step.path, step.isAll, parts) || changed
    else {
      const change = changeOf(step, host)
      print(
        `${change === undefined ? 'as is' : isDry ? 'would' : 'made '}  ${change?.what ?? nameOf(step)}`,
      )
      if (change !== undefined && !isDry) change.apply()
      changed ||= change !== undefined
    }
  }
  // An installation has read them already.
  const isUnit = (step: Step) => step.do === 'no service' && step.init === 'systemd'
  if (changed && !isDry && host.isLive && steps.some(isUnit)) {
    host.run(['systemctl', 'daemon-reload'])
  }
  return changed
}
