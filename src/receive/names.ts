/** Names in the store: every path of a board has one of its own, and none leads out of its place. */
import { type BytePath, components } from '../byte-path.ts'
import { sha256Hex } from '../system/digest.ts'

/** Kept as they are; every other byte, `%` above all, becomes `%XX`. */
const PLAIN = /[A-Za-z0-9 !#$&'()+,\-.;=@[\]^_`{}~]/
const LONGEST_SEGMENT_BYTES = 200
const PREFIX_BYTES = 120
const LONGEST_PATH_BYTES = 4096
/** With the store's own path before it, the system's bound of 4096 bytes must hold. */
const LONGEST_ENCODED_BYTES = 3500
/** `%~` cannot come out of the encoding, since `%` is always followed by two digits there. */
const RESERVED = '%~'

const percent = (byte: string) =>
  `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** One component; a leading or trailing dot or space is encoded, as some systems drop it. */
export function encodeSegment(segment: BytePath): string {
  let encoded = ''
  for (let at = 0; at < segment.length; at++) {
    const byte = segment.charAt(at)
    const atEdge = (at === 0 || at === segment.length - 1) && (byte === '.' || byte === ' ')
    encoded += PLAIN.test(byte) && !(atEdge && isRisky(segment, at)) ? byte : percent(byte)
  }
  if (encoded.length <= LONGEST_SEGMENT_BYTES) return encoded
  const whole = encoded.slice(0, PREFIX_BYTES).replace(/%[0-9A-F]?$/, '')
  return `${whole}${RESERVED}~${sha256Hex(Buffer.from(segment, 'latin1')).slice(0, 32)}`
}

/** A hidden file keeps its dot; `.`, `..` and what ends in a dot or begins or ends in a space do not. */
function isRisky(segment: BytePath, at: number): boolean {
  if (segment.charAt(at) === ' ') return true
  return at === segment.length - 1 || /^\.+$/.test(segment)
}

/** Why a path from a device is refused, in words; '' when it is fine. */
export function pathProblem(path: BytePath): string {
  if (!path.startsWith('/')) return 'the path is not absolute'
  if (path.length > LONGEST_PATH_BYTES) return 'the path is longer than 4096 bytes'
  if (path.includes('\0')) return 'the path holds a NUL byte'
  const parts = components(path.slice(1) as BytePath)
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'the path has an empty, "." or ".." component'
  }
  if (parts.some((part) => part.length > 255)) return 'a component is longer than 255 bytes'
  const encoded = parts.reduce((sum, part) => sum + encodeSegment(part).length + 1, 0)
  return encoded > LONGEST_ENCODED_BYTES ? 'the encoded path is longer than 3500 bytes' : ''
}

/**
 * Tags and ids are kept in memory for as long as an upload is open, a thousand uploads for each device:
 * these are some three hundred words.
 */
const MOST_WORDS_BYTES = 16 << 10
/** What a word takes beside its letters. */
const WORD_BYTES = 32

/** Why what a device says beside a file's path is refused, in words; '' when it is fine. */
export function wordsProblem(words: readonly string[]): string {
  const bytes = words.reduce((sum, word) => sum + word.length + WORD_BYTES, 0)
  return bytes > MOST_WORDS_BYTES ? 'the tags and ids of the file are more than 16 KiB' : ''
}

/** The components under `<device>/files` for a path that has no problem. */
export function storeSegments(path: BytePath): string[] {
  return components(path.slice(1) as BytePath).map(encodeSegment)
}

/** The name for another version where the plain name is taken. */
export function versionName(segment: string, digest: Uint8Array): string {
  return `${segment}${RESERVED}${Buffer.from(digest).toString('hex').slice(0, 32)}`
}

/** The name for a directory where a file has the plain one. */
export function directoryName(segment: string): string {
  return `${segment}${RESERVED}d`
}
