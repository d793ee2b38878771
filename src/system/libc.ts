/** The system calls that Bun does not offer, from the C library that the executable runs on. */
import { type dlopen, type Pointer, read } from 'bun:ffi'
import { openLibrary } from './library.ts'

const SYMBOLS = {
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  flock: { args: ['i32', 'i32'], returns: 'i32' },
  syscall: { args: ['i64', 'i32', 'ptr', 'ptr', 'i32'], returns: 'i32' },
  renameat2: { args: ['i32', 'ptr', 'i32', 'ptr', 'u32'], returns: 'i32' },
  openat: { args: ['i32', 'ptr', 'i32', 'u32'], returns: 'i32' },
  linkat: { args: ['i32', 'ptr', 'i32', 'ptr', 'i32'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  sendto: { args: ['i32', 'ptr', 'u64', 'i32', 'ptr', 'u32'], returns: 'i64' },
  bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  listen: { args: ['i32', 'i32'], returns: 'i32' },
  accept4: { args: ['i32', 'ptr', 'ptr', 'i32'], returns: 'i32' },
  connect: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  getsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
  __errno_location: { args: [], returns: 'ptr' },
  posix_fadvise: { args: ['i32', 'i64', 'i64', 'i32'], returns: 'i32' },
  mmap: { args: ['ptr', 'usize', 'i32', 'i32', 'i32', 'i64'], returns: 'ptr' },
  munmap: { args: ['ptr', 'usize'], returns: 'i32' },
  mincore: { args: ['ptr', 'usize', 'ptr'], returns: 'i32' },
  getpagesize: { args: [], returns: 'i32' },
  adjtimex: { args: ['ptr'], returns: 'i32' },
} as const

type Library = ReturnType<typeof dlopen<typeof SYMBOLS>>['symbols']

let loaded: Library | undefined

function libc(): Library {
  loaded ??= openLibrary(SYMBOLS)
  return loaded
}

const LOCK_EXCLUSIVE_NOW = 2 | 4
const F_SETSIG = 10
const F_SETLEASE = 1024
const F_RDLCK = 0
/** Ignored by default, unlike SIGIO, which would end the process when a writer waits. */
const SIGURG = 23
const RENAME_NOREPLACE = 1
const RENAME_EXCHANGE = 2

/** Takes the advisory lock of an open file; false when another process has it. */
export function lockFile(fd: number): boolean {
  return libc().flock(fd, LOCK_EXCLUSIVE_NOW) === 0
}

const EAGAIN = 11

/** What the last failed call left; only right after it. */
export function errnoNow(): number {
  return read.i32(libc().__errno_location() as Pointer, 0)
}

/** The C libraries of older boards have no functions for these two, all kernels have the calls. */
const CALLS = {
  x64: { getdents64: 217, newfstatat: 262 },
  arm64: { getdents64: 61, newfstatat: 79 },
} as const
const { getdents64, newfstatat } = CALLS[process.arch === 'arm64' ? 'arm64' : 'x64']
const AT_SYMLINK_NOFOLLOW = 0x100

/** Puts the next entries of an open directory at an address. Bytes, 0 at the end, -1: see errno. */
export function readEntries(fd: number, address: number, roomBytes: number): number {
  return libc().syscall(getdents64, fd, address as Pointer, roomBytes as Pointer, 0)
}

/** Puts `struct stat` of the name at one address, no link followed, at the other one. */
export function statBeneath(fd: number, name: number, into: number): boolean {
  const { syscall } = libc()
  return syscall(newfstatat, fd, name as Pointer, into as Pointer, AT_SYMLINK_NOFOLLOW) === 0
}

/** granted: no process has the file open for writing; refused: one has; unsupported: cannot tell. */
export function takeReadLease(fd: number): 'granted' | 'refused' | 'unsupported' {
  const { fcntl } = libc()
  if (fcntl(fd, F_SETSIG, SIGURG) !== 0) return 'unsupported'
  if (fcntl(fd, F_SETLEASE, F_RDLCK) === 0) return 'granted'
  return errnoNow() === EAGAIN ? 'refused' : 'unsupported'
}

const O_CLOEXEC = 0o2000000
const OWNERS_ALONE = 0o600

/** Opens what has the name at an address; a file that is made is its owner's. Negative: it failed. */
export function openBeneath(fd: number, name: number, flags: number): number {
  return libc().openat(fd, name as Pointer, flags | O_CLOEXEC, OWNERS_ALONE)
}

/** Renames without replacing, from one address to another. False: it failed, for whatever reason. */
export function renameBeneath(fd: number, name: number, to: number, newName: number): boolean {
  const { renameat2 } = libc()
  return renameat2(fd, name as Pointer, to, newName as Pointer, RENAME_NOREPLACE) === 0
}

/** Gives a file another name, from one address to another. False: it failed, for whatever reason. */
export function linkBeneath(fd: number, name: number, to: number, newName: number): boolean {
  return libc().linkat(fd, name as Pointer, to, newName as Pointer, 0) === 0
}

/** Each name gets what the other one had, at once. False: it failed, and nothing changed. */
export function exchangeNames(one: Uint8Array, other: Uint8Array): boolean {
  const current = -100
  return libc().renameat2(current, one, current, other, RENAME_EXCHANGE) === 0
}

const AF_UNIX = 1
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const MSG_NOSIGNAL = 0x4000
const SOL_SOCKET = 1
const SO_PEERCRED = 17
/** Who asks goes away at once, so few ever wait. */
const BACKLOG = 128
/** Of `sockaddr_un.sun_path`, with the zero that ends a path. */
const LONGEST_SOCKET_NAME = 108

/** `struct sockaddr_un`; `@name` is an abstract one. undefined: it is too long. */
function socketAddress(name: string): Buffer | undefined {
  const path = Buffer.from(name.replace(/^@/, '\0'))
  if (path.length === 0 || path.length >= LONGEST_SOCKET_NAME) return undefined
  const address = Buffer.alloc(2 + path.length + (path[0] === 0 ? 0 : 1))
  address.writeUInt16LE(AF_UNIX)
  path.copy(address, 2)
  return address
}

/** A descriptor that is closed afterwards; `failed` where there is none. */
function withSocket<T>(type: number, failed: T, work: (fd: number) => T): T {
  const { socket, close } = libc()
  const fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
  if (fd < 0) return failed
  try {
    return work(fd)
  } finally {
    close(fd)
  }
}

/**
 * Sends one datagram to a unix socket; `@name` is an abstract one. It never waits. False: it was
 * not sent, for whatever reason.
 */
export function sendDatagram(name: string, text: string): boolean {
  const address = socketAddress(name)
  if (address === undefined) return false
  const bytes = Buffer.from(text)
  return withSocket(SOCK_DGRAM, false, (fd) => {
    const length = BigInt(bytes.length)
    const sent = libc().sendto(fd, bytes, length, MSG_NOSIGNAL, address, address.length)
    return Number(sent) === bytes.length
  })
}

/** Takes an abstract name, which goes when the process ends. A descriptor; undefined: it is taken. */
export function takeName(name: string): number | undefined {
  const address = socketAddress(`@${name}`)
  const { socket, bind, listen, close } = libc()
  const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
  if (address && fd >= 0 && bind(fd, address, address.length) === 0) {
    if (listen(fd, BACKLOG) === 0) return fd
  }
  if (fd >= 0) close(fd)
  return undefined
}

export function closeDescriptor(fd: number): void {
  libc().close(fd)
}

/** Takes what is in the queue of a name that is held: those who asked have their answer. */
export function dropVisitors(fd: number): void {
  const { accept4, close } = libc()
  for (;;) {
    const visitor = accept4(fd, null, null, SOCK_CLOEXEC)
    if (visitor < 0) return
    close(visitor)
  }
}

/** Whose process holds an abstract name, by the kernel's word; undefined: nobody who listens. */
export function holderOf(name: string): { pid: number; uid: number } | undefined {
  const address = socketAddress(`@${name}`)
  if (address === undefined) return undefined
  return withSocket(SOCK_STREAM, undefined, (fd) => {
    const { connect, getsockopt } = libc()
    if (connect(fd, address, address.length) !== 0) return undefined
    const credentials = new Int32Array(3)
    const size = new Int32Array([credentials.byteLength])
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, size) !== 0) return undefined
    const [pid = 0, uid = 0] = credentials
    return { pid, uid: uid >>> 0 }
  })
}

const FADV_DONTNEED = 4
const PROT_READ = 1
const MAP_SHARED = 1
const MAP_FAILED = -1

/**
 * Asks the kernel to forget what it holds of a file that was synced, and looks whether it did: bytes
 * that are still in memory, undefined where that cannot be told.
 */
export function dropCached(fd: number, sizeBytes: number): number | undefined {
  const { posix_fadvise: advise, mmap, munmap, mincore, getpagesize } = libc()
  advise(fd, 0, 0, FADV_DONTNEED)
  const address = mmap(null, sizeBytes, PROT_READ, MAP_SHARED, fd, 0)
  if (address === null || Number(address) === MAP_FAILED) return undefined
  const pageBytes = getpagesize()
  const resident = new Uint8Array(Math.ceil(sizeBytes / pageBytes))
  const isTold = mincore(address, sizeBytes, resident) === 0
  munmap(address, sizeBytes)
  if (!isTold) return undefined
  return resident.reduce((pages, one) => pages + (one & 1), 0) * pageBytes
}

/** `struct timex` is smaller on every machine. */
const TIMEX_BYTES = 512
const TIME_ERROR = 5

/** Whether the kernel's clock is kept right by anything; undefined where it does not tell. */
export function isClockSynchronised(): boolean | undefined {
  const state = libc().adjtimex(new Uint8Array(TIMEX_BYTES))
  return state < 0 ? undefined : state !== TIME_ERROR
}
