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

function sync(path: string): void {
  const fd = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** Durable when it returns, with exactly this mode; its folder is made. Fails with the system's error. */
export function writeSmallFile(path: string, text: string, mode = 0o600): void {
  const folder = dirname(path)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const temporary = `${path}.new`
  fs.writeFileSync(temporary, text, { mode: 0o600 })
  fs.chmodSync(temporary, mode)
  sync(temporary)
  fs.renameSync(temporary, path)
  sync(folder)
}
