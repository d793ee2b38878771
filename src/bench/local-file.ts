/** Files of one's own that are sent to measure a destination. */
import { type BytePath, fromText } from '../byte-path.ts'
import { pendingUpload, type Upload } from '../model.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { createRootGuard } from '../system/root-guard.ts'
import { openVersion } from '../upload/version-source.ts'
import type { BenchParts } from './disk.ts'

/** An upload of this path, as the agent would have it in its journal. */
export const fileOf = (path: BytePath, sizeBytes: number, mtimeNs: bigint): Upload =>
  pendingUpload(0, { root: path, path, dev: 0n, ino: 0n, sizeBytes, mtimeNs, ctimeNs: 0n })

const NO_MEMORY = { fact: () => '', setFact: () => {} }

/** A file of one's own under the folder, as the agent would find it. */
export function makeFile(
  { scratch, random, clock }: BenchParts,
  name: string,
  sizeBytes: number,
): Upload {
  const files = createPosixFiles()
  const root = fromText(scratch.path)
  const directory = files.openRoot(root)
  const fd = files.createFileAt(directory, fromText(name))
  try {
    const piece = random.bytes(Math.min(sizeBytes, 1 << 16))
    for (let at = 0; at < sizeBytes; at += piece.length) files.write(fd, piece, at)
    const { dev, ino, mtimeNs, ctimeNs } = files.stat(fd)
    const path = fromText(`${scratch.path}/${name}`)
    return {
      ...fileOf(path, sizeBytes, mtimeNs),
      file: { root, path, dev, ino, sizeBytes, mtimeNs, ctimeNs },
      row: Math.floor(clock.monotonicMs()),
    }
  } finally {
    files.close(fd)
    files.close(directory)
  }
}

/** Its bytes, read and looked at as the agent does. The caller closes it. */
export const openLocal = ({ clock }: BenchParts, upload: Upload) => {
  const files = createPosixFiles()
  return openVersion({ files, guard: createRootGuard(files, NO_MEMORY), clock }, upload)
}
