/** A logger that writes into the trace. */
import type { Logger } from '../../src/system/logger.ts'

export function createQuietLog(name: string, trace: (label: () => string) => void): Logger {
  const write = (message: string, fields: object = {}) =>
    trace(() => `${name} says: ${message} ${Object.values(fields).join(' ')}`)
  const none = () => {}
  return {
    error: write,
    warn: write,
    info: none,
    debug: none,
    trace: none,
    enabled: () => false,
    writtenBytes: () => 0,
  }
}
