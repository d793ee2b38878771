/** One pass over a root by directory descriptors: depth first, in byte order, never through a link. */
import { type BytePath, join } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import { ASIDE_DIRECTORY, nameBeside } from '../system/beneath.ts'
import type { Fd, FileStat, Files, IsSettled } from '../system/files.ts'

export interface WalkedFile {
  readonly name: BytePath
  readonly stat: FileStat
}

/** A look at one directory, for who remembers which files need none. */
export interface WalkedDirectory {
  readonly isSettled: IsSettled
  readonly leave: () => void
}

export interface Walk {
  /** Begins one; what is settled there is not in `files`. A directory that cannot be read is not left. */
  readonly enter?: (directory: BytePath) => WalkedDirectory
  /** Files of one directory, at most `CHUNK_FILES` at a time, in byte order. */
  readonly files: (directory: BytePath, files: readonly WalkedFile[]) => void
  /** A name that is neither a file nor a directory to look into, and why. */
  readonly skipped: (path: BytePath, reason: string) => void
  /** The directory holds what an interrupted deletion put aside: the folder, or a name beside it. */
  readonly aside: (directory: Fd, path: BytePath, held: BytePath) => void
  /** Called between chunks; lets other work go on, and ends the walk by throwing. */
  readonly breathe: () => Promise<void>
}

/** Bounds what a flat directory of a million files needs at once. */
const CHUNK_FILES = 1024
/** Deeper ones are skipped with a reason: each level holds a descriptor. */
const DEEPEST = 256
const LONGEST_PATH_BYTES = 4096

const KIND_REASONS = {
  symlink: 'a symbolic link',
  fifo: 'a named pipe',
  socket: 'a socket',
  device: 'a device',
} as const

/** Reads a directory that may vanish or be closed to us while we look. */
function tryTo<T>(work: () => T): T | string {
  try {
    return work()
  } catch (error) {
    return errorCode(error) || 'failed'
  }
}

interface Level {
  readonly fd: Fd
  readonly path: BytePath
  readonly depth: number
}

/** In byte order; a text when it fails. */
async function list(files: Files, walk: Walk, fd: Fd, isSettled: IsSettled | undefined) {
  const names: BytePath[] = []
  for (;;) {
    const goesOn = tryTo(() => files.siftAt(fd, names, isSettled))
    if (typeof goesOn === 'string') return goesOn
    if (!goesOn) return names.sort()
    await walk.breathe()
  }
}

function createWalker(files: Files, walk: Walk) {
  const enter = async (parent: Level, name: BytePath): Promise<void> => {
    const path = join(parent.path, name)
    if (parent.depth >= DEEPEST) return walk.skipped(path, 'nested too deeply')
    const fd = tryTo(() => files.openDirectoryAt(parent.fd, name))
    if (typeof fd === 'string') {
      if (fd !== 'ENOENT') walk.skipped(path, `directory cannot be read (${fd})`)
      return
    }
    try {
      await visit({ fd, path, depth: parent.depth + 1 })
    } finally {
      files.close(fd)
    }
  }
  const undo = (level: Level, held: BytePath) => {
    const failure = tryTo(() => walk.aside(level.fd, level.path, held))
    if (typeof failure !== 'string') return
    const path = join(level.path, held)
    walk.skipped(path, `an interrupted deletion cannot be undone (${failure})`)
  }
  const lookAt = (level: Level, name: BytePath): FileStat | undefined => {
    const path = join(level.path, name)
    const stat = tryTo(() => files.statAt(level.fd, name))
    if (typeof stat === 'string') walk.skipped(path, `cannot be looked at (${stat})`)
    else if (stat?.kind === 'file' && path.length >= LONGEST_PATH_BYTES) {
      walk.skipped(path, 'its path is longer than 4096 bytes')
    } else if (stat?.kind === 'file' || stat?.kind === 'directory') return stat
    else if (stat !== undefined) walk.skipped(path, KIND_REASONS[stat.kind])
    return undefined
  }
  const visit = async (level: Level): Promise<void> => {
    const directory = walk.enter?.(level.path)
    const names = await list(files, walk, level.fd, directory?.isSettled)
    if (typeof names === 'string') {
      return walk.skipped(level.path, `directory cannot be read (${names})`)
    }
    let chunk: WalkedFile[] = []
    const flush = async () => {
      if (chunk.length > 0) walk.files(level.path, chunk)
      chunk = []
      await walk.breathe()
    }
    for (const name of names) {
      const stat = lookAt(level, name)
      if (stat === undefined) continue
      if (stat.kind === 'file' && nameBeside(name) !== undefined) undo(level, name)
      else if (stat.kind === 'file') chunk.push({ name, stat })
      else if (name === ASIDE_DIRECTORY) undo(level, name)
      else {
        await flush()
        await enter(level, name)
      }
      if (chunk.length >= CHUNK_FILES) await flush()
    }
    await flush()
    directory?.leave()
  }
  return { visit }
}

/** The caller opens and closes the root. Errors below it are reported, not thrown. */
export async function walkRoot(
  files: Files,
  root: { readonly fd: Fd; readonly path: BytePath },
  walk: Walk,
): Promise<void> {
  await createWalker(files, walk).visit({ ...root, depth: 0 })
}
