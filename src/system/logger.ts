/** The log: text on a terminal, JSON lines otherwise; never a secret, never a raw name. */
import type { Clock } from './clock.ts'

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** `message` is a fixed sentence; what varies goes into the fields. */
export interface Logger {
  error(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  /** Marks each step of each file; lines are written before the step goes on. */
  trace(message: string, fields?: LogFields): void
  /** True when lines of this level are written; spares making their fields. */
  enabled(level: LogLevel): boolean
  /** Bytes written so far: a log on flash is wear too. */
  writtenBytes(): number
}

interface LoggerOptions {
  readonly level: LogLevel
  readonly format: 'text' | 'json'
  readonly clock: Clock
  readonly write: (line: string) => void
}

/** Longer values are cut: a line has a bound. */
const LONGEST_VALUE = 1000

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g

function clean(value: string | number | boolean): string | number | boolean {
  if (typeof value !== 'string') return value
  const cut = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}...` : value
  return cut.replace(CONTROL, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function asText(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text = String(clean(value as string))
      return `${key}=${/[\s"=]/.test(text) ? JSON.stringify(text) : text}`
    })
  return `${[time, level.padEnd(5), message, ...rest].join(' ')}\n`
}

function asJson(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const entries = Object.entries(fields).map(([key, value]) => [
    key,
    value === undefined ? undefined : clean(value),
  ])
  return `${JSON.stringify({ time, level, message, ...Object.fromEntries(entries) })}\n`
}

export function createLogger({ level, format, clock, write }: LoggerOptions): Logger {
  const highest = LOG_LEVELS.indexOf(level)
  let written = 0
  const at =
    (line: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(line) > highest) return
      const time = new Date(clock.wallMs()).toISOString()
      const text = (format === 'json' ? asJson : asText)(time, line, message, fields)
      written += text.length
      write(text)
    }
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    trace: at('trace'),
    enabled: (line) => LOG_LEVELS.indexOf(line) <= highest,
    writtenBytes: () => written,
  }
}
