/** Notices two boards with one key, a cloned card for example, and tells both ends. */
import type { Logger } from '../system/logger.ts'

/** Boards remembered for each device; more than two are as bad as two. */
const REMEMBERED = 4

/** What to tell a board that says hello; '' when there is nothing to say. */
export function createGreeter(log: Logger): (device: string, machineId: string) => string {
  const seen = new Map<string, string[]>()
  return (device, machineId) => {
    const machines = seen.get(device) ?? []
    if (machineId !== '' && !machines.includes(machineId)) {
      machines.push(machineId)
      seen.set(device, machines.slice(-REMEMBERED))
      if (machines.length > 1) log.warn('two boards use one key', { device })
    }
    if (machines.length < 2) return ''
    return `another board uses the key of ${device} too: give each its own with ferry keys add`
  }
}
