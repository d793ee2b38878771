/** Temporary folders that go away with the test, on a disk that a store accepts. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { onceAfter } from './ends.ts'

/** Not the system's temporary folder: that may be in memory, which a store refuses. */
const parent = join(import.meta.dir, '../../.tmp')

export function temporaryFolder(name: string): string {
  if (!existsSync(parent)) mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, `${name}-`))
  onceAfter(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
