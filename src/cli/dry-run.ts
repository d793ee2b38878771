/** `ferry run --dry-run`: one look that names each file, and changes nothing. */

import { type BytePath, display, join, relativeTo } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { createSelection } from '../scan/selection.ts'
import { walkRoot } from '../scan/walk.ts'
import { createSystemClock } from '../system/clock.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { createRootGuard } from '../system/root-guard.ts'
import { formatBytes } from '../units.ts'
import type { ExitCode } from './command.ts'
import { print } from './output.ts'

const NO_MEMORY = { fact: () => '', setFact: () => {} }

export async function dryRun(config: FerryConfig): Promise<ExitCode> {
  const files = createPosixFiles()
  const clock = createSystemClock()
  const guard = createRootGuard(files, NO_MEMORY)
  const say = (line: string) => print(`${line}\n`)
  let count = 0
  let bytes = 0
  let isWhole = true
  for (const root of config.roots) {
    const opened = guard.open(root.path)
    if ('trouble' in opened) {
      say(`skip    ${opened.trouble}`)
      isWhole = false
      continue
    }
    const select = createSelection(root, config.quietMs)
    const then = root.afterUpload === 'keep' ? 'send, keep  ' : 'send, delete'
    const look = (path: BytePath, sizeBytes: number) => {
      const choice = select(relativeTo(root.path, path) as BytePath)
      if (!choice.send) return say(`skip          ${display(path)}: ${choice.reason}`)
      count += 1
      bytes += sizeBytes
      const quiet = choice.quietMs > 0 ? `, once it is quiet for ${choice.quietMs} ms` : ''
      say(`${then}  ${display(path)}: ${formatBytes(sizeBytes)}${quiet}`)
    }
    await walkRoot(files, opened, {
      files: (directory, chunk) => {
        for (const { name, stat } of chunk) look(join(directory, name), stat.sizeBytes)
      },
      skipped: (path, reason) => say(`skip          ${display(path)}: ${reason}`),
      aside: (_fd, path) =>
        say(`restore       ${display(path)}: an interrupted deletion would be undone`),
      breathe: () => clock.sleep(0),
    })
    files.close(opened.fd)
  }
  say(`${count} files, ${formatBytes(bytes)}; nothing was changed`)
  return isWhole ? 0 : 1
}
