/** One number that stands for a file as one look saw it: name, inode, size and times. Pure. */
import type { BytePath } from '../byte-path.ts'

/**
 * 53 bits of hash, so that it is a number. Two versions of one file share it once in 10^16 changes.
 */
export type Mark = number

/** What a mark is made of. */
export interface MarkedStat {
  readonly ino: bigint
  readonly sizeBytes: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

/** Inode and size have two words each, the times three: seconds in two, nanoseconds. */
export const STAT_WORDS = 10
/** No file system has longer names. */
const LONGEST_NAME_WORDS = 256

/** Where the words of a mark are collected: those of the name, then those of `struct stat`. */
export function createWords(): Int32Array {
  return new Int32Array(LONGEST_NAME_WORDS + STAT_WORDS)
}

const rotated = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits))

function finished(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Two lanes of MurmurHash3 over the first words. */
export function markOfWords(words: Int32Array, count: number): Mark {
  let low = count
  let high = ~count
  for (let at = 0; at < count; at++) {
    const word = words[at] as number
    low ^= Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
    low = (Math.imul(rotated(low, 13), 5) + 0xe6546b64) | 0
    high ^= Math.imul(rotated(Math.imul(word, 0x239b961b), 16), 0xab0e9789)
    high = (Math.imul(rotated(high, 19), 5) + 0x561ccd1b) | 0
  }
  return (finished(high ^ low) >>> 11) * 2 ** 32 + finished(low)
}

const SECOND_NS = 1_000_000_000n

const lowOf = (value: bigint) => Number(BigInt.asIntN(32, value))
const highOf = (value: bigint) => Number(BigInt.asIntN(32, value >> 32n))

/** Seconds rounded down, as the kernel counts them before 1970 too. */
function putTime(words: Int32Array, at: number, timeNs: bigint): void {
  const nanoseconds = ((timeNs % SECOND_NS) + SECOND_NS) % SECOND_NS
  const seconds = (timeNs - nanoseconds) / SECOND_NS
  words[at] = lowOf(seconds)
  words[at + 1] = highOf(seconds)
  words[at + 2] = Number(nanoseconds)
}

const words = createWords()

/** The mark that `Files.siftAt` gives the same file. */
export function fingerprint(name: BytePath, stat: MarkedStat): Mark {
  let count = 0
  for (let at = 0; at < name.length; at += 4) {
    let word = 0
    for (let byte = 0; byte < 4; byte++) word |= (name.charCodeAt(at + byte) || 0) << (8 * byte)
    words[count++] = word
  }
  words[count] = lowOf(stat.ino)
  words[count + 1] = highOf(stat.ino)
  words[count + 2] = stat.sizeBytes | 0
  words[count + 3] = Math.floor(stat.sizeBytes / 2 ** 32)
  putTime(words, count + 4, stat.mtimeNs)
  putTime(words, count + 7, stat.ctimeNs)
  return markOfWords(words, count + STAT_WORDS)
}
