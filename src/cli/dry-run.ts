/** `ferry run --dry-run`: one look that names each file, and changes nothing. */

import { type BytePath, display, join, relativeTo } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import type { KnownFile } from '../journal/journal.ts'
import { readJournal } from '../journal/open-journal.ts'
import { sameVersion } from '../scan/pass.ts'
import { createSelection } from '../scan/selection.ts'
import { type WalkedFile, walkRoot } from '../scan/walk.ts'
import { createSystemClock } from '../system/clock.ts'
import type { FileStat } from '../system/files.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { createRootGuard } from '../system/root-guard.ts'
import { formatBytes } from '../units.ts'
import type { ExitCode } from './command.ts'
import { print } from './output.ts'
import { closedByConfig } from './sync-gate.ts'

/** What stands in front of a file that the journal says was sent. */
const DONE = {
  pending: undefined,
  acknowledged: 'delete, sent ',
  kept: 'keep, sent   ',
  undecodable: 'to failed/   ',
} as const

const NO_MEMORY = { fact: () => '', setFact: () => {} }

export async function dryRun(config: FerryConfig): Promise<ExitCode> {
  const files = createPosixFiles()
  const clock = createSystemClock()
  const guard = createRootGuard(files, NO_MEMORY)
  const say = (line: string) => print(`${line}\n`)
  const journal = readJournal(config.stateDir, clock)
  const closed = closedByConfig(config)
  if (closed) say(`the schedule sends nothing: ${closed}; what ferry sync would do:`)
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
    const look = (path: BytePath, stat: FileStat, known: KnownFile | undefined) => {
      const choice = select(relativeTo(root.path, path) as BytePath)
      if (!choice.send) return say(`skip          ${display(path)}: ${choice.reason}`)
      const done = known && sameVersion(known, stat) ? DONE[known.state] : undefined
      if (done) return say(`${done} ${display(path)}${known?.reason ? `: ${known.reason}` : ''}`)
      count += 1
      bytes += stat.sizeBytes
      const quiet = choice.quietMs > 0 ? `, once it is quiet for ${choice.quietMs} ms` : ''
      say(`${then}  ${display(path)}: ${formatBytes(stat.sizeBytes)}${quiet}`)
    }
    const lookAll = (directory: BytePath, chunk: readonly WalkedFile[]) => {
      const [first, last] = [chunk[0]?.name, chunk.at(-1)?.name]
      const known = first && last ? journal?.known(directory, first, last) : undefined
      for (const { name, stat } of chunk) look(join(directory, name), stat, known?.get(name))
    }
    await walkRoot(files, opened, {
      files: lookAll,
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
