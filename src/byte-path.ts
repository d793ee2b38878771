/** Paths as bytes: one character for each byte, so that names which are not UTF-8 survive. */

declare const bytePath: unique symbol

/** A path, or a part of one; every character is a byte (0 to 255). Never show it: see `display`. */
export type BytePath = string & { readonly [bytePath]: true }

/** The bytes of a path. */
export function toBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1')
}

/** Works on any bytes: a `Buffer` over them would first have to make their buffer an object. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Uint8Array, from: number, to: number) => string
}

export function fromBytes(bytes: Uint8Array): BytePath {
  return latin1Slice.call(bytes, 0, bytes.length) as BytePath
}

/** What a person wrote (UTF-8 text) as a path. */
export function fromText(text: string): BytePath {
  return Buffer.from(text, 'utf8').toString('latin1') as BytePath
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The path as UTF-8 text, or undefined where its bytes are none. */
export function toText(path: BytePath): string | undefined {
  try {
    return utf8.decode(toBytes(path))
  } catch {
    return undefined
  }
}

const escapedByte = (c: string) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`

/** The path for people: UTF-8 where it is that, control characters and stray bytes as `\xNN`. */
export function display(path: BytePath): string {
  const text = toText(path)
  if (text === undefined) return path.replace(/[^\x20-\x5b\x5d-\x7e]/g, escapedByte)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return text.replace(/[\x00-\x1f\x7f\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) =>
    c.charCodeAt(0) < 256 ? escapedByte(c) : `\\u${c.charCodeAt(0).toString(16)}`,
  )
}

/** `directory/name`, without doubling the slash of the root. */
export function join(directory: BytePath, name: BytePath): BytePath {
  if (directory === '') return name
  return (directory.endsWith('/') ? directory + name : `${directory}/${name}`) as BytePath
}

/** The last component. */
export function baseName(path: BytePath): BytePath {
  return path.slice(path.lastIndexOf('/') + 1) as BytePath
}

/** Everything before the last component: `/` for a file in the root, '' for a bare name. */
export function parentOf(path: BytePath): BytePath {
  const slash = path.lastIndexOf('/')
  if (slash < 0) return '' as BytePath
  return (slash === 0 ? '/' : path.slice(0, slash)) as BytePath
}

/** `path` seen from `root`: '' when they are equal, undefined when it lies outside. */
export function relativeTo(root: BytePath, path: BytePath): BytePath | undefined {
  if (path === root) return '' as BytePath
  const prefix = root.endsWith('/') ? root : `${root}/`
  return path.startsWith(prefix) ? (path.slice(prefix.length) as BytePath) : undefined
}

/** The components of a relative path; none for ''. */
export function components(relative: BytePath): BytePath[] {
  return relative === '' ? [] : (relative.split('/') as BytePath[])
}
