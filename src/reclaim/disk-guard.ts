/** Deletes unsent capture files while the disk is full, where the operator set it; says each one. */
import { type BytePath, display } from '../byte-path.ts'
import { errorCode } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import { withParent } from '../system/beneath.ts'
import type { Clock } from '../system/clock.ts'
import type { Files } from '../system/files.ts'
import type { Logger } from '../system/logger.ts'
import type { RootGuard } from '../system/root-guard.ts'
import { chooser, type EvictionRule, evictionNeed, usedShare } from './eviction.ts'

export interface DiskGuardParts {
  readonly files: Files
  readonly guard: RootGuard
  readonly clock: Clock
  readonly log: Logger
  readonly journal: Journal
  /** Every regular file of a root, in lexical order of the paths. */
  readonly walk: (
    root: BytePath,
    found: (path: BytePath, sizeBytes: number) => void,
    signal: AbortSignal,
  ) => Promise<void>
  readonly isInFlight: (path: BytePath) => boolean
}

/** Viam's. */
const LOOK_EVERY_MS = 30_000

function evictOne({ files, guard, log }: DiskGuardParts, root: BytePath, path: BytePath): boolean {
  const opened = guard.open(root)
  if ('trouble' in opened) return false
  try {
    withParent(files, opened, path, (directory, name) => files.unlinkAt(directory, name))
    log.warn('an unsent capture file was deleted, the disk is full', { path: display(path) })
    return true
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      const cause = errorCode(error) || String(error)
      log.warn('a capture file cannot be deleted', { path: display(path), cause })
    }
    return false
  } finally {
    files.close(opened.fd)
  }
}

/** One look at one capture directory; gives how many files were deleted. */
export async function guardOnce(
  parts: DiskGuardParts,
  rule: EvictionRule,
  root: BytePath,
  signal: AbortSignal,
): Promise<number> {
  const { files, guard, log, journal } = parts
  const opened = guard.open(root)
  if ('trouble' in opened) return 0
  const usage = files.usage(opened.fd)
  files.close(opened.fd)
  if (usedShare(usage) < rule.diskUsage) return 0
  let captureBytes = 0
  const add = (_path: BytePath, sizeBytes: number) => {
    captureBytes += sizeBytes
  }
  await parts.walk(root, add, signal)
  if (evictionNeed(rule, usage, captureBytes) !== 'evict') {
    log.warn('the disk is full, but not of captured data: nothing is deleted', {
      root: display(root),
      captured: captureBytes,
    })
    return 0
  }
  let evictedFiles = 0
  let evictedBytes = 0
  const isChosen = chooser(rule.everyNth, parts.isInFlight)
  const evict = (path: BytePath, sizeBytes: number) => {
    if (signal.aborted || !isChosen(path) || !evictOne(parts, root, path)) return
    evictedFiles += 1
    evictedBytes += sizeBytes
  }
  await parts.walk(root, evict, signal)
  journal.count({ evictedFiles, evictedBytes })
  return evictedFiles
}

/** Runs until the signal aborts. */
export async function runDiskGuard(
  parts: DiskGuardParts,
  rule: EvictionRule,
  roots: readonly BytePath[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await parts.clock.sleep(LOOK_EVERY_MS, signal)
    for (const root of roots) {
      if (signal.aborted) return
      try {
        await guardOnce(parts, rule, root, signal)
      } catch (error) {
        if (signal.aborted) return
        const cause = errorCode(error) || String(error)
        parts.log.error('the room for captured data cannot be looked at', { cause })
      }
    }
  }
}
