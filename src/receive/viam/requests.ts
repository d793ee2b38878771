/** Requests of Viam's protocol by what is in them: the same one again is stored once. */
import { hashParts } from '../../system/digest.ts'
import { toHex } from '../../wire/codec.ts'
import type { Json } from '../captured/json.ts'
import type { Store } from '../store.ts'

/** Hexadecimal, 64 characters. `metadata` has its keys in order. */
export function requestId(rpc: string, metadata: Json, sha256: string): string {
  return toHex(hashParts([rpc, JSON.stringify(metadata), sha256].map((part) => Buffer.from(part))))
}

export interface Requests {
  /** Resolves when the request is durable, now or from an earlier time; then `work` is not run. */
  once(device: string, id: string, work: () => Promise<void>): Promise<void>
}

export function createRequests(store: Store): Requests {
  const running = new Map<string, Promise<void>>()
  const run = async (device: string, id: string, work: () => Promise<void>) => {
    const receipt = store.findReceipt(device, id, 'requests')
    if (receipt === undefined) await work()
    else await store.confirm(device, receipt, 'requests')
  }
  return {
    async once(device, id, work) {
      const key = `${device}/${id}`
      const before = running.get(key) ?? Promise.resolve()
      const own = before.catch(() => {}).then(() => run(device, id, work))
      running.set(key, own)
      try {
        await own
      } finally {
        if (running.get(key) === own) running.delete(key)
      }
    },
  }
}
