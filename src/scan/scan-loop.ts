/** FIND, again and again: looks follow the interval, and also the end of each quiet time. */
import { type BytePath, display } from '../byte-path.ts'
import type { Bell } from '../system/bell.ts'
import type { Logger } from '../system/logger.ts'
import { type PassOptions, type PassParts, runPass } from './pass.ts'
import type { PassFigures } from './report.ts'

export interface ScanLoopOptions extends PassOptions {
  readonly intervalMs: number
}

export interface ScanLoopParts extends PassParts {
  readonly log: Logger
  readonly bell: Bell
  /** Rows were added. */
  readonly onDiscovered: () => void
}

export interface ScanState {
  readonly lastPass: PassFigures | undefined
  readonly passes: number
  /** Files whose quiet time is running. */
  readonly settling: number
}

export interface ScanLoop {
  run(signal: AbortSignal): Promise<void>
  /** Two looks, as far apart as the quiet time: what is stable by then has a row. */
  once(signal: AbortSignal): Promise<PassFigures>
  state(): ScanState
}

export function createScanLoop(parts: ScanLoopParts, options: ScanLoopOptions): ScanLoop {
  const { clock, stability, log, bell, onDiscovered } = parts
  let lastPass: PassFigures | undefined
  let passes = 0
  const tellTroubles = (figures: PassFigures) => {
    const isNew = (root: BytePath) => !lastPass?.troubles.some((one) => one.root === root)
    for (const { root, trouble } of figures.troubles) {
      if (isNew(root)) log.warn('a root cannot be looked at', { cause: trouble })
    }
  }
  const look = async (signal: AbortSignal): Promise<PassFigures> => {
    const figures = (await runPass(parts, options, signal)).figures()
    tellTroubles(figures)
    const { files, discovered, changing, tookMs } = figures
    log[discovered > 0 ? 'info' : 'debug']('looked', {
      files,
      discovered,
      changing,
      ms: Math.round(tookMs),
    })
    lastPass = figures
    passes += 1
    if (discovered > 0) onDiscovered()
    return figures
  }
  return {
    async run(signal) {
      while (!signal.aborted) {
        const startMs = clock.monotonicMs()
        await look(signal)
        const nextLookMs = stability.nextMs() ?? Number.POSITIVE_INFINITY
        const dueMs = Math.min(startMs + options.intervalMs, nextLookMs)
        await bell.wait(Math.max(dueMs - clock.monotonicMs(), 0), signal)
      }
    },
    async once(signal) {
      const first = await look(signal)
      if (stability.size === 0) return first
      await clock.sleep((stability.nextMs() ?? 0) - clock.monotonicMs(), signal)
      signal.throwIfAborted()
      // The last file of the first look may have been seen later than the first one by this much.
      await clock.sleep(first.tookMs, signal)
      return await look(signal)
    },
    state: () => ({ lastPass, passes, settling: stability.size }),
  }
}

/** Says where a deletion was interrupted, and has it undone. */
export function loudly(log: Logger, restore: PassParts['restore']): PassParts['restore'] {
  return (directory, path) => {
    log.warn('an interrupted deletion is undone', { directory: display(path) })
    restore(directory, path)
  }
}
