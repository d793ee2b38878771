/** Why a state directory is closed to this user: whose it is, and who may look. */
import * as fs from 'node:fs'
import { ConfigError, errorCode } from '../errors.ts'
import { createHost } from '../system/host.ts'

/** The name of a user, else its number. */
export const userName = (uid: number) => createHost('').userName(uid) ?? `#${uid}`

const folderAbove = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'

/** Of the path, or of the nearest folder above that can be looked at; undefined where none is there. */
export function ownerOf(path: string): number | undefined {
  try {
    return fs.statSync(path, { throwIfNoEntry: false })?.uid
  } catch {
    return path === '/' ? undefined : ownerOf(folderAbove(path))
  }
}

/** What this user would have to do to look there, as with `ferry status`. */
function stateRefusal(stateDir: string, command: string): ConfigError {
  const owner = userName(ownerOf(stateDir) ?? 0)
  const problem = `belongs to ${owner}, and is closed to ${userName(process.getuid?.() ?? 0)}`
  const user = owner === 'root' ? '' : `; or as its user: sudo -u '${owner}' ferry ${command}`
  const hint = `use sudo: sudo ferry ${command}${user}`
  return new ConfigError([{ key: 'state_dir', value: stateDir, problem, hint }])
}

/** Fails with `ConfigError` where the system refuses this user; else as the work does. */
export function withStateAccess<T>(stateDir: string, command: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errorCode(error))) throw error
    throw stateRefusal(stateDir, command)
  }
}
