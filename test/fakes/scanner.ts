/** Looks at a real directory with a journal of its own. */
import { type BytePath, display, fromText } from '../../src/byte-path.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import type { FileVersion } from '../../src/model.ts'
import { undoDeletion } from '../../src/reclaim/restore.ts'
import { createOrphans } from '../../src/scan/orphans.ts'
import { runPass } from '../../src/scan/pass.ts'
import type { Root } from '../../src/scan/root.ts'
import { createSnapshot } from '../../src/scan/snapshot.ts'
import { createStability } from '../../src/scan/stability.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import { quietLog } from './quiet.ts'
import { temporaryFolder } from './temporary.ts'

const clock = createSystemClock()
const signal = new AbortController().signal

export function scanner(
  root: string,
  change: Partial<Root> = {},
  quietMs = 0,
  {
    maxRows = 1e6,
    orphans = createOrphans(),
    files = createPosixFiles(),
    sweep = (_capture: string) => {},
  } = {},
) {
  const journal = openJournal({ directory: temporaryFolder('state'), clock, log: quietLog })
  const parts = {
    files,
    guard: createRootGuard(files, journal),
    journal,
    clock,
    stability: createStability(),
    snapshot: createSnapshot(),
    orphans,
    sweep,
    log: quietLog,
    restore: (fd: number, _: BytePath, held: BytePath) => undoDeletion(files, fd, held),
  }
  const base = { path: fromText(root), include: [], exclude: [], isCapture: false }
  const roots: Root[] = [{ ...base, afterUpload: 'delete', ...change }]
  const found = (): FileVersion[] =>
    journal.due({ monotonicMs: 0, lane: 'normal', limit: 1e6 }).map((upload) => upload.file)
  return {
    journal,
    look: async () => (await runPass(parts, { roots, quietMs, maxRows }, signal)).figures(),
    names: () => found().map((file) => display(file.path).slice(root.length + 1)),
    found,
  }
}
