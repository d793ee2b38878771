/** A version's reader that says in the log how far a long upload has come. */
import { display } from '../byte-path.ts'
import type { Upload } from '../model.ts'
import type { Clock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import { createProgress, type ProgressLine } from './progress.ts'
import type { VersionSource } from './version-source.ts'

interface TellParts {
  readonly clock: Clock
  readonly log: Logger
}

/** Read at once: there is no progress to tell of. */
const SHORT_BYTES = 64 << 10

export function tellProgress(
  source: VersionSource,
  { file }: Upload,
  { clock, log }: TellParts,
): VersionSource {
  if (file.sizeBytes <= SHORT_BYTES) return source
  const progress = createProgress(file.sizeBytes, clock.monotonicMs())
  const say = (message: string, line: ProgressLine | undefined) => {
    if (line === undefined) return
    const { sentBytes, percent, bytesPerSecond } = line
    log.info(message, {
      path: display(file.path),
      sent: sentBytes,
      bytes: file.sizeBytes,
      percent,
      bytes_per_second: bytesPerSecond,
    })
  }
  return {
    ...source,
    async read(offsetBytes, into) {
      const count = await source.read(offsetBytes, into)
      say('uploading', progress.advanced(offsetBytes + count, clock.monotonicMs()))
      return count
    },
    close() {
      say('a long upload ended', progress.ended(clock.monotonicMs()))
      source.close()
    },
  }
}
