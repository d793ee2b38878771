/** Making and removing names of the store without asking first: the question costs as much as the answer. */
import type { BytePath } from '../../byte-path.ts'
import { errorCode } from '../../errors.ts'
import type { Fd, Files } from '../../system/files.ts'

/** Removes the name; nothing happens where there is none. */
export function unlinkIfThere(files: Files, root: Fd, path: BytePath): void {
  try {
    files.unlinkAt(root, path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** A file of its own under the name, whatever stood there: that may have a public name by now. */
export function createAnew(files: Files, root: Fd, path: BytePath): Fd {
  try {
    return files.createFileAt(root, path)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    files.unlinkAt(root, path)
    return files.createFileAt(root, path)
  }
}
