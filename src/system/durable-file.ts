/** A small file that is either what it was or what it is to be, also after a loss of power. */
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../errors.ts'

/** '' where there is none. Fails with the system's error. */
export function readSmallFile(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}

/** What was written or renamed there is durable when it returns. Fails with the system's error. */
export function syncPath(path: string): void {
  const fd = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/**
 * `fill` makes the new file under the name it is given; it stands in the old one's place, durable,
 * when this returns. Fails with the system's error.
 */
export function replaceDurably(
  path: string,
  fill: (temporary: string) => void,
  suffix = '.new',
): void {
  const temporary = `${path}${suffix}`
  fs.rmSync(temporary, { force: true })
  fill(temporary)
  syncPath(temporary)
  fs.renameSync(temporary, path)
  syncPath(dirname(path))
}

/** For its owner alone; what is missing above it, for everyone to pass through. */
export function makePrivateFolder(path: string): void {
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
  fs.mkdirSync(path, { recursive: true, mode: 0o700 })
}

/**
 * Durable when it returns, with exactly this mode. Root gives it to the owner of `like`, who is to read
 * it; nothing that somebody else put in its way is followed. Fails with the system's error.
 */
export function replaceText(path: string, text: string, like?: string, mode = 0o600): void {
  replaceDurably(path, (temporary) => {
    const fd = fs.openSync(temporary, 'wx', 0o600)
    try {
      fs.writeFileSync(fd, text)
      if (like !== undefined && process.getuid?.() === 0) {
        const { uid, gid } = fs.statSync(like)
        fs.fchownSync(fd, uid, gid)
      }
      fs.fchmodSync(fd, mode)
    } finally {
      fs.closeSync(fd)
    }
  })
}

/** As `replaceText`, for this user; its folder is made. */
export function writeSmallFile(path: string, text: string, mode = 0o600): void {
  makePrivateFolder(dirname(path))
  replaceText(path, text, undefined, mode)
}
