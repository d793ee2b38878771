/** The pause that the operator asked for: kept in the state directory, as a delay that remains. */
import * as fs from 'node:fs'
import { errorCode, errorMessage } from '../errors.ts'
import type { Clock } from '../system/clock.ts'
import { makePrivateFolder, replaceText, syncPath } from '../system/durable-file.ts'
import type { Logger } from '../system/logger.ts'

const PAUSE_FILE = 'pause.json'
/** Flash wears out: what is left of a pause is written this often. */
const WRITE_EVERY_MS = 60_000

/** Milliseconds that remain: Infinity until `ferry resume`, undefined where there is no pause. */
export type PauseLeft = number | undefined

/** undefined also where the file says nothing that can be understood. */
export function readPause(directory: string): PauseLeft {
  let text: string
  try {
    text = fs.readFileSync(`${directory}/${PAUSE_FILE}`, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const { remaining_ms: left } = JSON.parse(text) as { remaining_ms?: unknown }
    if (left === null) return Number.POSITIVE_INFINITY
    return typeof left === 'number' && left > 0 ? left : undefined
  } catch {
    return undefined
  }
}

/** Durable when it returns; a reader sees the old file or the new one. */
export function writePause(directory: string, left: PauseLeft): void {
  const path = `${directory}/${PAUSE_FILE}`
  makePrivateFolder(directory)
  if (left === undefined) {
    fs.rmSync(path, { force: true })
    syncPath(directory)
  } else {
    const remaining_ms = Number.isFinite(left) ? Math.round(left) : null
    // Root pauses an agent that runs as another user, who is to read it.
    replaceText(path, `${JSON.stringify({ remaining_ms })}\n`, directory)
  }
}

export interface Pause {
  leftMs(): PauseLeft
  /** Replaces the pause that is; fails where it cannot be kept, but holds until the end. */
  set(left: PauseLeft): void
  close(): void
}

interface PauseOptions {
  readonly directory: string
  readonly clock: Clock
  readonly log: Logger
  /** Called when a pause begins or ends, also by itself. */
  readonly onChange: () => void
}

function readPauseLoudly({ directory, log }: PauseOptions): PauseLeft {
  try {
    return readPause(directory)
  } catch (error) {
    log.warn('a pause cannot be read, nothing is paused', { cause: errorMessage(error) })
    return undefined
  }
}

/** Goes on with the pause that an earlier run left. Its time passes only while an agent runs. */
export function createPause(options: PauseOptions): Pause {
  const { directory, clock, log, onChange } = options
  let untilMs: number | undefined
  let timer = new AbortController()
  const leftMs = () =>
    untilMs === undefined ? undefined : Math.max(untilMs - clock.monotonicMs(), 0) || undefined
  const keep = () => {
    try {
      writePause(directory, leftMs())
    } catch (error) {
      log.warn('what is left of the pause cannot be written', { cause: errorMessage(error) })
    }
  }
  const count = async (signal: AbortSignal) => {
    for (let left = leftMs(); left !== undefined; left = leftMs()) {
      await clock.sleep(Math.min(left, WRITE_EVERY_MS), signal)
      if (signal.aborted) return
      if (leftMs() !== undefined) keep()
    }
    untilMs = undefined
    keep()
    onChange()
  }
  const hold = (left: PauseLeft) => {
    timer.abort()
    timer = new AbortController()
    untilMs = left === undefined ? undefined : clock.monotonicMs() + left
    if (left !== undefined && Number.isFinite(left)) void count(timer.signal)
  }
  hold(readPauseLoudly(options))
  return {
    leftMs,
    set(left) {
      hold(left)
      onChange()
      writePause(directory, left)
    },
    close() {
      const left = leftMs()
      timer.abort()
      if (left !== undefined && Number.isFinite(left)) keep()
    },
  }
}
