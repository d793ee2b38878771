/**
 * Which unsent capture files go when the disk is full: Viam's rule, only where the operator set it.
 * Pure; `disk-guard.ts` carries it out.
 */
import type { BytePath } from '../byte-path.ts'
import type { DiskUsage } from '../model.ts'

/** Fractions of the volume, 0 to 1. */
export interface EvictionRule {
  readonly everyNth: number
  readonly diskUsage: number
  readonly captureShare: number
}

/** As Viam counts: what is not available to users without privileges is used. */
export const usedShare = ({ totalBytes, availableBytes }: DiskUsage): number =>
  totalBytes === 0 ? 0 : 1 - availableBytes / totalBytes

export type Need = 'no' | 'disk full of other things' | 'evict'

export function evictionNeed(rule: EvictionRule, usage: DiskUsage, captureBytes: number): Need {
  if (usedShare(usage) < rule.diskUsage) return 'no'
  const share = usage.totalBytes === 0 ? 0 : captureBytes / usage.totalBytes
  return share < rule.captureShare ? 'disk full of other things' : 'evict'
}

/**
 * Asked of each file in lexical order: true for every nth completed capture file. One that is being
 * sent stays and does not count: the next one takes its turn.
 */
export function chooser(
  everyNth: number,
  isInFlight: (path: BytePath) => boolean,
): (path: BytePath) => boolean {
  let index = 0
  return (path) => {
    if (!path.endsWith('.capture')) return false
    const isNext = index % everyNth === 0
    if (isNext && isInFlight(path)) return false
    index += 1
    return isNext
  }
}
