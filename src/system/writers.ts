/** Whether any process has a file open for writing: by a read lease, else by looking through /proc. */
import * as fs from 'node:fs'
import { errorCode } from '../errors.ts'
import type { Fd, WriterCheck } from './files.ts'
import { takeReadLease } from './libc.ts'

const ACCESS_MODE = 0o3

/** True when descriptor `number` of a process was opened for writing. */
function opensForWriting(processPath: string, number: string): boolean {
  const info = fs.readFileSync(`${processPath}/fdinfo/${number}`, 'latin1')
  const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '2', 8)
  return (flags & ACCESS_MODE) !== fs.constants.O_RDONLY
}

const isGone = (error: unknown) => ['ENOENT', 'ESRCH'].includes(errorCode(error))

function descriptorWrites(path: string, number: string, wanted: fs.BigIntStats): boolean {
  try {
    const stat = fs.statSync(`${path}/fd/${number}`, { bigint: true, throwIfNoEntry: false })
    if (stat?.ino !== wanted.ino || stat.dev !== wanted.dev) return false
    return opensForWriting(path, number)
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

function processWrites(path: string, wanted: fs.BigIntStats): WriterCheck {
  try {
    const numbers = fs.readdirSync(`${path}/fd`)
    return numbers.some((number) => descriptorWrites(path, number, wanted)) ? 'open' : 'none'
  } catch (error) {
    return isGone(error) ? 'none' : 'unknown'
  }
}

/** Slow, and blind to what the user may not see: then the answer is `unknown`. */
function lookThroughProcesses(fd: Fd): WriterCheck {
  const wanted = fs.fstatSync(fd, { bigint: true })
  const names = fs.readdirSync('/proc')
  // Mounted so that processes of others are hidden (hidepid, ProtectProc): they may be writing.
  let answer: WriterCheck = names.includes('1') ? 'none' : 'unknown'
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue
    const found = processWrites(`/proc/${name}`, wanted)
    if (found === 'open') return 'open'
    if (found === 'unknown') answer = 'unknown'
  }
  return answer
}

/** The lease, when granted, ends with the descriptor. */
export function findWriters(fd: Fd): WriterCheck {
  const lease = takeReadLease(fd)
  if (lease === 'granted') return 'none'
  return lease === 'refused' ? 'open' : lookThroughProcesses(fd)
}
