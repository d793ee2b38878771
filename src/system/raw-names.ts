/** Names below an open directory by bare system calls: no path through /proc, no new memory. */
import { ptr } from 'bun:ffi'
import type { BytePath } from '../byte-path.ts'
import type { Fd } from './files.ts'
import { linkBeneath, openBeneath, renameBeneath } from './libc.ts'

const LONGEST_PATH_BYTES = 4096

/** Where the system finds a name: good until the next one is put there. */
export interface NamePlace {
  /** Its address; undefined where it is too long for any name. */
  put(name: BytePath): number | undefined
}

export function createNamePlace(): NamePlace {
  const bytes = Buffer.alloc(LONGEST_PATH_BYTES + 1)
  const address = ptr(bytes)
  return {
    put(name) {
      if (name.length > LONGEST_PATH_BYTES) return undefined
      bytes[bytes.write(name, 'latin1')] = 0
      return address
    },
  }
}

/** Each tells whether it was done; if not, it failed for whatever reason and changed nothing. */
interface RawNames {
  /** The descriptor; negative where it failed. */
  open(directory: Fd, name: BytePath, flags: number): number
  link(from: Fd, name: BytePath, to: Fd, newName: BytePath): boolean
  /** Never replaces. */
  renameNew(from: Fd, name: BytePath, to: Fd, newName: BytePath): boolean
}

export function createRawNames(): RawNames {
  const one = createNamePlace()
  const other = createNamePlace()
  const both =
    (change: typeof linkBeneath): RawNames['link'] =>
    (from, name, to, newName) => {
      const [old, fresh] = [one.put(name), other.put(newName)]
      return old !== undefined && fresh !== undefined && change(from, old, to, fresh)
    }
  return {
    open(directory, name, flags) {
      const address = one.put(name)
      return address === undefined ? -1 : openBeneath(directory, address, flags)
    },
    link: both(linkBeneath),
    renameNew: both(renameBeneath),
  }
}
