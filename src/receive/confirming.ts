/** Answers that are given again are made durable again, once for all who ask at the same time. */
import type { Receipt } from '../model.ts'
import type { Store } from './store.ts'
import { keyOf } from './uploads.ts'

/** One at a time for each upload; who asks meanwhile shares the outcome. */
export function createConfirm(store: Pick<Store, 'confirm'>) {
  const confirming = new Map<string, Promise<void>>()
  return (device: string, receipt: Receipt): Promise<void> => {
    const key = keyOf(device, receipt.uploadId)
    const shared = confirming.get(key)
    if (shared !== undefined) return shared
    const own = store.confirm(device, receipt).finally(() => confirming.delete(key))
    confirming.set(key, own)
    return own
  }
}
