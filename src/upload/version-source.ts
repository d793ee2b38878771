/** Reads one version through one descriptor, and refuses to pass for it once the file is another. */
import { errorCode, errorMessage, SourceChanged, Transient } from '../errors.ts'
import type { Chain, Digest, FileVersion, Upload } from '../model.ts'
import type { Clock } from '../system/clock.ts'
import { createDigestStream, type DigestStream, digestOf } from '../system/digest.ts'
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

/** Re-read in steps of this, so that other work goes on in between. */
const CATCH_UP_BYTES = 1 << 20

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
  return new Transient(`cannot be read (${code}): ${errorMessage(error)}`, { scope: 'file' })
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

function createReader(
  { files, clock }: SourceParts,
  fd: Fd,
  upload: Upload,
  isClosed: () => boolean,
): VersionReader {
  const { file, chain: known } = upload
  /** Not for a file that is read at once. */
  let stream: DigestStream | undefined
  const digest = () => (stream ??= createDigestStream())
  const chains: Chain[] = []
  /** The digest of a file that was read at once. */
  let whole: Digest | undefined
  const take = (bytes: Uint8Array) => {
    digest().update(bytes)
    if (chains.at(-1)?.offsetBytes === digest().boundary.offsetBytes) return
    chains.push(digest().boundary)
    if (chains.length > REMEMBERED_CHAINS) chains.shift()
  }
  const check = () => {
    if (isClosed()) throw new SourceChanged('vanished')
    if (!isVersion(files.stat(fd), file)) throw new SourceChanged('rewritten')
  }
  const readAt = (offsetBytes: number, into: Uint8Array) => {
    if (isClosed()) throw new SourceChanged('vanished')
    const wanted = into.subarray(0, Math.max(0, file.sizeBytes - offsetBytes))
    let done = 0
    while (done < wanted.length) {
      const count = files.read(fd, wanted.subarray(done), offsetBytes + done)
      if (count === 0) throw new SourceChanged('rewritten')
      done += count
    }
    return wanted
  }
  const advanceTo = async (offsetBytes: number) => {
    const buffer = new Uint8Array(Math.min(CATCH_UP_BYTES, offsetBytes - digest().offsetBytes))
    while (digest().offsetBytes < offsetBytes) {
      if (isClosed()) throw new SourceChanged('vanished')
      const room = buffer.subarray(0, offsetBytes - digest().offsetBytes)
      take(attempt(() => readAt(digest().offsetBytes, room)))
      await clock.sleep(0)
    }
  }
  return {
    async read(offsetBytes, into) {
      const bytes = attempt(() => readAt(offsetBytes, into))
      if (offsetBytes === 0 && bytes.length === file.sizeBytes) whole = digestOf(bytes)
      else if (offsetBytes <= digest().offsetBytes) {
        take(bytes.subarray(Math.min(digest().offsetBytes - offsetBytes, bytes.length)))
      }
      return bytes.length
    },
    async prefixDigest(offsetBytes) {
      if (offsetBytes > file.sizeBytes) {
        throw new Transient('the receiver named an offset that cannot be', { scope: 'file' })
      }
      attempt(check)
      const start: Chain | undefined = known && known.offsetBytes <= offsetBytes ? known : undefined
      stream = createDigestStream(start)
      await advanceTo(offsetBytes)
      return digest().digest()
    },
    chainAt: (offsetBytes) => chains.find((chain) => chain.offsetBytes === offsetBytes),
    async complete() {
      if (!whole && digest().offsetBytes < file.sizeBytes) await advanceTo(file.sizeBytes)
      attempt(check)
      return whole ?? digest().digest()
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
