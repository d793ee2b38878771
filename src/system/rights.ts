/** Root takes the rights of another user for a while, and comes back. */
import { openLibrary } from './library.ts'

const IDS = ['i32', 'i32', 'i32'] as const
const SYMBOLS = {
  setresuid: { args: IDS, returns: 'i32' },
  setresgid: { args: IDS, returns: 'i32' },
} as const

export interface Rights {
  readonly uid: number
  readonly gid: number
  /** undefined: a user without a name, who is in no other group. */
  readonly name: string | undefined
}

const { initgroups: initGroups } = process as unknown as {
  readonly initgroups: (user: string, group: number) => void
}

/**
 * For root alone. The saved user stays root's, so that it can come back. Every thread has the other
 * rights meanwhile: nothing else may go on.
 */
export async function withRights<T>(
  { uid, gid, name }: Rights,
  work: () => Promise<T>,
): Promise<T> {
  const { setresuid, setresgid } = openLibrary(SYMBOLS)
  const groups = process.getgroups?.() ?? []
  try {
    if (name === undefined) process.setgroups?.([gid])
    else initGroups.call(process, name, gid)
    const isTaken = setresgid(gid, gid, 0) === 0 && setresuid(uid, uid, 0) === 0
    if (!isTaken) throw new Error(`the rights of user ${uid} cannot be taken`)
    return await work()
  } finally {
    const isBack = setresuid(0, 0, 0) === 0 && setresgid(0, 0, 0) === 0
    // What goes on as another user than it believes to be does harm.
    if (!isBack) process.abort()
    process.setgroups?.(groups)
  }
}
