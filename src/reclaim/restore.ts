/** Puts back what was set aside for deletion, without replacing anything. */
import type { BytePath } from '../byte-path.ts'
import { ASIDE_DIRECTORY, nameBeside } from '../system/beneath.ts'
import type { Fd, Files } from '../system/files.ts'

/** Names tried for one whose own is taken; it is sent under that name then. */
const MOST_NAMES = 1000
const LONGEST_NAME_BYTES = 255

function putBack(files: Files, directory: Fd, aside: Fd, held: BytePath): void {
  const name = nameBeside(held) ?? held
  if (files.renameNewAt(aside, held, directory, name)) return
  for (let number = 1; number <= MOST_NAMES; number++) {
    const suffix = `.ferry-restored-${number}`
    const other = `${name.slice(0, LONGEST_NAME_BYTES - suffix.length)}${suffix}` as BytePath
    if (files.renameNewAt(aside, held, directory, other)) return
  }
}

/** Leaves no trace where nothing is set aside. Names that cannot be put back stay where they are. */
export function restoreAside(files: Files, directory: Fd): void {
  if (files.removeDirectoryAt(directory, ASIDE_DIRECTORY)) return
  const aside = files.openDirectoryAt(directory, ASIDE_DIRECTORY)
  try {
    for (const name of files.listAt(aside)) putBack(files, directory, aside, name)
  } finally {
    files.close(aside)
  }
  files.removeDirectoryAt(directory, ASIDE_DIRECTORY)
}

/** The same for a name that was put aside beside itself. */
export function restoreBeside(files: Files, directory: Fd, held: BytePath): void {
  if (files.statAt(directory, held) !== undefined) putBack(files, directory, directory, held)
}

/** Undoes the deletion that left this name, whichever way it was put aside. */
export function undoDeletion(files: Files, directory: Fd, held: BytePath): void {
  if (held === ASIDE_DIRECTORY) restoreAside(files, directory)
  else restoreBeside(files, directory, held)
}
