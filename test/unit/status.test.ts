/** What the operator sees: forecast, log, the warning of two boards with one key. */
import { describe, expect, test } from 'bun:test'
import type { BytePath } from '../../src/byte-path.ts'
import { display, fromText } from '../../src/byte-path.ts'
import { createGreeter } from '../../src/receive/greeter.ts'
import { fullInMs, type Sample, withSample } from '../../src/status/forecast.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createLogger } from '../../src/system/logger.ts'

const usage = (availableBytes: number) => ({
  totalBytes: 1000,
  availableBytes,
  totalInodes: 1,
  freeInodes: 1,
})
const MINUTE = 60_000

describe('the forecast', () => {
  const shrinking = (bytesPerMinute: number, minutes: number) => {
    let samples: readonly Sample[] = []
    for (let minute = 0; minute <= minutes; minute++) {
      samples = withSample(samples, usage(100_000 - minute * bytesPerMinute), minute * MINUTE)
    }
    return samples
  }

  test('says when the disk is full at the rate of the last hours', () => {
    const samples = shrinking(100, 60)
    expect(fullInMs(samples)).toBeCloseTo(((100_000 - 6000) / 100) * MINUTE, -3)
  })

  test('says nothing of a disk that does not shrink, or of too short a time', () => {
    expect(fullInMs(shrinking(0, 60))).toBeUndefined()
    expect(fullInMs(shrinking(-5, 60))).toBeUndefined()
    expect(fullInMs(shrinking(100, 5))).toBeUndefined()
    expect(fullInMs([])).toBeUndefined()
  })

  test('remembers six hours and no more', () => {
    expect(shrinking(1, 24 * 60).length).toBe(72)
  })
})

describe('the log', () => {
  const log = (format: 'text' | 'json', level: 'info' | 'debug') => {
    const lines: string[] = []
    const clock = createSystemClock()
    const logger = createLogger({ level, format, clock, write: (line) => lines.push(line) })
    return { logger, lines }
  }

  test('writes one line for each message, whatever is in a name', () => {
    for (const format of ['text', 'json'] as const) {
      const { logger, lines } = log(format, 'info')
      logger.info('sent', { path: 'a\nb\x1b[31m', bytes: 5 })
      expect(lines).toHaveLength(1)
      expect(lines[0]?.trimEnd()).not.toContain('\n')
      expect(lines[0]).not.toContain('\x1b')
      expect(lines[0]).toContain('x1b[31m')
    }
  })

  test('cuts long values, leaves out lower levels, and counts its bytes as wear', () => {
    const { logger, lines } = log('json', 'info')
    logger.debug('not this')
    logger.info('this', { text: 'x'.repeat(5000) })
    expect(lines).toHaveLength(1)
    expect(lines[0]?.length).toBeLessThan(1300)
    expect(logger.writtenBytes()).toBe(lines[0]?.length ?? 0)
    expect(logger.enabled('debug')).toBe(false)
  })

  test('names that are not UTF-8, or that control a terminal, are shown as bytes', () => {
    expect(display('/a\xff' as BytePath)).toBe('/a\\xff')
    expect(display(fromText('/ü\x1b\u202e'))).toBe('/ü\\x1b\\u202e')
  })
})

test('two boards with one key are told, both of them, and one board alone is not', () => {
  const warnings: string[] = []
  const logger = createLogger({
    level: 'warn',
    format: 'text',
    clock: createSystemClock(),
    write: (line) => warnings.push(line),
  })
  const greet = createGreeter(logger)
  expect(greet('robot-7', 'one')).toBe('')
  expect(greet('robot-7', 'one')).toBe('')
  expect(greet('robot-8', 'two')).toBe('')
  expect(greet('robot-7', 'two')).toContain('another board uses the key of robot-7')
  expect(greet('robot-7', 'one')).toContain('another board')
  expect(warnings).toHaveLength(1)
})
