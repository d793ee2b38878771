/** Every regular file below a root, whatever it is: for counting, not for sending. */
import { type BytePath, join } from '../byte-path.ts'
import type { Clock } from '../system/clock.ts'
import type { Files } from '../system/files.ts'
import type { RootGuard } from '../system/root-guard.ts'
import { walkRoot } from './walk.ts'

interface EveryFileParts {
  readonly files: Files
  readonly guard: RootGuard
  readonly clock: Clock
}

/** In lexical order of the paths. What cannot be looked into is passed over. */
export async function everyFile(
  { files, guard, clock }: EveryFileParts,
  root: BytePath,
  found: (path: BytePath, sizeBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const opened = guard.open(root)
  if ('trouble' in opened) return
  try {
    await walkRoot(files, opened, {
      files: (directory, chunk) => {
        for (const { name, stat } of chunk) found(join(directory, name), stat.sizeBytes)
      },
      skipped: () => {},
      aside: () => {},
      breathe: async () => {
        await clock.sleep(0)
        signal.throwIfAborted()
      },
    })
  } finally {
    files.close(opened.fd)
  }
}
