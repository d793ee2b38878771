/** Times as JSON writes them, to the nanosecond. Pure. */
import type { Timestamp } from './metadata.ts'

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/

/** undefined where the text is no such time. */
export function parseTime(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, date, time, fraction = '', zone = ''] = match
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  return { seconds: ms / 1000, nanos: Number(fraction.padEnd(9, '0')) }
}
