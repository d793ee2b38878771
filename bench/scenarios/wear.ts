/** wear: what the agent writes to its own disk for what it sends, counted by strace. */
import * as fs from 'node:fs'
import { ferryContestant } from '../ferry-contestant.ts'
import { physicalLimits } from '../limits.ts'
import type { Contestant, Scenario } from '../measure.ts'
import { dataset, freshFolder, GROUND } from '../places.ts'

const CALLS = 'write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync'
const TRACE = `${GROUND}/wear-trace`
const LOG = `${GROUND}/wear-log`
const SMALL_FILES = 2000

/** `-y` names the file of each descriptor; interrupted calls come in two lines, the second has the count. */
function strace(): readonly string[] {
  const options = ['-f', '-y', '-s', '0', '--seccomp-bpf', '-e', `trace=${CALLS}`, '-o', TRACE]
  return ['sh', '-c', 'exec strace "$@" 2>"$0"', LOG, ...options]
}

interface Written {
  journal: number
  log: number
  other: number
  syncs: number
}

function add(written: Written, path: string, bytes: number): void {
  if (path.includes('/state/journal.sqlite')) written.journal += bytes
  else if (path === LOG) written.log += bytes
  else if (path.startsWith('/') && !path.startsWith('/dev/')) written.other += bytes
}

const CALL = /^(\d+)\s+(\w+)\(\d+<([^>]*)>.*?(?:= (\d+)|(<unfinished \.\.\.>))/
const RESUMED = /^(\d+)\s+<\.\.\. (\w+) resumed>.*= (\d+)/

/** Bytes by what they were written to; sockets and pipes do not count. */
function readTrace(text: string): Written {
  const written: Written = { journal: 0, log: 0, other: 0, syncs: 0 }
  const open = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, thread = '', name = '', path = '', count, isOpen] = CALL.exec(line) ?? []
    if (name.startsWith('f')) written.syncs += 1
    else if (isOpen) open.set(thread, path)
    else if (count !== undefined) add(written, path, Number(count))
    const [, resumed = '', what = '', late] = RESUMED.exec(line) ?? []
    if (late !== undefined && !what.startsWith('f')) {
      add(written, open.get(resumed) ?? '', Number(late))
    }
  }
  return written
}

interface Wearing {
  readonly name: string
  readonly data: () => string
  readonly files: number
  readonly bytes: number
}

/** `data` makes it anew each time, since it is deleted when it was sent. */
function wearing({ name, data, files, bytes }: Wearing): Contestant {
  const folder = `${GROUND}/wear-data`
  const contestant = ferryContestant({
    ...{ name, data: folder, files, bytes, tls: false, isLess: true, prefix: strace() },
    settings: {
      additional_sync_paths: [{ path: folder, after_upload: 'delete' }],
      log_level: 'info',
    },
    after() {
      const { journal, log, other, syncs } = readTrace(fs.readFileSync(TRACE, 'utf8'))
      const kib = { journal_kib: journal / 1024, log_kib: log / 1024, other_kib: other / 1024 }
      return { ...kib, journal_bytes_per_file: journal / files, syncs }
    },
  })
  return {
    ...contestant,
    async prepare() {
      const source = data()
      freshFolder('wear-data')
      fs.cpSync(source, folder, { recursive: true })
      await contestant.prepare()
    },
    async finish() {
      fs.rmSync(TRACE)
      await contestant.finish()
    },
  }
}

export const wear = (): Scenario => ({
  name: 'wear',
  about: 'what the agent writes to its own disk, for 2,000 files of 4 KiB and for one of 1 GiB',
  ...{ unit: 'journal KiB', files: SMALL_FILES, bytes: SMALL_FILES * 4096 },
  contestants: [
    wearing({
      name: 'ferry, 2,000 small',
      data: () =>
        dataset(
          'wear-small',
          Array.from({ length: SMALL_FILES }, () => 4096),
        ),
      files: SMALL_FILES,
      bytes: SMALL_FILES * 4096,
    }),
    wearing({
      ...{ name: 'ferry, 1 GiB', files: 1, bytes: 2 ** 30 },
      data: () => dataset('large', [2 ** 30]),
    }),
    ...physicalLimits(dataset('large', [2 ** 30]), '0/f0', { files: 1, bytes: 2 ** 30 }),
  ],
  close: async () => fs.rmSync(LOG, { force: true }),
})
