/** Sizes, rates and times as people write them: `64MiB`, `2MiB/s`, `30s`. Pure. */

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

const TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
  d: 8.64e7,
}

function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim()) ?? []
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  return number === '' || factor === undefined ? undefined : Number(number) * factor
}

/** Bytes; a bare number is bytes. */
export const parseSize = (text: string) => parse(text, SIZE_UNITS)

/** Milliseconds; a unit is needed. */
export const parseTime = (text: string) => parse(text, TIME_UNITS)

/** Bytes per second. */
export const parseRate = (text: string) =>
  text.trim().endsWith('/s') ? parseSize(text.trim().slice(0, -2)) : undefined

function formatWith(value: number, steps: readonly (readonly [string, number])[]): string {
  const [unit, size] = steps.find(([, step]) => value >= step) ?? steps.at(-1) ?? ['', 1]
  const scaled = value / size
  return `${scaled >= 100 || Number.isInteger(scaled) ? Math.round(scaled) : scaled.toFixed(1)} ${unit}`
}

export const formatBytes = (bytes: number) =>
  formatWith(bytes, [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
    ['B', 1],
  ])

export const formatTime = (ms: number) =>
  formatWith(ms, [
    ['d', 8.64e7],
    ['h', 3.6e6],
    ['min', 6e4],
    ['s', 1e3],
    ['ms', 1],
  ])
