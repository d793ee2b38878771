/** Opens a directory store on this machine's disk, under its lock. */
import { fromText } from '../byte-path.ts'
import {
  type DirectoryStoreOptions,
  openDirectoryStore,
} from '../receive/directory/directory-store.ts'
import type { Store } from '../receive/store.ts'
import { createSystemClock } from '../system/clock.ts'
import { lockFile } from '../system/libc.ts'
import { createPosixFiles } from '../system/posix-files.ts'

type Chosen = Pick<
  DirectoryStoreOptions,
  'floorBytes' | 'allowVolatile' | 'receiptDays' | 'partDays'
>

/** Fails with `ConfigError`, also when a receiver has it. */
export function openLockedStore(path: string, chosen: Chosen): Store {
  return openDirectoryStore({
    ...chosen,
    files: createPosixFiles(),
    clock: createSystemClock(),
    path: fromText(path),
    lock: lockFile,
  })
}
