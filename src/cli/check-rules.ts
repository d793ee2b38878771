/** What `ferry check` makes of what it found: ok, warn or fail, and what to do. Pure. */
import { RAMFS, TMPFS, VOLATILE_TYPES } from '../system/files.ts'
import { formatBytes, formatTime } from '../units.ts'
import { type Finding, fail, ok, warn } from './check-finding.ts'

type Rule<Facts> = (facts: Facts) => Finding[]

export interface RootFacts {
  readonly path: string
  /** Who looked, in words. */
  readonly user: string
  readonly afterUpload: 'delete' | 'keep'
  /** The system's code for reading and for writing in it; '' where it may be done. */
  readonly read: string
  readonly write: string
  /** Others' files cannot be deleted in it by this user. */
  readonly isSticky: boolean
  /** The first directory below that cannot be read or written in; '' where none was met. */
  readonly closedBelow: string
  /** Whether the system can tell who writes to a file of it; none: no file was there to ask about. */
  readonly lease: 'granted' | 'refused' | 'unsupported' | 'none'
  readonly mayLease: boolean
  readonly deleteWhenUnsure: boolean
}

const ACCESS_HINTS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['does not exist', 'create it, or mount its disk'],
  ENOTDIR: ['is not a directory', 'name a directory'],
  EROFS: [
    'is on a file system mounted read-only',
    'mount it for writing, or "after_upload": "keep"',
  ],
}

function accessProblem(code: string, user: string): readonly [string, string] {
  const access = 'give the user of the agent read, write and search access'
  if (code === 'EACCES') return [`cannot be used by ${user}`, access]
  return (
    ACCESS_HINTS[code] ?? [`cannot be used (${code})`, 'look at the disk and at its permissions']
  )
}

/** Whether deletions wait because writers cannot be seen. */
function leaseFindings(root: RootFacts): Finding[] {
  const { path, user, lease, mayLease, deleteWhenUnsure, afterUpload } = root
  if (afterUpload === 'keep' || lease === 'granted' || lease === 'refused') return []
  if (lease === 'none' && mayLease) return []
  if (deleteWhenUnsure) return []
  const says =
    lease === 'none'
      ? `${path}: leases on files of other users need CAP_LEASE, which ${user} has not`
      : `${path}: the system cannot tell who writes to files here, so sent files may stay`
  const hint = 'run the agent with CAP_LEASE (setcap cap_lease+ep), or set delete_when_unsure'
  return [warn('leases', says, hint)]
}

export const rootFindings: Rule<RootFacts> = (root) => {
  const { path, user, afterUpload, read, write, isSticky, closedBelow } = root
  const code = read || (afterUpload === 'delete' ? write : '')
  if (code !== '') {
    const [problem, hint] = accessProblem(code, user)
    return [fail('root', `${path} ${problem}`, hint)]
  }
  const found: Finding[] = []
  if (isSticky && afterUpload === 'delete') {
    const says = `${path} is sticky: files of other users cannot be deleted by ${user}`
    found.push(warn('root', says, 'run the agent as the owner of the files, or chmod -t'))
  }
  if (closedBelow !== '') {
    const hint = 'give the user of the agent access, or exclude it'
    found.push(fail('root', `${closedBelow} below ${path} cannot be used by ${user}`, hint))
  }
  const may = afterUpload === 'delete' ? 'read and deleted from' : 'read'
  const all = [...found, ...leaseFindings(root)]
  return all.length > 0 ? all : [ok('root', `${path} can be ${may}`)]
}

export interface ClockFacts {
  readonly wallMs: number
  /** undefined: the system does not tell. */
  readonly isSynchronised: boolean | undefined
  /** The receiver's certificate; undefined where none was seen. */
  readonly certificate: { readonly fromMs: number; readonly untilMs: number } | undefined
}

/** No board with this program was on before. */
const FIRST_POSSIBLE_MS = Date.UTC(2026, 0, 1)
const SOON_MS = 30 * 86_400_000

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const clockFindings: Rule<ClockFacts> = ({ wallMs, isSynchronised, certificate }) => {
  const set = 'set the clock (timedatectl set-ntp true, or chrony), or add a battery'
  if (certificate && wallMs < certificate.fromMs) {
    const says = `it is ${dayOf(wallMs)} here, before the certificate's first day, ${dayOf(certificate.fromMs)}`
    return [fail('clock', says, set)]
  }
  if (certificate && wallMs > certificate.untilMs) {
    const says = `it is ${dayOf(wallMs)} here, and the receiver's certificate ended on ${dayOf(certificate.untilMs)}`
    return [fail('clock', says, 'renew the certificate, or set the clock')]
  }
  const harmless = 'Ferry works without, but times in logs and of readings are wrong'
  if (wallMs < FIRST_POSSIBLE_MS) {
    return [warn('clock', `it is ${dayOf(wallMs)} here: the clock was never set; ${harmless}`, set)]
  }
  if (certificate && certificate.untilMs - wallMs < SOON_MS) {
    const left = formatTime(certificate.untilMs - wallMs)
    return [warn('clock', `the receiver's certificate ends in ${left}`, 'renew it')]
  }
  if (isSynchronised === false) {
    return [warn('clock', 'nothing keeps the clock right (not synchronised)', set)]
  }
  return [ok('clock', `${dayOf(wallMs)}${isSynchronised ? ', synchronised' : ''}`)]
}

export interface DiskFacts {
  readonly what: string
  readonly path: string
  readonly totalBytes: number
  readonly availableBytes: number
  readonly totalInodes: number
  readonly freeInodes: number
  /** The number of statfs(2). */
  readonly type: number
  /** True for the state directory: what is in memory is gone after a restart. */
  readonly mustLast: boolean
}

const OVERLAY = 0x794c7630
const TYPES: Readonly<Record<number, string>> = {
  [TMPFS]: 'tmpfs',
  [RAMFS]: 'ramfs',
  [OVERLAY]: 'overlay',
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  4076150800: 'f2fs',
  19780: 'vfat',
  538032816: 'exfat',
  1936814952: 'squashfs',
  26985: 'nfs',
  1702057286: 'fuse',
}
const NEARLY_FULL = 0.05
/** No file that is sent lies there, so nothing gets free by itself. */
const FREE_STATE = 'free some: with none left the agent works from memory, until a restart'
const FREE_ROOT = 'what was sent is deleted; else free some'
const LEAST_BYTES = 64 << 20

export const diskFindings: Rule<DiskFacts> = (disk) => {
  const { what, path, totalBytes, availableBytes, totalInodes, freeInodes, type, mustLast } = disk
  const name = TYPES[type] ?? `type 0x${type.toString(16)}`
  const found: Finding[] = []
  const free = `${formatBytes(availableBytes)} of ${formatBytes(totalBytes)} free`
  if (mustLast && VOLATILE_TYPES.includes(type)) {
    const says = `${path} is in memory (${name}): the journal is gone after each restart`
    found.push(warn(what, says, 'set state_dir to a directory on a disk'))
  }
  if (mustLast && type === OVERLAY) {
    const says = `${path} is on an overlay, whose upper part may be in memory`
    found.push(warn(what, says, 'if this board starts read-only, move state_dir to a real disk'))
  }
  if (availableBytes < LEAST_BYTES || availableBytes < totalBytes * NEARLY_FULL) {
    found.push(warn(what, `${path}: only ${free}`, mustLast ? FREE_STATE : FREE_ROOT))
  }
  if (totalInodes > 0 && freeInodes < totalInodes * NEARLY_FULL) {
    const says = `${path}: only ${freeInodes} of ${totalInodes} inodes are free`
    found.push(warn(what, says, 'delete small files: no new one can be made soon'))
  }
  return found.length > 0 ? found : [ok(what, `${path} (${name}): ${free}`)]
}

export interface JournalFacts {
  readonly path: string
  /** undefined: there is none yet. */
  readonly sizeBytes: number | undefined
  /** The answer of quick_check, or why it could not be asked. */
  readonly verdict: string
  /** Not merely closed, or on a disk that is full or failing. */
  readonly isCorrupt: boolean
}

const LARGE_JOURNAL_BYTES = 256 << 20

export const journalFindings: Rule<JournalFacts> = ({ path, sizeBytes, verdict, isCorrupt }) => {
  if (sizeBytes === undefined) return [ok('journal', 'none yet: no agent ran with it')]
  const size = formatBytes(sizeBytes)
  if (/^(EACCES|EPERM)/.test(verdict)) {
    return [fail('journal', `${path} is closed to this user`, 'use sudo: sudo ferry check')]
  }
  if (verdict !== 'ok' && !isCorrupt) {
    const hint = 'is its disk full or failing? The agent works from memory meanwhile'
    return [fail('journal', `${path} cannot be looked into: ${verdict}`, hint)]
  }
  if (verdict !== 'ok') {
    const hint = 'the agent moves a corrupt one aside and builds it anew; look at the disk'
    return [fail('journal', `${path}: ${verdict}`, hint)]
  }
  if (sizeBytes > LARGE_JOURNAL_BYTES) {
    return [warn('journal', `${path} has ${size}`, 'see ferry status for what waits')]
  }
  return [ok('journal', `${path}: ${size}, sound`)]
}

export interface MachineFacts {
  /** As uname tells it. */
  readonly kernel: string
  readonly is64Bit: boolean
  /** undefined where /bin/sh could not be looked at. */
  readonly isShell32Bit: boolean | undefined
}

/** Below the first it does not start everywhere; below the second some promises cost more. */
const FLOOR = [3, 10] as const
const RECOMMENDED = [5, 6] as const

function isBelow(kernel: string, [major, minor]: readonly [number, number]): boolean {
  const [, a = 0, b = 0] = /^(\d+)\.(\d+)/.exec(kernel)?.map(Number) ?? []
  return a < major || (a === major && b < minor)
}

export const machineFindings: Rule<MachineFacts> = ({ kernel, is64Bit, isShell32Bit }) => {
  const found: Finding[] = []
  if (isBelow(kernel, FLOOR)) {
    found.push(fail('kernel', `Linux ${kernel} is older than 3.10`, 'install a newer kernel'))
  } else if (isBelow(kernel, RECOMMENDED)) {
    found.push(warn('kernel', `Linux ${kernel} works; 5.6 or newer is tested more`))
  } else found.push(ok('kernel', `Linux ${kernel}`))
  if (is64Bit && isShell32Bit) {
    const says = 'the programs of this system are 32-bit ones on a 64-bit kernel'
    found.push(
      warn('userland', says, 'Ferry is 64-bit: install the 64-bit image, if anything fails'),
    )
  }
  return found
}
