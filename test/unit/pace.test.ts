/** How much of a file one message carries. */
import { expect, test } from 'bun:test'
import { createPace } from '../../src/upload/transfer/pace.ts'

const KIB = 1024

/** Sends pieces over a link of this rate for a while, and gives the last size. */
function settled(bytesPerSecond: number): number {
  const pace = createPace(256 * KIB)
  let nowMs = 0
  while (nowMs < 60_000) {
    const bytes = pace.pieceBytes()
    nowMs += (bytes / bytesPerSecond) * 1000
    pace.sent(bytes, nowMs)
  }
  return pace.pieceBytes()
}

test('a message takes about as long on any link, between 16 KiB and what the receiver takes', () => {
  expect(settled(2_000)).toBe(16 * KIB)
  expect(settled(1_000_000)).toBe(48 * KIB)
  expect(settled(2_000_000)).toBe(112 * KIB)
  expect(settled(500_000_000)).toBe(256 * KIB)
})

test('on a fast link it is known after 32 MiB', () => {
  const pace = createPace(256 * KIB)
  let sent = 0
  for (; pace.pieceBytes() === 64 * KIB && sent < 64 << 20; sent += 64 * KIB) {
    pace.sent(64 * KIB, sent / 1_000_000)
  }
  expect([sent, pace.pieceBytes()]).toEqual([32 << 20, 256 * KIB])
})

test('time without anything to send does not count', () => {
  const pace = createPace(256 * KIB)
  for (let turn = 0; turn < 100; turn++) {
    for (let piece = 0; piece < 100; piece++) pace.sent(256 * KIB, turn * 60_000 + piece * 10)
    pace.paused()
  }
  expect(pace.pieceBytes()).toBe(256 * KIB)
})
