/** The product's sources as the simulation loads them: scaled down, and with a bug if one is planted. */
import * as path from 'node:path'
import { plugin } from 'bun'

interface Hunk {
  readonly file: string
  readonly before: string
  readonly after: string
}

const REPOSITORY = path.resolve(import.meta.dir, '../..')

/** Constants that would make every run large, and what they are here. */
const SCALE: readonly Hunk[] = [
  {
    file: 'src/model.ts',
    before: 'export const BLOCK_BYTES = 1 << 20',
    after: 'export const BLOCK_BYTES = 1 << 10',
  },
  {
    file: 'src/upload/transfer/outbox.ts',
    before: 'const BATCH_BYTES = 64 * 1024',
    after: 'const BATCH_BYTES = 1024',
  },
  {
    file: 'src/reclaim/disk-guard.ts',
    before: 'const LOOK_EVERY_MS = 30_000',
    after: 'const LOOK_EVERY_MS = 3_000',
  },
]

/** The hunks of a unified diff; line numbers do not count, the context does. */
function parsePatch(patch: string): Hunk[] {
  const hunks: { file: string; before: string[]; after: string[] }[] = []
  let file = ''
  for (const line of patch.trimEnd().split('\n')) {
    const current = hunks.at(-1)
    const text = line.slice(1)
    if (line.startsWith('+++ b/')) file = line.slice(6)
    else if (line.startsWith('--- ')) continue
    else if (line.startsWith('@@')) hunks.push({ file, before: [], after: [] })
    else if (current === undefined) continue
    else if (line.startsWith('-')) current.before.push(text)
    else if (line.startsWith('+')) current.after.push(text)
    else {
      current.before.push(text)
      current.after.push(text)
    }
  }
  return hunks.map((hunk) => ({
    file: hunk.file,
    before: hunk.before.join('\n'),
    after: hunk.after.join('\n'),
  }))
}

/** Throws where the text is not there exactly once. */
async function applyHunks(hunks: readonly Hunk[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const { file, before, after } of hunks) {
    const full = path.join(REPOSITORY, file)
    const text = texts.get(full) ?? (await Bun.file(full).text())
    const pieces = text.split(before)
    if (before === '' || pieces.length !== 2) {
      throw new Error(`does not apply to ${file}, found ${pieces.length - 1} times:\n${before}`)
    }
    texts.set(full, pieces.join(after))
  }
  return texts
}

/** To be called before anything of `src/` is imported; holds for this process. */
export async function prepareSources(patch: string): Promise<void> {
  const texts = await applyHunks([...SCALE, ...parsePatch(patch)])
  plugin({
    name: 'sources of the simulation',
    setup(build) {
      build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path: file }) => ({
        contents: texts.get(file) ?? (await Bun.file(file).text()),
        loader: 'ts',
      }))
    },
  })
}
