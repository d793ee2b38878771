/** Names in the store: injective, bounded, inside their place. */
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type BytePath, fromText } from '../../src/byte-path.ts'
import { deviceProblem } from '../../src/device-name.ts'
import {
  directoryName,
  encodeSegment,
  pathProblem,
  storeSegments,
  versionName,
} from '../../src/receive/names.ts'
import { forAll } from '../fakes/for-all.ts'

const segment = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replace(/[/\0]/g, '_') as BytePath)

describe('names in the store', () => {
  test('two different components never meet', () => {
    forAll(
      fc.property(segment, segment, (a, b) => {
        expect(encodeSegment(a) === encodeSegment(b)).toBe(a === b)
      }),
      5000,
    )
  })

  test('every component becomes one plain, bounded component', () => {
    forAll(
      fc.property(segment, (one) => {
        const encoded = encodeSegment(one)
        expect(encoded.length).toBeLessThanOrEqual(200)
        expect(encoded).toMatch(/^[\x20-\x7e]+$/)
        expect(encoded).not.toMatch(/[/\\:*?"<>|]/)
        expect(['.', '..']).not.toContain(encoded)
        expect(versionName(encoded, new Uint8Array(32)).length).toBeLessThanOrEqual(255)
      }),
      5000,
    )
  })

  test('the reserved suffixes cannot come out of the encoding', () => {
    const digest = new Uint8Array(32)
    forAll(
      fc.property(segment, segment, (a, b) => {
        expect(encodeSegment(a)).not.toBe(versionName(encodeSegment(b), digest))
        expect(encodeSegment(a)).not.toBe(directoryName(encodeSegment(b)))
      }),
    )
  })

  test('two long names with one beginning keep apart', () => {
    const a = 'x'.repeat(255) as BytePath
    const b = `${'x'.repeat(254)}y` as BytePath
    expect(encodeSegment(a)).not.toBe(encodeSegment(b))
    expect(encodeSegment(a)).toStartWith('xxx')
  })

  test.each([
    ['relative/path', 'not absolute'],
    ['/a/../b', '".."'],
    ['/a/./b', '"."'],
    ['/a//b', 'empty'],
    ['/a/\0', 'NUL'],
  ])('the path %p from a device is refused', (path, why) => {
    expect(pathProblem(fromText(path))).toContain(why)
  })

  test('paths and components that are too long are refused', () => {
    expect(pathProblem(fromText(`/${'a/'.repeat(2048)}a`))).toContain('4096')
    expect(pathProblem(fromText(`/${'a'.repeat(256)}`))).toContain('255')
  })

  test('a path that cannot leave its place is taken', () => {
    expect(pathProblem(fromText('/data/ü/a b'))).toBe('')
    expect(storeSegments(fromText('/data/100%/..hidden'))).toEqual(['data', '100%25', '..hidden'])
  })

  test.each(['', '.', '..', '.ferry', 'a/b', 'a b', 'x'.repeat(65), 'ferry-store.json\0'])(
    'the device name %p is refused',
    (name) => {
      expect(deviceProblem(name)).not.toBe('')
    },
  )
})
