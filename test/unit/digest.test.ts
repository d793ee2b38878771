/** The digest: known values, the same in pieces and at once, resumable at block boundaries. */
import { describe, expect, test } from 'bun:test'
import * as zlib from 'node:zlib'
import * as fc from 'fast-check'
import { BLOCK_BYTES } from '../../src/model.ts'
import { createDigesting } from '../../src/receive/digesting.ts'
import { crc32, createDigestStream, digestOf } from '../../src/system/digest.ts'
import { forAll } from '../fakes/for-all.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const pattern = (size: number) =>
  Uint8Array.from({ length: size }, (_, index) => (index * 7 + size) & 255)

describe('the digest', () => {
  // Made with other implementations of XXH3-64 and BLAKE2b-256 from the formula in proto/transfer.proto.
  test.each([
    [0, '4a1931803561f431decab002e7425f0a8531d5e456a1a47fd9998a2530c0f800'],
    [5, 'a10e0e01b20ab20495b5283a51f9f0b3d1b6e595d35efc981fa5ea4db7749dfd'],
    [BLOCK_BYTES, 'e14ca650eb9c3daf6b77c6ca5507069ada989e28ec4c8a00888d7c8dd6ef7f91'],
    [BLOCK_BYTES + 1, '5b749d4b975145656ad3a150bef6d6a10a7d23a41fabb9b12a0c6bd6a0b7e5d7'],
    [3 * BLOCK_BYTES - 7, '2380501f12c00b35cf872fe4d9f368b19c1bcc853f7f308bbbe8e44cd7f66379'],
  ])('of %p patterned bytes is what other implementations compute', (size, expected) => {
    expect(hex(digestOf(pattern(size)))).toBe(expected)
  })

  test('is the same in pieces as at once, and as the receiver computes it', () => {
    const bytes = pattern(2 * BLOCK_BYTES + 12_345)
    forAll(
      fc.property(fc.array(fc.integer({ min: 1, max: BLOCK_BYTES }), { minLength: 1 }), (cuts) => {
        const stream = createDigestStream()
        const digesting = createDigesting()
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const piece = bytes.subarray(at, at + (cuts[turn % cuts.length] ?? 1))
          stream.update(piece)
          digesting.update(piece)
          at += piece.length
        }
        expect(hex(stream.digest())).toBe(hex(digestOf(bytes)))
        expect(hex(digesting.finish().digest)).toBe(hex(digestOf(bytes)))
      }),
      20,
    )
  })

  test('goes on from a boundary', () => {
    const bytes = pattern(2 * BLOCK_BYTES + 99)
    const first = createDigestStream()
    first.update(bytes.subarray(0, BLOCK_BYTES + 50))
    expect(first.boundary.offsetBytes).toBe(BLOCK_BYTES)
    const second = createDigestStream(first.boundary)
    second.update(bytes.subarray(BLOCK_BYTES))
    expect(hex(second.digest())).toBe(hex(digestOf(bytes)))
  })
})

test('CRC-32 is that of zlib, small and large, before and after the fast one is loaded', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  for (const size of [0, 1, 32_767, 32_768, 300_000, 5]) {
    expect(crc32(pattern(size))).toBe(zlib.crc32(pattern(size)))
  }
})
