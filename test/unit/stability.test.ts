/** When a file counts as finished. */
import { describe, expect, test } from 'bun:test'
import type { BytePath } from '../../src/byte-path.ts'
import type { FileVersion } from '../../src/model.ts'
import { createStability } from '../../src/scan/stability.ts'

const version = (change: Partial<FileVersion> = {}): FileVersion => ({
  root: '/r' as BytePath,
  path: '/r/a' as BytePath,
  dev: 1n,
  ino: 2n,
  sizeBytes: 10,
  mtimeNs: 100n,
  ctimeNs: 100n,
  ...change,
})

describe('stability', () => {
  test('two looks as far apart as the quiet time make a version stable', () => {
    const stability = createStability()
    expect(stability.look(version(), 1000, 0)).toBe('changing')
    expect(stability.look(version(), 1000, 999)).toBe('changing')
    expect(stability.look(version(), 1000, 1000)).toBe('stable')
  })

  test.each([
    ['size', { sizeBytes: 11 }],
    ['modification time by one nanosecond', { mtimeNs: 101n }],
    ['change time alone, as when the modification time is set back', { ctimeNs: 101n }],
    ['inode', { ino: 3n }],
  ])('a change of %s starts the quiet time again', (_, change) => {
    const stability = createStability()
    stability.look(version(), 1000, 0)
    expect(stability.look(version(change), 1000, 900)).toBe('changing')
    expect(stability.look(version(change), 1000, 1800)).toBe('changing')
    expect(stability.look(version(change), 1000, 1900)).toBe('stable')
  })

  test('the times of the file say nothing: the distant past and the future are the same', () => {
    for (const mtimeNs of [0n, -5n, 4_000_000_000_000_000_000n]) {
      const stability = createStability()
      expect(stability.look(version({ mtimeNs }), 1000, 5)).toBe('changing')
      expect(stability.look(version({ mtimeNs }), 1000, 1005)).toBe('stable')
    }
  })

  test('without a quiet time one look is enough', () => {
    expect(createStability().look(version(), 0, 0)).toBe('stable')
  })

  test('it remembers no more than its capacity and says so', () => {
    const stability = createStability(2)
    for (const name of ['a', 'b', 'c']) {
      const path = `/r/${name}` as BytePath
      expect(stability.look(version({ path }), 1000, 0)).toBe(name === 'c' ? 'full' : 'changing')
    }
    expect(stability.size).toBe(2)
  })

  test('what a pass did not see is forgotten, and the next end of a quiet time is known', () => {
    const stability = createStability()
    stability.look(version(), 1000, 0)
    stability.endPass()
    expect(stability.nextMs()).toBe(1000)
    stability.endPass()
    expect(stability.size).toBe(0)
    expect(stability.nextMs()).toBeUndefined()
  })
})
