/** Temporary folders that go away with the test, on a disk that a store accepts. */
import { afterAll } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const made: string[] = []
/** Not the system's temporary folder: that may be in memory, which a store refuses. */
const parent = join(import.meta.dir, '../../.tmp')

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(name: string): string {
  if (!existsSync(parent)) mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, `${name}-`))
  made.push(folder)
  return folder
}
