/** Sums the samples of a CPU profile by what the program was doing. Pure. */

interface Node {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

export interface CpuProfile {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
}

/** Packages have folders of that name too. */
const OURS = /^(?!.*node_modules).*\/src\//

/** The innermost frame that one of these knows gives the area; the first rule that fits counts. */
const RULES: readonly (readonly [area: string, name: RegExp | undefined, url: RegExp])[] = [
  [
    'digests: SHA-256, XXH3, BLAKE2b, CRC-32',
    /^(update|digest|crc32|xxHash\w*|hash)$/i,
    /^$|native/,
  ],
  ['digests: SHA-256, XXH3, BLAKE2b, CRC-32', undefined, /digest|hash/],
  ['syncing files', /^(f(data)?sync)/i, /./],
  ['syncing files', /^(f(data)?sync)/i, /^$/],
  ['reading files', /^(p?read(v|Sync)?)$/, /^$|fs/],
  ['writing files', /^(p?write(v|Sync)?)$/, /^$|fs/],
  [
    'file names: open, stat, link, rename, unlink',
    /^(open|close|l?stat|fstat|link|unlink|rename|mkdir|rmdir|readdir|opendir|ftruncate|futimes)(at)?(Sync|Cb)?$/,
    /^$|fs/,
  ],
  ['garbage collector', /garbage/i, /^/],
  ['HTTP/2 of the runtime', undefined, /http2/],
  ['HTTP/2 of the runtime', /^(writeStream|sendTrailers|request|setStreamContext)$/, /^$/],
  ['gRPC in JavaScript (grpc-js)', undefined, /grpc-js/],
  ['sockets', undefined, /node:(net|tls)|internal:net/],
  ['SQLite', undefined, /bun:sqlite/],
  ['messages: encoding and decoding', undefined, /\/src\/wire\/|protobufjs/],
  ['journal', undefined, /\/src\/journal\//],
  ['finding files', undefined, /\/src\/scan\//],
  ['file calls of ours', undefined, /\/src\/system\/(posix-files|raw-directory|beneath|libc)/],
  ['store of the receiver', undefined, /\/src\/receive\/directory\//],
  ['rules of the receiver', undefined, /\/src\/receive\//],
  ['upload', undefined, /\/src\/upload\//],
  ['the rest of ours', undefined, OURS],
]

const REST = 'the runtime, beyond that'

function areaOf(node: Node): string | undefined {
  const { functionName, url } = node.callFrame
  return RULES.find(([, name, where]) => (name?.test(functionName) ?? true) && where.test(url))?.[0]
}

/** A function of ours as `name (file)`; undefined for others. */
function ownOf({ callFrame: { functionName, url } }: Node): string | undefined {
  const file = OURS.test(url) ? url.slice(url.indexOf('/src/') + '/src/'.length) : undefined
  return file && `${functionName === '' ? 'unnamed' : functionName} (${file})`
}

/** Samples by what the innermost frame that has an answer answers. */
function samplesBy(
  { nodes, samples }: CpuProfile,
  answer: (node: Node) => string | undefined,
): ReadonlyMap<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((c) => [c, id])))
  const known = new Map<number, string>()
  const find = (id: number): string => {
    const cached = known.get(id)
    if (cached !== undefined) return cached
    const [node, parent] = [byId.get(id), parents.get(id)]
    const own = node && answer(node)
    const found = own ?? (parent === undefined ? REST : find(parent))
    known.set(id, found)
    return found
  }
  const counts = new Map<string, number>()
  for (const id of samples) counts.set(find(id), (counts.get(find(id)) ?? 0) + 1)
  return counts
}

/** Samples of each area; they are taken only while JavaScript, or what it called, runs. */
export const samplesByArea = (profile: CpuProfile) => samplesBy(profile, areaOf)

/** Samples of each function of ours, with those of the runtime that it called. */
export const samplesByOwn = (profile: CpuProfile) => samplesBy(profile, ownOf)
