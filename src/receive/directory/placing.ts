/** Gives a verified file its name: never replaces, and never keeps the same bytes of a path twice. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import type { Clock } from '../../system/clock.ts'
import type { Fd, Files } from '../../system/files.ts'
import { storeSegments, versionName } from '../names.ts'
import type { Publication } from '../store.ts'
import type { Folders } from './folders.ts'

export interface PlacingParts {
  readonly files: Files
  readonly root: Fd
  readonly folders: Folders
  readonly clock: Clock
}

const COMPARE_BYTES = 1 << 20
/** Names tried before giving up: two are needed unless somebody changes the store by hand. */
const MOST_NAMES = 20

async function sameContent({ files, clock }: PlacingParts, a: Fd, b: Fd, sizeBytes: number) {
  const left = new Uint8Array(Math.min(COMPARE_BYTES, Math.max(sizeBytes, 1)))
  const right = new Uint8Array(left.length)
  for (let at = 0; at < sizeBytes; ) {
    const count = files.read(a, left, at)
    const other = files.read(b, right.subarray(0, count), at)
    if (count === 0 || other !== count) return false
    if (Buffer.compare(left.subarray(0, count), right.subarray(0, count)) !== 0) return false
    at += count
    if (sizeBytes > COMPARE_BYTES) await clock.sleep(0)
  }
  return true
}

async function holds(parts: PlacingParts, location: BytePath, content: Fd, sizeBytes: number) {
  const { files, root } = parts
  const stat = files.statAt(root, location)
  if (stat?.kind !== 'file' || stat.sizeBytes !== sizeBytes) return false
  const fd = files.openFileAt(root, location)
  try {
    return await sameContent(parts, fd, content, sizeBytes)
  } finally {
    files.close(fd)
  }
}

/** The plain name, the version's, and numbered ones up to `most`. */
function* names(
  folder: BytePath,
  segment: string,
  digest: Uint8Array,
  most: number,
): Generator<BytePath> {
  yield `${folder}/${segment}` as BytePath
  const version = versionName(segment, digest)
  yield `${folder}/${version}` as BytePath
  for (let number = 2; number <= most; number++) {
    yield `${folder}/${version}.${number}` as BytePath
  }
}

/**
 * The same bytes stand there already, perhaps from a sync that failed. The staged ones are synced, so
 * they take their place.
 */
function takePlace({ files, root }: PlacingParts, staged: { path: BytePath }, location: BytePath) {
  files.renameAt(root, staged.path, root, location)
  return location
}

/** `staged` is the synced content, whose path is gone afterwards. */
export async function place(
  parts: PlacingParts,
  publication: Publication,
  staged: { readonly path: BytePath; readonly fd: Fd },
): Promise<BytePath> {
  const { files, root } = parts
  const { device, metadata, digest, sizeBytes } = publication
  const segments = storeSegments(metadata.path)
  const folder = parts.folders.ensure([device, 'files', ...segments.slice(0, -1)])
  const plain = segments.at(-1) ?? ''
  const [first, version] = [...names(folder, plain, digest, 1)] as [BytePath, BytePath]
  if (await holds(parts, version, staged.fd, sizeBytes)) return takePlace(parts, staged, version)
  if (files.renameNewAt(root, staged.path, root, first)) return first
  if (await holds(parts, first, staged.fd, sizeBytes)) return takePlace(parts, staged, first)
  for (const location of names(folder, plain, digest, MOST_NAMES)) {
    if (files.renameNewAt(root, staged.path, root, location)) return location
  }
  throw new Error(`no free name in ${parentOf(folder)}`)
}
