/** Opens what lies below a root, one component at a time, so that no link leads out of it. */
import { type BytePath, baseName, components, parentOf, relativeTo } from '../byte-path.ts'
import type { Fd, Files } from './files.ts'

/** Ferry's own folder beside a file: where its name is put before it is deleted. Never sent from. */
export const ASIDE_DIRECTORY = '.ferry-aside' as BytePath
/** Before a name that is put aside where it is, because a full disk has no room for the folder. */
const ASIDE_PREFIX = '.ferry-aside.'

export const besideName = (name: BytePath) => `${ASIDE_PREFIX}${name}` as BytePath
/** The name that a name put aside had; undefined: it is none. */
export const nameBeside = (name: BytePath) =>
  name.startsWith(ASIDE_PREFIX) && name !== ASIDE_PREFIX
    ? (name.slice(ASIDE_PREFIX.length) as BytePath)
    : undefined

/** Where files of a capture directory go that cannot be decoded; Viam's name for it. */
export const FAILED_DIRECTORY = 'failed' as BytePath
/** The same in any other root, where a folder called `failed` is the user's own. */
export const QUARANTINE_DIRECTORY = '.ferry-failed' as BytePath
/** Begins the name of a folder that `ferry bench` makes, and removes again. Never sent from. */
export const SCRATCH_PREFIX = '.ferry-bench-'
/** Ends the name of the file that says why. */
export const REASON_SUFFIX = '.ferry-reason.json'

/**
 * The directory reached from another one, component by component; the caller closes it. `before` runs
 * ahead of each opening. Throws as the system does.
 */
export function descend(
  files: Files,
  from: Fd,
  segments: readonly BytePath[],
  before: (directory: Fd, segment: BytePath) => void = () => {},
): Fd {
  let fd = files.openDirectoryAt(from, '.' as BytePath)
  for (const segment of segments) {
    try {
      before(fd, segment)
      const next = files.openDirectoryAt(fd, segment)
      files.close(fd)
      fd = next
    } catch (error) {
      files.close(fd)
      throw error
    }
  }
  return fd
}

/** The directory of a path below a root. The caller closes it. Throws as the system does. */
export function openParent(files: Files, root: { fd: Fd; path: BytePath }, path: BytePath): Fd {
  const relative = relativeTo(root.path, path)
  if (relative === undefined || relative === '') throw new Error('the path lies outside its root')
  return descend(files, root.fd, components(parentOf(relative)))
}

/** Runs `work` on the file's directory and name, and closes the directory after it. */
export function withParent<T>(
  files: Files,
  root: { fd: Fd; path: BytePath },
  path: BytePath,
  work: (directory: Fd, name: BytePath) => T,
): T {
  const directory = openParent(files, root, path)
  try {
    return work(directory, baseName(path))
  } finally {
    files.close(directory)
  }
}
