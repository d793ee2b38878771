/** large, mixed, small: what drains how fast on a network that is no limit. */

import { curlToNginx, curlToTusd, curlTreeToNginx } from '../curl.ts'
import { ferryContestant } from '../ferry-contestant.ts'
import { physicalLimits, plainProgram } from '../limits.ts'
import type { Contestant, Scenario, Unit } from '../measure.ts'
import { type Common, rsyncDaemon } from '../peers.ts'
import { dataset } from '../places.ts'
import { rcloneTo } from '../rclone.ts'

const MIB = 1 << 20

interface Load {
  readonly name: string
  readonly about: string
  readonly sizes: readonly number[]
  readonly unit: Unit
  readonly peers: (of: Common) => readonly Contestant[]
}

function transfer({ name, about, sizes, unit, peers }: Load): Scenario {
  const of = { data: dataset(name, sizes), files: sizes.length }
  const ferry = (tls: boolean) =>
    ferryContestant({ name: tls ? 'ferry, TLS' : 'ferry, plaintext', ...of, tls })
  return {
    ...{ name, about, unit },
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    files: sizes.length,
    contestants: [ferry(false), ferry(true), ...peers(of)],
    close: async () => {},
  }
}

const toSink = (of: Common) =>
  ferryContestant({ name: 'ferry, agent alone to a sink', ...of, tls: false, toSink: true })

export const large = (): Scenario =>
  transfer({
    name: 'large',
    about: 'one file of 1 GiB',
    unit: 'MB/s',
    sizes: [1024 * MIB],
    peers: (of) => [
      curlToNginx(of, false, '0/f0'),
      curlToNginx(of, true, '0/f0'),
      toSink(of),
      rsyncDaemon(of),
      ...curlToTusd(of),
      ...physicalLimits(of.data, '0/f0'),
    ],
  })

/** 256 KiB to 4 MiB, evenly, 2 GiB together. */
function mixedSizes(): number[] {
  const sizes: number[] = []
  for (let left = 2048 * MIB, index = 0; left > 0; index++) {
    const size = Math.min(left, 256 * 1024 + ((index * 7919) % 61) * 64 * 1024)
    sizes.push(size)
    left -= size
  }
  return sizes
}

export const mixed = (): Scenario =>
  transfer({
    name: 'mixed',
    about: '2 GiB of files of 256 KiB to 4 MiB',
    unit: 'MB/s',
    sizes: mixedSizes(),
    peers: (of) => [
      rcloneTo(of, 'webdav'),
      rcloneTo(of, 'sftp'),
      rsyncDaemon(of),
      curlTreeToNginx(of),
      ...curlToTusd(of),
      ...physicalLimits(of.data),
    ],
  })

const SMALL_BYTES = 4096
/** rclone's WebDAV server takes minutes for all of them. */
const WEBDAV_FILES = 400

const smallSizes = (count: number) => Array.from({ length: count }, () => SMALL_BYTES)

const fewSmall = (files: number) => ({
  data: dataset(`small-${files}`, smallSizes(files)),
  files,
  bytes: files * SMALL_BYTES,
})

export const small = (): Scenario =>
  transfer({
    name: 'small',
    about: '20,000 files of 4 KiB (to rclone serve webdav 400 of them)',
    unit: 'files/s',
    sizes: smallSizes(20_000),
    peers: (of) => [
      rcloneTo(fewSmall(WEBDAV_FILES), 'webdav'),
      rcloneTo(of, 'sftp'),
      rsyncDaemon(of),
      curlTreeToNginx(of),
      ...curlToTusd(of),
      toSink(of),
      plainProgram(of),
      ...physicalLimits(of.data),
    ],
  })
