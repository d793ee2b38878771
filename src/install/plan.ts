/** Which steps make an installation, and which undo it. Pure. */
import { defaults, dropIn, type Service } from './drop-in.ts'
import type { InitKind, ServiceName, Step } from './steps.ts'
import { TEXTS } from './texts.ts'

export const STATE_DIR = '/var/lib/ferry'
export const CONFIG_DIR = '/etc/ferry'
export const PROGRAM = '/usr/local/bin/ferry'
/** Where a package puts it. */
export const PACKAGED_PROGRAM = '/usr/bin/ferry'

export interface Wanted {
  readonly init: InitKind
  readonly name: ServiceName
  /** The executable that runs now. */
  readonly self: string
  readonly service: Service
  /** Made where they are missing, for the user. */
  readonly directories: readonly string[]
  readonly stateDir: string
  readonly keyFile: string | undefined
  /** It runs as another user now, who would lose the journal under way. */
  readonly isHandedOver: boolean
  /** The service reads at its start what has changed, beside the files of the plan. */
  readonly isStale: boolean
  /** A package brought the unit or script. */
  readonly isPackaged: boolean
  /** A unit of an earlier run stands before the package's, and starts another executable. */
  readonly isShadowed: boolean
  /** The other service still needs the executable that is no package's. */
  readonly isShared: boolean
  /** sysv: whether links stand in /etc/rc2.d, or beside the scripts (busybox). */
  readonly hasRunlevels: boolean
  /** sysv: a list of dependencies says what starts, not the links alone. */
  readonly hasBootOrder: boolean
  /** '' where it may start; else why it is neither enabled nor started. */
  readonly notYet: string
}

type Where = Pick<Wanted, 'init' | 'name' | 'hasRunlevels' | 'hasBootOrder'>

const UNITS = '/etc/systemd/system'
const remove = (path: string, isAll = false): Step => ({ do: 'remove', path, isAll })
const scriptPath = (name: string) => `/etc/init.d/${name}`

/** What starts it at boot. */
function bootLinks({ init, name, hasRunlevels }: Where): Step[] {
  const link = (path: string, to: string): Step => ({ do: 'link', path, to })
  switch (init) {
    case 'systemd':
      return [link(`${UNITS}/multi-user.target.wants/${name}.service`, `${name}.service`)]
    case 'openrc':
      return [link(`/etc/runlevels/default/${name}`, scriptPath(name))]
    case 'procd':
      return [
        link(`/etc/rc.d/S95${name}`, `../init.d/${name}`),
        link(`/etc/rc.d/K05${name}`, `../init.d/${name}`),
      ]
    case 'sysv':
      if (!hasRunlevels) return [link(`/etc/init.d/S95${name}`, name)]
      return [
        ...[2, 3, 4, 5].map((level) => link(`/etc/rc${level}.d/S95${name}`, `../init.d/${name}`)),
        ...[0, 1, 6].map((level) => link(`/etc/rc${level}.d/K05${name}`, `../init.d/${name}`)),
      ]
  }
}

/** The target of the link is the unit itself, wherever it is. */
function unitPath({ isPackaged, name }: Wanted, packagedUnits: string): string {
  return isPackaged ? `${packagedUnits}/${name}.service` : `${UNITS}/${name}.service`
}

/** Where this machine's additions go. */
export function additionsPath(init: InitKind, name: ServiceName): string {
  if (init === 'systemd') return `${UNITS}/${name}.service.d/10-ferry.conf`
  return init === 'openrc' ? `/etc/conf.d/${name}` : `/etc/default/${name}`
}

function serviceSteps(wanted: Wanted): Step[] {
  const { init, name, service, isPackaged } = wanted
  const text = TEXTS[name][init]
  const additions = init === 'systemd' ? dropIn(service) : defaults(service)
  const own: Step =
    init === 'systemd'
      ? {
          do: 'file',
          path: `${UNITS}/${name}.service`,
          text: text.replaceAll(`=${PACKAGED_PROGRAM} `, `=${service.program} `),
          mode: 0o644,
        }
      : { do: 'file', path: scriptPath(name), text, mode: 0o755 }
  return [
    ...(isPackaged ? [] : [own]),
    ...(wanted.isShadowed ? [remove(`${UNITS}/${name}.service`)] : []),
    ...(wanted.isShadowed && !wanted.isShared ? [remove(PROGRAM)] : []),
    { do: 'file', path: additionsPath(init, name), text: additions, mode: 0o644 },
  ]
}

/** In the order in which they are carried out: each one is of use without the next. */
export function installSteps(wanted: Wanted): Step[] {
  const { init, name, self, service, stateDir, keyFile, notYet } = wanted
  const { user, program, credential } = service
  const target = unitPath(wanted, '/lib/systemd/system')
  const links: Step[] = wanted.hasBootOrder
    ? [{ do: 'boot order', name }]
    : bootLinks(wanted).map((step) =>
        init === 'systemd' && step.do === 'link' ? { ...step, to: target } : step,
      )
  const keyOwner = credential === undefined ? user : 'root'
  const mine = (path: string, mode: number, isOurs: boolean): Step => ({
    ...{ do: 'directory', path, owner: user, mode, isOurs },
  })
  return [
    ...(wanted.isHandedOver ? [{ do: 'no service', init, name } as const] : []),
    ...(user === 'ferry' ? [{ do: 'user', name: user, home: STATE_DIR } as const] : []),
    ...(program === PROGRAM ? [{ do: 'executable', from: self, path: program } as const] : []),
    ...(service.isReceiver ? [] : [mine(stateDir, 0o700, true)]),
    ...wanted.directories.map((path) => mine(path, 0o755, false)),
    ...(service.isReceiver
      ? []
      : [{ do: 'access', path: CONFIG_DIR, owner: 'root', mode: 0o755 } as const]),
    ...(keyFile === undefined
      ? []
      : [{ do: 'access', path: keyFile, owner: keyOwner, mode: 0o600 } as const]),
    ...serviceSteps(wanted),
    ...(notYet === ''
      ? [...links, { do: 'service', init, name, program, isStale: wanted.isStale } as const]
      : [{ do: 'say', text: `not enabled, not started: ${notYet}` } as const]),
  ]
}

export interface Unwanted extends Where {
  readonly isPackaged: boolean
  readonly isShadowed: boolean
  readonly isShared: boolean
  /** Configuration and journal too. */
  readonly purge: boolean
}

/** Data, and a receiver's store, are never among them. */
export function uninstallSteps(unwanted: Unwanted): Step[] {
  const { init, name, isShared, purge } = unwanted
  const isPackaged = unwanted.isPackaged && !unwanted.isShadowed
  const own = init === 'systemd' ? `${UNITS}/${name}.service` : scriptPath(name)
  const additions = additionsPath(init, name)
  const isAgent = name === 'ferry-agent'
  const kept = isAgent ? `${CONFIG_DIR} and ${STATE_DIR} stay (--purge removes them)` : ''
  const all = isAgent && purge
  return [
    { do: 'no service', init, name },
    ...(unwanted.hasBootOrder ? [{ do: 'no boot order', name } as const] : []),
    ...bootLinks(unwanted).map((step) => remove(step.do === 'link' ? step.path : '')),
    remove(additions),
    ...(init === 'systemd' ? [remove(additions.slice(0, additions.lastIndexOf('/')))] : []),
    ...(isPackaged ? [] : [remove(own)]),
    ...(isPackaged || isShared ? [] : [remove(PROGRAM)]),
    ...(all ? [remove(CONFIG_DIR, true), remove(STATE_DIR, true)] : []),
    ...(!all && kept !== '' ? [{ do: 'say', text: kept } as const] : []),
    { do: 'say', text: isAgent ? 'no data was touched' : 'the store was not touched' },
  ]
}
