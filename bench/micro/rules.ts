/** Digests, stability, and the choice of what is sent next. */
import { bench } from 'mitata'
import type { Upload } from '../../src/model.ts'
import { createStability } from '../../src/scan/stability.ts'
import { choose } from '../../src/schedule/slots.ts'
import { createDigestStream, createSha256Stream, digestOf } from '../../src/system/digest.ts'
import { noise } from '../places.ts'
import { file } from './samples.ts'

const LIMITS = { uploads: 128, bytes: 32 << 20, largeFiles: 1 }
const NOTHING = { uploads: 0, bytes: 0, largeFiles: 0 }

const upload = (number: number): Upload => ({
  ...{ row: number, file: file(number), state: 'pending', committedBytes: 0, chain: undefined },
  ...{ deliveredMessages: 0, attempts: 0, waitMs: 0, lane: 'normal', reason: '' },
  receipt: undefined,
})

export function benchRules(): void {
  const block = noise(1 << 20, 2)
  const piece = block.subarray(0, 4096)
  const quarter = block.subarray(0, 256 * 1024)
  bench('digest of 4 KiB', () => digestOf(piece))
  bench('digest of 1 MiB in pieces of 256 KiB', () => {
    const stream = createDigestStream()
    for (let part = 0; part < 4; part++) stream.update(quarter)
    return stream.digest()
  })
  bench('SHA-256 of 1 MiB', () => {
    const stream = createSha256Stream()
    stream.update(block)
    return stream.hex()
  })
  const files = Array.from({ length: 1000 }, (_, number) => file(number))
  bench('stability of 1,000 files, two looks', () => {
    const stability = createStability()
    for (const one of files) stability.look(one, 10, 0)
    stability.endPass()
    for (const one of files) stability.look(one, 10, 20)
    stability.endPass()
  })
  const due = Array.from({ length: 384 }, (_, number) => upload(number))
  bench('choice among 384 due files', () => choose(due, NOTHING, LIMITS))
}
