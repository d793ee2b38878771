/** Content on its way: `<device>/meta/staging/<number>`, nameless for everybody else. */
import type { BytePath } from '../../byte-path.ts'
import type { Output, Spill, SpilledFile } from '../captured/output.ts'
import { createDigesting } from '../digesting.ts'
import { Refusal } from '../incoming.ts'
import type { Staging } from '../store.ts'
import { unlinkIfThere } from './names-at.ts'
import { partPath, partsFolder } from './parts.ts'
import type { PlacingParts } from './placing.ts'

export const stagingFolder = (device: string) => [device, 'meta', 'staging']

/** After so many bytes others get their turn, and the room on the disk is looked at again. */
const TURN_BYTES = 1 << 20

export interface StagingArea {
  open(device: string): Staging
  /** Resolves with the path of the output's bytes, which are durable then. */
  stage(device: string, output: Output): Promise<BytePath>
  /** Throws `Refusal` where so many bytes more have no room. */
  checkRoom(sizeBytes: number): void
  /** For one deposit; `discard` removes what was not moved since. */
  spillOf(device: string): { readonly spill: Spill; discard(): void }
}

/** What the staging area asks of the store. */
interface StagingParts extends PlacingParts {
  readonly roomBytes: () => number
}

/** What another run left has no owner: the first use of a device's folder in this run empties it. */
export function createStagingArea(parts: StagingParts): StagingArea {
  const { files, root, folders, clock, roomBytes } = parts
  const emptied = new Set<string>()
  let number = 0
  const empty = (folder: BytePath) => {
    const fd = files.openDirectoryAt(root, folder)
    try {
      for (const name of files.listAt(fd)) files.unlinkAt(fd, name)
    } finally {
      files.close(fd)
    }
  }
  const createIn = (device: string) =>
    folders.within(() => {
      const folder = folders.ensure(stagingFolder(device))
      if (!emptied.has(device)) empty(folder)
      emptied.add(device)
      number += 1
      const path = `${folder}/${number}` as BytePath
      return { path, fd: files.createFileAt(root, path) }
    })
  const checkRoom = (sizeBytes: number) => {
    if (roomBytes() < sizeBytes) throw new Refusal('no-space', 'the receiver has no room', 10_000)
  }
  const fill = async (fd: number, content: Iterable<Uint8Array>) => {
    let size = 0
    let turn = 0
    for (const chunk of content) {
      if (chunk.length > 0) files.write(fd, chunk, size)
      size += chunk.length
      turn += chunk.length
      if (turn < TURN_BYTES) continue
      turn = 0
      checkRoom(TURN_BYTES)
      await clock.sleep(0)
    }
  }
  const remove = (path: BytePath) => {
    unlinkIfThere(files, root, path)
  }
  return {
    open: (device) => openStaging(parts, device, createIn(device)),
    checkRoom,
    spillOf: (device) => {
      const create = () => createIn(device)
      return createSpill(parts, create, checkRoom)
    },
    async stage(device, { content }) {
      const isStaged = 'staged' in content
      const path = isStaged ? content.staged : undefined
      const made = path ? { path, fd: files.openWritableAt(root, path) } : createIn(device)
      try {
        if (!isStaged) await fill(made.fd, content)
        await files.sync(made.fd)
        return made.path
      } catch (error) {
        remove(made.path)
        throw error
      } finally {
        files.close(made.fd)
      }
    },
  }
}

/** Files are open only while something is appended, since there may be one for each date. */
function createSpill(
  { files, root, clock }: PlacingParts,
  create: () => { readonly path: BytePath; readonly fd: number },
  checkRoom: (sizeBytes: number) => void,
) {
  const paths: BytePath[] = []
  const append = (file: SpilledFile | undefined, bytes: Uint8Array): SpilledFile => {
    checkRoom(bytes.length)
    const staged = file?.staged
    const made = staged ? { path: staged, fd: files.openWritableAt(root, staged) } : create()
    if (!staged) paths.push(made.path)
    const before = file?.sizeBytes ?? 0
    try {
      files.write(made.fd, bytes, before)
    } finally {
      files.close(made.fd)
    }
    return { staged: made.path, sizeBytes: before + bytes.length }
  }
  return {
    spill: { append, turn: () => clock.sleep(0) },
    discard() {
      for (const path of paths) unlinkIfThere(files, root, path)
    },
  }
}

function openStaging(
  { files, root, folders }: PlacingParts,
  device: string,
  { path, fd }: { readonly path: BytePath; readonly fd: number },
): Staging {
  const digesting = createDigesting()
  let sizeBytes = 0
  let isOpen = true
  const close = () => {
    if (isOpen) files.close(fd)
    isOpen = false
  }
  return {
    path,
    write(bytes) {
      files.write(fd, bytes, sizeBytes)
      sizeBytes += bytes.length
      digesting.update(bytes)
    },
    sizeBytes: () => sizeBytes,
    digests: () => digesting.finish(),
    toPart(uploadId) {
      folders.ensure(partsFolder(device))
      files.renameAt(root, path, root, partPath(device, uploadId, 0))
      close()
    },
    discard() {
      close()
      unlinkIfThere(files, root, path)
    },
  }
}
