/**
 * What a crash of viam-server left among its sequences: at the first look, and only while no viam-server
 * runs, because an open sequence of a live one looks the same.
 */
import { type BytePath, display, join } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import { FAILED_DIRECTORY } from '../system/beneath.ts'
import type { Fd, Files } from '../system/files.ts'
import type { Logger } from '../system/logger.ts'

const FOLDER = 'sequences' as BytePath
const OPEN = '.progseq'

function setAside(files: Files, root: Fd, folder: Fd, name: BytePath): boolean {
  files.makeDirectoryAt(root, FAILED_DIRECTORY)
  const failed = files.openDirectoryAt(root, FAILED_DIRECTORY)
  try {
    files.makeDirectoryAt(failed, FOLDER)
    const target = files.openDirectoryAt(failed, FOLDER)
    try {
      return files.renameNewAt(folder, name, target, name)
    } finally {
      files.close(target)
    }
  } finally {
    files.close(failed)
  }
}

function tidy(files: Files, root: Fd, folder: Fd, say: (name: BytePath, what: string) => void) {
  for (const name of files.listAt(folder)) {
    if (files.statAt(folder, name)?.kind !== 'file') continue
    if (name.endsWith('.tmp')) {
      files.unlinkAt(folder, name)
      say(name, 'a half-written sequence was removed')
    } else if (name.endsWith(OPEN)) {
      const closed = `${name.slice(0, -OPEN.length)}.seq` as BytePath
      if (files.statAt(folder, closed) !== undefined) {
        files.unlinkAt(folder, name)
        say(name, 'a sequence stood twice, open and closed; the closed one stays')
      } else if (setAside(files, root, folder, name)) {
        say(name, 'a sequence that was never closed was moved to failed/')
      }
    }
  }
}

/** Leaves `.seq` files alone, and everything where the capture directory has no sequences. */
export function sweepSequences(files: Files, capture: BytePath, log: Logger): void {
  try {
    const root = files.openRoot(capture)
    try {
      if (files.statAt(root, FOLDER)?.kind !== 'directory') return
      const folder = files.openDirectoryAt(root, FOLDER)
      try {
        tidy(files, root, folder, (name, what) =>
          log.warn(what, { path: display(join(join(capture, FOLDER), name)) }),
        )
      } finally {
        files.close(folder)
      }
    } finally {
      files.close(root)
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    log.warn('the sequences cannot be looked through', { cause: errorCode(error) || String(error) })
  }
}
