/** What the machine itself allows, measured like any other contestant. */
import { dlopen } from 'bun:ffi'
import * as fs from 'node:fs'
import { type Contestant, type Sample, timed } from './measure.ts'
import { type Common, peer } from './peers.ts'
import { freshFolder } from './places.ts'

/** A plain program: creates, syncs in groups, renames, syncs the directory, no network. */
export function plainProgram({ data, files }: Common): Contestant {
  return peer({
    name: 'plain program on the same disk',
    synced: 'yes: fdatasync of each file in groups of 256, one fsync of each directory',
    settings: 'create, write, fdatasync in parallel, rename, fsync of the directory; no network',
    data,
    files,
    start: async (place) => ({
      servers: [],
      command: [process.execPath, `${import.meta.dir}/plain-writer.ts`, data, `${place}/target`],
    }),
  })
}

/** Given where it is not what the scenario says. */
type Amount = Pick<Contestant, 'files' | 'bytes'>

interface LimitOptions {
  readonly name: string
  readonly settings: string
  readonly synced: string
  readonly amount?: Amount | undefined
  /** Not timed. */
  readonly before?: () => void
  readonly run: (place: string) => Promise<Sample>
}

function limit({ name, settings, synced, amount, before, run }: LimitOptions): Contestant {
  let place = ''
  return {
    ...{ name, settings, synced, ...amount },
    async prepare() {
      place = freshFolder('limit')
      before?.()
    },
    run: () => run(place),
    async finish() {
      fs.rmSync(place, { recursive: true, force: true })
    },
  }
}

const READ_ALL = 'find "$1" -type f -exec cat {} +'

/** A TCP connection that copies the bytes of all files and does nothing else. */
function plainTcp(data: string, amount: Amount | undefined): Contestant {
  const copy = peer({
    name: 'plain TCP copy',
    synced: 'no: the bytes are read and dropped',
    settings: 'cat of all files to a socat that drops them, 256 KiB buffers',
    data,
    files: 0,
    start: async (_place, port) => ({
      servers: [['socat', '-u', '-b262144', `TCP-LISTEN:${port},reuseaddr,fork`, 'OPEN:/dev/null']],
      command: [
        ...['sh', '-c', `${READ_ALL} | socat -u -b262144 - TCP:127.0.0.1:${port}`, 'sh', data],
      ],
    }),
  })
  return { ...copy, ...amount }
}

/** One file goes to the socket as it is, with no program between. */
function plainTcpOfOne(file: string, amount: Amount | undefined): Contestant {
  const copy = peer({
    name: 'plain TCP copy',
    synced: 'no: the bytes are read and dropped',
    settings: 'socat of the file to a socat that drops it, 256 KiB buffers',
    data: file,
    files: 0,
    start: async (_place, port) => ({
      servers: [['socat', '-u', '-b262144', `TCP-LISTEN:${port},reuseaddr,fork`, 'OPEN:/dev/null']],
      command: ['socat', '-u', '-b262144', `OPEN:${file}`, `TCP:127.0.0.1:${port}`],
    }),
  })
  return { ...copy, ...amount }
}

const { symbols } = dlopen('libc.so.6', {
  posix_fadvise: { args: ['i32', 'i64', 'i64', 'i32'], returns: 'i32' },
})
const DONT_NEED = 4

/** The system lets go of what it has of these files in memory. */
export function forget(data: string): void {
  for (const entry of fs.readdirSync(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const fd = fs.openSync(`${entry.parentPath}/${entry.name}`, 'r')
    symbols.posix_fadvise(fd, 0, 0, DONT_NEED)
    fs.closeSync(fd)
  }
}

/** Reading from the medium, if the system lets go of what it has in memory. */
const sequentialRead = (data: string, amount: Amount | undefined): Contestant =>
  limit({
    name: 'sequential read',
    settings: 'the files are dropped from memory, then cat of all to /dev/null',
    synced: 'nothing is written',
    amount,
    before: () => forget(data),
    run: () => timed(['sh', '-c', `${READ_ALL} >/dev/null`, 'sh', data]),
  })

const SYNCS = 2000
const SYNC_BYTES = 4096

/** 4 KiB appended and synced, again and again; its rate is how often the medium answers. */
const fdatasyncRate = (): Contestant =>
  limit({
    name: 'fdatasync of 4 KiB',
    settings: `dd bs=4k count=${SYNCS} oflag=dsync: one at a time`,
    synced: 'yes: each 4 KiB',
    amount: { files: SYNCS, bytes: SYNCS * SYNC_BYTES },
    run: (place) =>
      timed([
        ...['dd', 'if=/dev/zero', `of=${place}/synced`, `bs=${SYNC_BYTES}`, `count=${SYNCS}`],
        ...['oflag=dsync', 'status=none'],
      ]),
  })

/** What no program gets beyond, for the files that a scenario moves; `file`: it is a single one. */
export function physicalLimits(data: string, file?: string, amount?: Amount): Contestant[] {
  return [
    file === undefined ? plainTcp(data, amount) : plainTcpOfOne(`${data}/${file}`, amount),
    sequentialRead(data, amount),
    fdatasyncRate(),
  ]
}
