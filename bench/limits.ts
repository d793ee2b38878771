/** What the machine itself allows, measured like any other contestant. */
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

/** A TCP connection that copies bytes and does nothing else. */
export function plainTcp({ data }: Common, file: string): Contestant {
  return peer({
    name: 'plain TCP copy',
    synced: 'no: the bytes are read and dropped',
    settings: 'socat of the file to a socat that drops it, 256 KiB buffers',
    data,
    files: 0,
    start: async (_place, port) => ({
      servers: [['socat', '-u', '-b262144', `TCP-LISTEN:${port},reuseaddr,fork`, 'OPEN:/dev/null']],
      command: ['socat', '-u', '-b262144', `OPEN:${data}/${file}`, `TCP:127.0.0.1:${port}`],
    }),
  })
}

interface LimitOptions {
  readonly name: string
  readonly settings: string
  readonly synced: string
  readonly run: (place: string) => Promise<Sample>
}

function limit({ name, settings, synced, run }: LimitOptions): Contestant {
  let place = ''
  return {
    ...{ name, settings, synced },
    async prepare() {
      place = freshFolder('limit')
    },
    run: () => run(place),
    async finish() {
      fs.rmSync(place, { recursive: true, force: true })
    },
  }
}

/** Reading from the medium, if the system lets go of what it has in memory. */
export const sequentialRead = (path: string): Contestant =>
  limit({
    name: 'sequential read',
    settings: 'the file is dropped from memory, then dd bs=1M to /dev/null',
    synced: 'nothing is written',
    run: async () => {
      await timed(['dd', `if=${path}`, 'iflag=nocache', 'count=0', 'status=none'])
      return await timed(['dd', `if=${path}`, 'of=/dev/null', 'bs=1M', 'status=none'])
    },
  })

/** 4 KiB appended and synced, again and again; its rate is how often the medium answers. */
export const fdatasyncRate = (): Contestant => ({
  ...limit({
    name: 'fdatasync of 4 KiB',
    settings: 'dd bs=4k count=2000 oflag=dsync: one at a time',
    synced: 'yes: each 4 KiB',
    run: (place) =>
      timed([
        ...['dd', 'if=/dev/zero', `of=${place}/synced`, 'bs=4k', 'count=2000'],
        ...['oflag=dsync', 'status=none'],
      ]),
  }),
  files: 2000,
  bytes: 2000 * 4096,
})
