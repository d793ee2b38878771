/** Whether two configurations send the same files in the same way. Pure. */
import type { FerryConfig } from './config.ts'

/** What they say of other things: capture, the log, and from where it was read. */
const OTHER = [
  'captureSettings',
  'ignoredSettings',
  'logLevel',
  'logFormat',
  'viamFile',
  'secretFile',
] as const satisfies readonly (keyof FerryConfig)[]

const syncing = (config: FerryConfig) =>
  Object.fromEntries(
    Object.entries(config).filter(([key]) => !(OTHER as readonly string[]).includes(key)),
  )

/** True: a change from one to the other leaves everything under way as it is. */
export const sameSyncConfig = (a: FerryConfig, b: FerryConfig): boolean =>
  Bun.deepEquals(syncing(a), syncing(b), true)
