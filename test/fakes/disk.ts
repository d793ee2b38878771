/** File systems of their own for faults that only root can cause: full, read-only, gone, without power. */
import { dlopen, ptr } from 'bun:ffi'
import * as fs from 'node:fs'
import { onceAfter } from './ends.ts'

/** `_IOR('X', 125, __u32)`, the ioctl EXT4_IOC_SHUTDOWN of linux/fs/ext4/ext4.h. */
const SHUTDOWN = 0x8004587d
/** Nothing more reaches the disk, the file system's own log neither. */
const NO_LOG_FLUSH = 2

const run = (...command: string[]) => Bun.spawnSync(command, { stderr: 'pipe' })

function must(...command: string[]): void {
  const { success, stderr } = run(...command)
  if (!success) throw new Error(`${command.join(' ')}: ${stderr}`)
}

export interface Disk {
  /** Where it is mounted. */
  readonly path: string
  mount(): void
  unmount(): void
  remount(how: 'ro' | 'rw'): void
}

export interface LoopDisk extends Disk {
  /** From here on it fails, and holds what was durable; `unmount` and `mount` bring it back. */
  powerOff(): void
}

function disk(path: string, mount: () => void): Disk {
  const unmount = () => void run('umount', '-l', path)
  onceAfter(unmount)
  return { path, mount, unmount, remount: (how) => must('mount', '-o', `remount,${how}`, path) }
}

/** What is missing for disks of their own; '' when nothing is. */
export function missingForDisks(): string {
  if (process.getuid?.() !== 0) return 'not root'
  for (const program of ['mount', 'umount', 'mkfs.ext4', 'losetup']) {
    if (!Bun.which(program)) return `${program} is missing`
  }
  // A container's root may not mount.
  if (!run('unshare', '-m', 'mount', '-t', 'tmpfs', 'none', '/mnt').success) return 'mount fails'
  return run('losetup', '-f').success ? '' : 'there are no loop devices'
}

/** Mounted at once; it goes away with the test. */
export function memoryDisk(path: string, size: string): Disk {
  const mount = () => must('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'none', path)
  fs.mkdirSync(path, { recursive: true })
  const made = disk(path, mount)
  mount()
  return made
}

/** ext4 in a file beside its mount point, mounted at once; it goes away with the test. */
export function loopDisk(path: string, sizeMiB: number, inodes?: number): LoopDisk {
  const image = `${path}.img`
  const mount = () => must('mount', '-o', 'loop', image, path)
  fs.mkdirSync(path, { recursive: true })
  fs.writeFileSync(image, '')
  fs.truncateSync(image, sizeMiB * 2 ** 20)
  must('mkfs.ext4', '-q', '-m', '0', ...(inodes === undefined ? [] : ['-N', `${inodes}`]), image)
  const made = disk(path, mount)
  mount()
  return { ...made, powerOff: () => shutDown(path) }
}

function shutDown(path: string): void {
  const libc = dlopen('libc.so.6', { ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' } })
  const fd = fs.openSync(path, 'r')
  const failed = libc.symbols.ioctl(fd, SHUTDOWN, ptr(new Uint32Array([NO_LOG_FLUSH])))
  fs.closeSync(fd)
  libc.close()
  if (failed !== 0) throw new Error(`${path} cannot be shut down`)
}

/** Files of nothing until none more can be made; gives what makes room again. */
export function fillInodes(folder: string): () => void {
  const ballast = `${folder}/ballast`
  fs.mkdirSync(ballast)
  for (let number = 0; ; number++) {
    try {
      fs.writeFileSync(`${ballast}/${number}`, '')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      return () => fs.rmSync(ballast, { recursive: true })
    }
  }
}

/** Bytes into this file until not one more fits. */
export function fillBlocks(ballast: string): void {
  const fd = fs.openSync(ballast, 'w')
  for (const piece of [1 << 20, 4096, 1]) {
    try {
      for (;;) fs.writeSync(fd, Buffer.alloc(piece))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
  fs.closeSync(fd)
}
