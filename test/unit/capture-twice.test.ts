/** Fields that come twice in a record: the receiver is no stricter than the agent's look. */
import { expect, test } from 'bun:test'
import { recordOf } from '../../src/receive/captured/capture-file.ts'
import { reading, times, toStruct } from '../fakes/capture-file.ts'

test('a reading that a later one of the same record replaces is not looked at', () => {
  // A struct whose one field has the number 0, which no decoder takes.
  const bad = Buffer.from([0x12, 0x02, 0x00, 0x00])
  const good = reading({ metadata: times(5), struct: toStruct({ a: 1 }) })
  const bytes = Buffer.concat([bad, good])
  const read = (at: number, length: number) => bytes.subarray(at, at + length)
  const source = { sizeBytes: bytes.length, read }
  const { struct } = recordOf(source, { offsetBytes: 0, lengthBytes: bytes.length })
  expect(struct?.fields?.['a']?.numberValue).toBe(1)
})
