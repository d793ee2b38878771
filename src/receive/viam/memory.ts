/** How many bytes of messages the calls of Viam's services hold at once. Pure. */
import { Refusal } from '../incoming.ts'
import type { Announced } from '../messages.ts'

/** Some of the largest messages at once, on a server of 512 MiB. */
const MEMORY_BYTES = 128 << 20
/** One device may have this part of it. */
const DEVICE_SHARE = 2
/** Up to this size a message costs about what its call costs; clients stream in smaller pieces. */
const UNCOUNTED_BYTES = 128 << 10

export interface Memory {
  totalBytes: number
  /** By device; those that hold nothing are missing. */
  readonly devices: Map<string, number>
}

export const createMemory = (): Memory => ({ totalBytes: 0, devices: new Map() })

function count(memory: Memory, device: string, bytes: number): void {
  const held = (memory.devices.get(device) ?? 0) + bytes
  memory.totalBytes += bytes
  if (held === 0) memory.devices.delete(device)
  else memory.devices.set(device, held)
}

/** The messages of one call. */
export interface Held {
  /** Counts one that begins; throws `Refusal`. */
  admit(message: Announced): void
  /** The oldest one is not in memory any more. */
  release(): void
  releaseAll(): void
}

/** A compressed message counts as the largest: only its end tells what it becomes. */
export function createHeld(memory: Memory, device: string, mostBytes: number): Held {
  const weights: number[] = []
  return {
    admit({ sizeBytes, isCompressed }) {
      if (sizeBytes > mostBytes) {
        throw new Refusal('busy', `a message of ${sizeBytes} bytes, at most ${mostBytes} are taken`)
      }
      const bytes = isCompressed ? mostBytes : sizeBytes
      const weight = bytes <= UNCOUNTED_BYTES ? 0 : bytes
      const own = (memory.devices.get(device) ?? 0) + weight
      if (weight > 0 && own > MEMORY_BYTES / DEVICE_SHARE) {
        throw new Refusal('busy', 'too many large messages of this device at once')
      }
      if (weight > 0 && memory.totalBytes + weight > MEMORY_BYTES) {
        throw new Refusal('busy', 'too many large messages at once')
      }
      weights.push(weight)
      count(memory, device, weight)
    },
    release: () => count(memory, device, -(weights.shift() ?? 0)),
    releaseAll() {
      for (const weight of weights.splice(0)) count(memory, device, -weight)
    },
  }
}
