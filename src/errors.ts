/** Failures, named by what the caller should do next. */

/** One thing wrong in what the operator wrote. */
export interface ConfigProblem {
  readonly key: string
  readonly value: unknown
  readonly problem: string
  readonly hint: string
}

/** What the operator said cannot be used; exit code 78. Every problem is listed at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map((p) => `${p.key}: ${p.problem}`).join('; '))
  }
}

/** The command line cannot be understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Whom a failure concerns: one file; every file on its way to this destination; or both, where other
 * files may fare better, so that this one must not stand in their way.
 */
export type FailureScope = 'file' | 'destination' | 'both'

interface TransientOptions {
  readonly scope: FailureScope
  readonly hint?: string
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** Try again later; nothing needs to change on this side. */
export class Transient extends Error {
  override readonly name = 'Transient'
  readonly scope: FailureScope
  readonly hint: string
  readonly retryAfterMs: number
  constructor(message: string, options: TransientOptions) {
    super(message, { cause: options.cause })
    this.scope = options.scope
    this.hint = options.hint ?? ''
    this.retryAfterMs = options.retryAfterMs ?? 0
  }
}

/** The other end, or this file's state, refuses it: to the slow lane, where it stays on disk. */
export class Rejected extends Error {
  override readonly name = 'Rejected'
  constructor(
    message: string,
    readonly hint = '',
  ) {
    super(message)
  }
}

/** The file cannot be understood here, whatever the other end does: it goes to `failed/`. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable'
}

/** The bytes on disk are no longer the version that was to be sent. */
export class SourceChanged extends Error {
  override readonly name = 'SourceChanged'
  constructor(readonly change: 'rewritten' | 'vanished') {
    super(change === 'vanished' ? 'the file is gone' : 'the file changed while it was read')
  }
}

/** The system's error code (`ENOENT`, `EIO`, ...), or '' where there is none. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** The message of whatever was thrown, on one line. */
export function errorMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/\s*\n\s*/g, ' ')
}
