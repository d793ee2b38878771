/** FIND, again and again: looks follow the interval, and also the end of each quiet time. */
import { type BytePath, display } from '../byte-path.ts'
import type { Bell } from '../system/bell.ts'
import type { Gate } from '../system/gate.ts'
import type { Logger } from '../system/logger.ts'
import { type PassOptions, type PassParts, runPass } from './pass.ts'
import type { PassFigures } from './report.ts'

export interface ScanLoopOptions extends PassOptions {
  readonly intervalMs: number
}

export interface ScanLoopParts extends PassParts {
  readonly log: Logger
  readonly bell: Bell
  readonly gate: Gate
  /** Rows were added. */
  readonly onDiscovered: () => void
  /** What is found cannot be sent now: there is no hurry. */
  readonly isCutOff?: () => boolean
}

/** Looks at what waits are most of what an agent without a network does. */
const CUT_OFF_FACTOR = 2
const LONGEST_CUT_OFF_MS = 15_000

const sparing = (intervalMs: number) =>
  Math.max(intervalMs, Math.min(intervalMs * CUT_OFF_FACTOR, LONGEST_CUT_OFF_MS))

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
  /** The same from within `run`, at once and whatever the gate says; until the signal aborts. */
  ask(signal: AbortSignal): Promise<PassFigures>
  state(): ScanState
}

type Look = (signal: AbortSignal) => Promise<PassFigures>

/** As far apart as the quiet time. */
async function twoLooks({ clock, stability }: ScanLoopParts, look: Look, signal: AbortSignal) {
  const first = await look(signal)
  if (stability.size === 0) return first
  await clock.sleep((stability.nextMs() ?? 0) - clock.monotonicMs(), signal)
  signal.throwIfAborted()
  // The last file of the first look may have been seen later than the first one by this much.
  await clock.sleep(first.tookMs, signal)
  return await look(signal)
}

/** Those who asked for looks; one answer serves all who wait when it begins. */
function createQuestions() {
  let asked: PromiseWithResolvers<PassFigures>[] = []
  return {
    wait: () => asked.length > 0,
    ask(signal: AbortSignal): Promise<PassFigures> {
      if (signal.aborted) return Promise.reject(signal.reason)
      const one = Promise.withResolvers<PassFigures>()
      asked.push(one)
      signal.addEventListener('abort', () => one.reject(signal.reason), { once: true })
      return one.promise
    },
    async answer(looks: () => Promise<PassFigures>) {
      const waiting = asked
      asked = []
      try {
        const figures = await looks()
        for (const { resolve } of waiting) resolve(figures)
      } catch (error) {
        for (const { reject } of waiting) reject(error)
        throw error
      }
    },
  }
}

export function createScanLoop(parts: ScanLoopParts, options: ScanLoopOptions): ScanLoop {
  const { clock, stability, log, bell, gate, onDiscovered, isCutOff = () => false } = parts
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
  const twice = (signal: AbortSignal) => twoLooks(parts, look, signal)
  const questions = createQuestions()
  return {
    async run(signal) {
      while (!signal.aborted) {
        const startMs = clock.monotonicMs()
        const isAsked = questions.wait()
        const answer = isAsked ? '' : gate.refresh(signal)
        const isOpen = (typeof answer === 'string' ? answer : await answer) === ''
        if (signal.aborted) break
        if (isAsked) await questions.answer(() => twice(signal))
        else if (isOpen) await look(signal)
        const nextLookMs = (isOpen ? stability.nextMs() : undefined) ?? Number.POSITIVE_INFINITY
        const { intervalMs } = options
        const restMs = isCutOff() ? sparing(intervalMs) : intervalMs
        const dueMs = Math.min(startMs + restMs, nextLookMs)
        await bell.wait(Math.max(dueMs - clock.monotonicMs(), 0), signal)
      }
    },
    once: twice,
    ask(signal) {
      bell.ring()
      return questions.ask(signal)
    },
    state: () => ({ lastPass, passes, settling: stability.size }),
  }
}

/** Says where a deletion was interrupted, and has it undone. */
export function loudly(log: Logger, restore: PassParts['restore']): PassParts['restore'] {
  return (directory, path, held) => {
    log.warn('an interrupted deletion is undone', { directory: display(path) })
    restore(directory, path, held)
  }
}
