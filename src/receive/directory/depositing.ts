/** Stores what an upload was taken apart into: bytes, then names, then the record of it. */
import { type BytePath, parentOf } from '../../byte-path.ts'
import type { Output, Spill } from '../captured/output.ts'
import { Refusal } from '../incoming.ts'
import { unlinkIfThere } from './names-at.ts'
import type { PlacingParts } from './placing.ts'
import { type RecordKey, receiptPath, receiptsFolder, writeReceipt } from './receipts.ts'
import type { StagingArea } from './staging.ts'

export interface DepositParts extends PlacingParts {
  readonly staging: StagingArea
  /** Files that have names and no durable record yet. */
  readonly underway: Set<BytePath>
}

export interface Depositing {
  readonly key: RecordKey
  readonly outputs: (spill: Spill) => Promise<readonly Output[]>
  /** Of the content as it came, which is about what it takes. */
  readonly sizeBytes: number
  readonly isWanted: () => boolean
  readonly document: (locations: readonly BytePath[]) => Uint8Array
}

interface Staged {
  readonly path: BytePath
  readonly output: Output
}

/** After so many names others get their turn. */
const TURN_NAMES = 64

function removeStaged({ files, root }: DepositParts, staged: readonly Staged[]): void {
  for (const { path } of staged) if (files.statAt(root, path)) files.unlinkAt(root, path)
}

/**
 * The names come from the id, so what stands there is the same data from an earlier attempt: it is
 * replaced, which makes the new bytes, known to be durable, the ones that count.
 */
function name(parts: DepositParts, device: string, { path, output }: Staged): BytePath {
  const { files, root, folders } = parts
  return folders.within(() => {
    const folder = folders.ensure([device, ...output.folder])
    const location = `${folder}/${output.name}` as BytePath
    files.renameAt(root, path, root, location)
    return location
  })
}

async function writeRecord(parts: DepositParts, { key, document }: Depositing, at: BytePath[]) {
  const { files, root, folders } = parts
  const path = receiptPath(key)
  try {
    const folder = folders.ensure(receiptsFolder(key))
    const fd = folders.within(() => writeReceipt(files, root, path, document(at)))
    try {
      await files.sync(fd)
    } finally {
      files.close(fd)
    }
    await folders.sync([folder])
  } catch (error) {
    unlinkIfThere(files, root, path)
    throw error
  }
}

/** Resolves, when all of it is durable, with where the outputs stand. */
export async function depositAll(parts: DepositParts, deposit: Depositing): Promise<BytePath[]> {
  const { key, isWanted } = deposit
  const { staging } = parts
  const { spill, discard } = staging.spillOf(key.device)
  const staged: Staged[] = []
  const locations: BytePath[] = []
  try {
    staging.checkRoom(0)
    const outputs = await deposit.outputs(spill)
    // What is staged already has its room.
    const isNew = outputs.some(({ content }) => !('staged' in content))
    if (isNew) staging.checkRoom(deposit.sizeBytes)
    for (const output of outputs) {
      staged.push({ output, path: await staging.stage(key.device, output) })
    }
    if (!isWanted()) throw new Refusal('stale-epoch', 'the call was cancelled')
    for (const one of staged) {
      const location = name(parts, key.device, one)
      parts.underway.add(location)
      if (locations.push(location) % TURN_NAMES === 0) await parts.clock.sleep(0)
    }
    await parts.folders.sync(locations.map(parentOf))
    await writeRecord(parts, deposit, locations)
    return locations
  } finally {
    removeStaged(parts, staged)
    discard()
    for (const location of locations) parts.underway.delete(location)
  }
}
