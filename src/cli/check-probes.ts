/** What `ferry check` looks at on this machine; nothing is written. */
import { Database } from 'bun:sqlite'
import * as fs from 'node:fs'
import * as os from 'node:os'
import { type BytePath, display, join, toBytes } from '../byte-path.ts'
import type { FerryConfig, RootConfig } from '../config/config.ts'
import { errorCode, errorMessage } from '../errors.ts'
import { JOURNAL_FILE } from '../journal/open-journal.ts'
import { walkRoot } from '../scan/walk.ts'
import { takeReadLease } from '../system/libc.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import type { DiskFacts, JournalFacts, MachineFacts, RootFacts } from './check-rules.ts'
import type { Eyes } from './check-user.ts'

const { R_OK, W_OK, X_OK } = fs.constants
const STICKY = 0o1000
const CAP_LEASE = 28n
const CAP_FOWNER = 3n
/** Looked through below a root; a check is not a scan. */
const MOST_LOOKED_AT = 2_000

export function codeOf(work: () => void): string {
  try {
    work()
    return ''
  } catch (error) {
    return errorCode(error) || 'EIO'
  }
}

/** Whether this process has a capability, by its number. */
function hasCapability(number: bigint): boolean {
  const status = fs.readFileSync('/proc/self/status', 'utf8')
  const set = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  return ((set >> number) & 1n) === 1n
}

const ENOUGH = new Error('enough was looked at')

/** The first directory that is closed to this user, and the first file of some. */
async function lookBelow({ path, afterUpload }: RootConfig) {
  const files = createPosixFiles()
  let closedBelow = ''
  const firsts: BytePath[] = []
  let count = 0
  const root = { fd: files.openRoot(path), path }
  const mode = afterUpload === 'keep' ? R_OK | X_OK : R_OK | W_OK | X_OK
  const closed = (below: BytePath) => {
    if (codeOf(() => fs.accessSync(toBytes(below), mode)) !== '') closedBelow ||= display(below)
  }
  try {
    await walkRoot(files, root, {
      files(directory, chunk) {
        closed(directory)
        count += chunk.length
        const [first] = chunk
        if (first && firsts.length < MOST_LEASES) firsts.push(join(directory, first.name))
      },
      skipped: (below, reason) => {
        if (reason.includes('cannot be read')) closedBelow ||= display(below)
      },
      aside: () => {},
      async breathe() {
        if (count > MOST_LOOKED_AT) throw ENOUGH
      },
    })
  } catch (error) {
    if (error !== ENOUGH) throw error
  } finally {
    files.close(root.fd)
  }
  return { closedBelow, firsts }
}

const MOST_LEASES = 32

/** Of the first file that could be opened. */
function leaseOnOne(paths: readonly BytePath[]): RootFacts['lease'] {
  for (const path of paths) {
    const lease = leaseOn(path)
    if (lease !== 'none') return lease
  }
  return 'none'
}

/** A lease ends with its descriptor; a writer waits for that moment. */
function leaseOn(path: BytePath): RootFacts['lease'] {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants
  try {
    const fd = fs.openSync(toBytes(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      return takeReadLease(fd)
    } finally {
      fs.closeSync(fd)
    }
  } catch {
    return 'none'
  }
}

/** What this user finds there. */
async function lookAt(root: RootConfig) {
  const path = toBytes(root.path)
  const read = codeOf(() => {
    if (!fs.statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    fs.accessSync(path, R_OK | X_OK)
  })
  const stat = read === '' ? fs.statSync(path) : undefined
  const isOwner = stat?.uid === process.getuid?.() || hasCapability(CAP_FOWNER)
  const below = read === '' ? await lookBelow(root) : { closedBelow: '', firsts: [] }
  return {
    ...{ read, ...below },
    write: read || codeOf(() => fs.accessSync(path, W_OK)),
    isSticky: stat !== undefined && (stat.mode & STICKY) !== 0 && !isOwner,
    lease: leaseOnOne(below.firsts),
    mayLease: hasCapability(CAP_LEASE),
  }
}

export async function probeRoot(root: RootConfig, config: FerryConfig, eyes: Eyes) {
  const { firsts, ...seen } = await eyes.look(() => lookAt(root))
  return {
    ...{ path: display(root.path), afterUpload: root.afterUpload, ...seen },
    user: eyes.user?.name ?? 'this user',
    // The service gets the one capability, which root has as well.
    ...(eyes.user?.mayLease && { mayLease: true, lease: leaseOnOne(firsts) }),
    deleteWhenUnsure: config.deleteWhenUnsure,
  } satisfies RootFacts
}

/** The nearest directory that exists: one may be made later. */
function existing(path: string): string {
  let found = path
  while (found !== '/' && !fs.existsSync(found))
    found = found.slice(0, found.lastIndexOf('/')) || '/'
  return found
}

/** The system's code where the agent could not write there; '' where it could. */
export const writeProblem = (path: string) =>
  codeOf(() => fs.accessSync(existing(path), W_OK | X_OK))

/** undefined where it cannot be looked at. */
export function probeDisk(what: string, path: string, mustLast: boolean): DiskFacts | undefined {
  try {
    const usage = fs.statfsSync(existing(path))
    return {
      ...{ what, path, mustLast },
      totalBytes: usage.blocks * usage.bsize,
      availableBytes: usage.bavail * usage.bsize,
      totalInodes: usage.files,
      freeInodes: usage.ffree,
      type: usage.type,
    }
  } catch {
    return undefined
  }
}

export function probeJournal({ stateDir }: FerryConfig): JournalFacts {
  const path = `${stateDir}/${JOURNAL_FILE}`
  let sizeBytes: number | undefined
  try {
    sizeBytes = fs.statSync(path, { throwIfNoEntry: false })?.size
    if (sizeBytes === undefined) return { path, sizeBytes, verdict: '', isCorrupt: false }
    fs.accessSync(path, R_OK)
    const db = new Database(path, { readonly: true })
    try {
      const { quick_check: verdict } = db.query('PRAGMA quick_check(1)').get() as {
        quick_check: string
      }
      return { path, sizeBytes, verdict, isCorrupt: verdict !== 'ok' }
    } finally {
      db.close()
    }
  } catch (error) {
    const isCorrupt = /^SQLITE_(CORRUPT|NOTADB)/.test(errorCode(error))
    return { path, sizeBytes: sizeBytes ?? 0, verdict: errorMessage(error), isCorrupt }
  }
}

/** Byte 4 of an ELF file: 1 for 32 bits. */
function isShell32Bit(): boolean | undefined {
  try {
    const fd = fs.openSync('/bin/sh', 'r')
    const header = new Uint8Array(5)
    fs.readSync(fd, header, 0, header.length, 0)
    fs.closeSync(fd)
    return header[1] === 0x45 ? header[4] === 1 : undefined
  } catch {
    return undefined
  }
}

export const probeMachine = (): MachineFacts => ({
  kernel: os.release(),
  is64Bit: ['arm64', 'x64'].includes(process.arch),
  isShell32Bit: isShell32Bit(),
})
