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

function processWrites(processPath: string, wanted: fs.BigIntStats): WriterCheck {
  try {
    for (const number of fs.readdirSync(`${processPath}/fd`)) {
      const stat = fs.statSync(`${processPath}/fd/${number}`, {
        bigint: true,
        throwIfNoEntry: false,
      })
      if (stat?.ino !== wanted.ino || stat.dev !== wanted.dev) continue
      if (opensForWriting(processPath, number)) return 'open'
    }
    return 'none'
  } catch (error) {
    const gone = ['ENOENT', 'ESRCH'].includes(errorCode(error))
    return gone ? 'none' : 'unknown'
  }
}

/** Slow, and blind to what the user may not see: then the answer is `unknown`. */
function lookThroughProcesses(fd: Fd): WriterCheck {
  const wanted = fs.fstatSync(fd, { bigint: true })
  let answer: WriterCheck = 'none'
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const found = processWrites(`/proc/${name}`, wanted)
    if (found === 'open') return 'open'
    if (found === 'unknown') answer = 'unknown'
  }
  return answer
}

/** The lease, when granted, ends with the descriptor. */
export function findWriters(fd: Fd): WriterCheck {
  if (takeReadLease(fd)) return 'none'
  return lookThroughProcesses(fd)
}
