/** Which directories are sent from, and which must not be. Pure. */
import { type BytePath, display, fromText, relativeTo } from '../byte-path.ts'
import type { Machine, RootConfig } from './config.ts'
import type { Values } from './values.ts'

/** `~`, `.` and doubled or trailing slashes; the rest is as written. */
export function absolute(path: string, home: string): string {
  const expanded = path === '~' || path.startsWith('~/') ? home + path.slice(1) : path
  const parts = expanded.split('/').filter((part) => part !== '' && part !== '.')
  return expanded.startsWith('/') ? `/${parts.join('/')}` : expanded
}

const captureRoot = (path: string): RootConfig => ({
  path: fromText(path),
  include: [],
  exclude: [],
  afterUpload: 'delete',
  isCapture: true,
})

/** The default may have moved: what lies in the old place is sent too, where it exists. */
function captureRoots(values: Values, machine: Machine, isViam: boolean): RootConfig[] {
  const given = values['capture_dir'] as string | undefined
  if (given !== undefined) return [captureRoot(absolute(given, machine.home))]
  const old = `${machine.home}/.viam/capture`
  if (machine.viamHome === '') return isViam || machine.exists(old) ? [captureRoot(old)] : []
  const moved = absolute(`${machine.viamHome}/capture`, machine.home)
  return [
    ...(isViam || machine.exists(moved) ? [captureRoot(moved)] : []),
    ...(moved !== old && machine.exists(old) ? [captureRoot(old)] : []),
  ]
}

/** The data manager takes paths that hold each other; the outer one is enough. */
function withoutInner(roots: readonly RootConfig[]): RootConfig[] {
  const holds = (outer: RootConfig, inner: RootConfig) =>
    relativeTo(outer.path, inner.path) !== undefined
  return roots.filter(
    (root, index) =>
      !roots.some((other, at) =>
        other.path === root.path ? at < index : at !== index && holds(other, root),
      ),
  )
}

/** In the order in which they are looked at. `isViam`: the data manager's own words. */
export function collectRoots(values: Values, machine: Machine, isViam: boolean): RootConfig[] {
  const extra = (values['additional_sync_paths'] ?? []) as readonly RootConfig[]
  const expand = (path: BytePath) =>
    Buffer.from(absolute(Buffer.from(path, 'latin1').toString('utf8'), machine.home)).toString(
      'latin1',
    ) as BytePath
  const roots = [
    ...captureRoots(values, machine, isViam),
    ...extra.map((root) => ({ ...root, path: expand(root.path) })),
  ]
  return isViam ? withoutInner(roots) : roots
}

type Report = (key: string, value: unknown, problem: string, hint: string) => void

/** Roots must not hold each other, nor what Ferry itself writes. */
export function checkRoots(
  roots: readonly RootConfig[],
  own: readonly [string, string][],
  report: Report,
) {
  roots.forEach((root, index) => {
    const key = root.isCapture ? 'capture_dir' : 'additional_sync_paths'
    const name = display(root.path)
    if (root.path.split('/').includes('..'))
      report(key, name, 'has a ".." in it', 'name it directly')
    if (!root.path.startsWith('/')) report(key, name, 'is not an absolute path', `/${name}`)
    const other = roots.find(
      (one, at) => at !== index && relativeTo(one.path, root.path) !== undefined,
    )
    if (other !== undefined && (other.path !== root.path || roots.indexOf(other) < index)) {
      report(key, name, `lies inside the root ${display(other.path)}`, 'name one of the two')
    }
    for (const [what, path] of own) {
      if (relativeTo(root.path, fromText(path)) === undefined) continue
      report(key, name, `holds ${what} ${path}, which must not be sent`, 'move one of the two')
    }
  })
}
