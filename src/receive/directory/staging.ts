/** Content on its way: `<device>/meta/staging/<number>`, nameless for everybody else. */
import type { BytePath } from '../../byte-path.ts'
import type { Output } from '../captured/output.ts'
import { createDigesting } from '../digesting.ts'
import type { Staging } from '../store.ts'
import { unlinkIfThere } from './names-at.ts'
import { partPath, partsFolder } from './parts.ts'
import type { PlacingParts } from './placing.ts'

export const stagingFolder = (device: string) => [device, 'meta', 'staging']

/** After so many bytes others get their turn. */
const TURN_BYTES = 4 << 20

export interface StagingArea {
  open(device: string): Staging
  /** Resolves with the path of the output's bytes, which are durable then. */
  stage(device: string, output: Output): Promise<BytePath>
}

/** What another run left has no owner: the first use of a device's folder in this run empties it. */
export function createStagingArea(parts: PlacingParts): StagingArea {
  const { files, root, folders, clock } = parts
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
  const fill = async (fd: number, content: Iterable<Uint8Array>) => {
    let size = 0
    let turn = 0
    for (const chunk of content) {
      if (chunk.length > 0) files.write(fd, chunk, size)
      size += chunk.length
      turn += chunk.length
      if (turn < TURN_BYTES) continue
      turn = 0
      await clock.sleep(0)
    }
  }
  const remove = (path: BytePath) => {
    unlinkIfThere(files, root, path)
  }
  return {
    open: (device) => openStaging(parts, device, createIn(device)),
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
