/** One file as the journal would know it, and what carries it to a destination. */
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import { type Chain, pendingUpload, type Receipt, type Upload } from '../../src/model.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import type { Destination, VersionReader } from '../../src/upload/destination.ts'
import { openVersion } from '../../src/upload/version-source.ts'

const files = createPosixFiles()
const guard = createRootGuard(files, { fact: () => '', setFact: () => {} })
const parts = { files, guard, clock: createSystemClock() }
const never = new AbortController().signal

export function uploadOf(root: string, name: string, more: Partial<Upload> = {}): Upload {
  const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')])
  const stat = fs.lstatSync(path, { bigint: true })
  const file = {
    root: fromText(root),
    path: path.toString('latin1') as Upload['file']['path'],
    dev: stat.dev,
    ino: stat.ino,
    sizeBytes: Number(stat.size),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
  }
  return {
    ...pendingUpload(1, file),
    committedBytes: more.chain?.offsetBytes ?? 0,
    ...more,
  }
}

interface SendOptions {
  readonly signal?: AbortSignal
  readonly onDurable?: (chain: Chain) => void
  readonly onDelivered?: (messages: number) => void
  readonly wrap?: (reader: VersionReader) => VersionReader
  /** Told of each read of the file, and where it began. */
  readonly onRead?: (bytes: number, offsetBytes: number) => void
}

export async function send(
  to: Destination,
  upload: Upload,
  options: SendOptions = {},
): Promise<Receipt> {
  const { onRead } = options
  const watched: typeof files = {
    ...files,
    read(fd, into, offsetBytes) {
      const bytes = files.read(fd, into, offsetBytes)
      onRead?.(bytes, offsetBytes)
      return bytes
    },
  }
  const source = openVersion({ ...parts, files: watched }, upload)
  const { signal = never, wrap = (reader) => reader } = options
  const { onDurable = () => {}, onDelivered = () => {} } = options
  try {
    const hooks = { onDurable, onDelivered, onStep: () => {} }
    return await to.upload(upload, wrap(source), hooks, signal)
  } finally {
    source.close()
  }
}
