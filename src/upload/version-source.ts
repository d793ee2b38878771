/** Reads one version through one descriptor, and refuses to pass for it once the file is another. */
import { errorCode, SourceChanged, Transient } from '../errors.ts'
import { BLOCK_BYTES, type Chain, type Digest, type FileVersion, type Upload } from '../model.ts'
import type { Clock } from '../system/clock.ts'
import { chained, digestAfter, digestOf, emptyChain } from '../system/digest.ts'
import type { Fd, FileStat, Files } from '../system/files.ts'
import type { RootGuard } from '../system/root-guard.ts'
import type { VersionReader } from './destination.ts'

interface SourceParts {
  readonly files: Files
  readonly guard: RootGuard
  readonly clock: Clock
}

export interface VersionSource extends VersionReader {
  close(): void
}

/** Boundaries remembered: those that can lie between the committed offset and the last byte read. */
const REMEMBERED_CHAINS = 64

const isVersion = (stat: FileStat, file: FileVersion) =>
  stat.kind === 'file' &&
  stat.ino === file.ino &&
  stat.sizeBytes === file.sizeBytes &&
  stat.mtimeNs === file.mtimeNs &&
  stat.ctimeNs === file.ctimeNs

function asFailure(error: unknown): unknown {
  const code = errorCode(error)
  if (['ENOENT', 'ENOTDIR'].includes(code)) return new SourceChanged('vanished')
  if (code === 'ELOOP') return new SourceChanged('rewritten')
  if (code === '') return error
  // The system's own text names a descriptor, and no file that an operator knows.
  const advice = ['EACCES', 'EPERM'].includes(code) ? ": give the agent's user read access" : ''
  return new Transient(`cannot be read (${code})${advice}`, { scope: 'file' })
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw asFailure(error)
  }
}

function openFile({ files, guard }: SourceParts, file: FileVersion): Fd {
  const opened = attempt(() =>
    guard.within(file, (directory, name) => {
      if (files.statAt(directory, name)?.kind !== 'file') throw new SourceChanged('vanished')
      return files.openFileAt(directory, name)
    }),
  )
  if (typeof opened === 'object') throw new Transient(opened.trouble, { scope: 'file' })
  return opened
}

/** Lent to one file at a time: however many are on their way, one block of one is in memory. */
let block: Uint8Array | undefined

const NOTHING = new Uint8Array()

type ReadAt = (offsetBytes: number, into: Uint8Array) => Uint8Array

/**
 * The digest of what was sent, block by block. A block is read again when the last of it was: the
 * system still has it, and holding each file's own until then would take memory for each.
 */
function createHashing(readAt: ReadAt, clock: Clock) {
  let chain = emptyChain()
  let seenBytes = 0
  const passed: Chain[] = []
  const remember = () => {
    passed.push(chain)
    if (passed.length > REMEMBERED_CHAINS) passed.shift()
  }
  const following = (wantedBytes: number) => {
    if (wantedBytes === 0) return NOTHING
    block ??= new Uint8Array(BLOCK_BYTES)
    return readAt(chain.offsetBytes, block.subarray(0, wantedBytes))
  }
  const isPast = (offsetBytes: number) => chain.offsetBytes + BLOCK_BYTES <= offsetBytes
  const step = () => {
    chain = chained(chain, following(BLOCK_BYTES))
    remember()
  }
  return {
    startAt(known: Chain | undefined, offsetBytes: number) {
      chain = known ?? emptyChain()
      seenBytes = chain.offsetBytes
      if (seenBytes < offsetBytes) remember()
    },
    /** These bytes were read just now. */
    saw(offsetBytes: number, bytes: number) {
      if (offsetBytes > seenBytes) return
      seenBytes = Math.max(seenBytes, offsetBytes + bytes)
      while (isPast(seenBytes)) step()
    },
    chainAt: (offsetBytes: number) => passed.find((one) => one.offsetBytes === offsetBytes),
    /** Of the bytes before an offset that is not behind what was seen. Others have turns meanwhile. */
    async digestAt(offsetBytes: number): Promise<Digest> {
      while (isPast(offsetBytes)) {
        step()
        await clock.sleep(0)
      }
      seenBytes = Math.max(seenBytes, offsetBytes)
      return digestAfter(chain, following(offsetBytes - chain.offsetBytes))
    },
  }
}

function createReader(
  { files, clock }: SourceParts,
  fd: Fd,
  { file, chain: known }: Upload,
  isClosed: () => boolean,
): VersionReader {
  /** Of the version as a whole, once it is known. */
  let whole: Digest | undefined
  const check = () => {
    if (isClosed()) throw new SourceChanged('vanished')
    if (!isVersion(files.stat(fd), file)) throw new SourceChanged('rewritten')
  }
  const readAt = (offsetBytes: number, into: Uint8Array) => {
    if (isClosed()) throw new SourceChanged('vanished')
    const wanted = into.subarray(0, Math.max(0, file.sizeBytes - offsetBytes))
    let done = 0
    while (done < wanted.length) {
      const count = attempt(() => files.read(fd, wanted.subarray(done), offsetBytes + done))
      if (count === 0) throw new SourceChanged('rewritten')
      done += count
    }
    return wanted
  }
  const hashing = createHashing(readAt, clock)
  return {
    async read(offsetBytes, into) {
      const bytes = readAt(offsetBytes, into)
      if (offsetBytes === 0 && bytes.length === file.sizeBytes) whole = digestOf(bytes)
      else hashing.saw(offsetBytes, bytes.length)
      return bytes.length
    },
    async prefixDigest(offsetBytes) {
      if (offsetBytes > file.sizeBytes) {
        throw new Transient('the receiver named an offset that cannot be', { scope: 'file' })
      }
      attempt(check)
      hashing.startAt(known && known.offsetBytes <= offsetBytes ? known : undefined, offsetBytes)
      return await hashing.digestAt(offsetBytes)
    },
    chainAt: hashing.chainAt,
    async complete() {
      whole ??= await hashing.digestAt(file.sizeBytes)
      attempt(check)
      return whole
    },
  }
}

/** Fails with `SourceChanged` when the path holds another version now, or none. */
export function openVersion(parts: SourceParts, upload: Upload): VersionSource {
  const { files } = parts
  const fd = openFile(parts, upload.file)
  try {
    if (!isVersion(files.stat(fd), upload.file)) throw new SourceChanged('rewritten')
  } catch (error) {
    files.close(fd)
    throw error
  }
  let isClosed = false
  return {
    ...createReader(parts, fd, upload, () => isClosed),
    close() {
      isClosed = true
      files.close(fd)
    },
  }
}
