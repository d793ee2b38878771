/** large, mixed, small: what drains how fast on a network that is no limit. */
import { ferryContestant } from '../ferry-contestant.ts'
import type { Contestant, Scenario } from '../measure.ts'
import { curlToNginx, plainProgram, plainTcp, rcloneTo, rsyncDaemon } from '../peers.ts'
import { dataset } from '../places.ts'

const MIB = 1 << 20

interface Load {
  readonly name: string
  readonly about: string
  readonly sizes: readonly number[]
  readonly peers: (of: { data: string; files: number }) => readonly Contestant[]
}

function transfer({ name, about, sizes, peers }: Load): Scenario {
  const data = dataset(name, sizes)
  const of = { data, files: sizes.length }
  const ferry = (tls: boolean) =>
    ferryContestant({ name: tls ? 'ferry, TLS' : 'ferry, plaintext', ...of, tls })
  return {
    name,
    about,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    files: sizes.length,
    contestants: [ferry(false), ferry(true), ...peers(of)],
    close: async () => {},
  }
}

export const large = (): Scenario =>
  transfer({
    name: 'large',
    about: 'one file of 1 GiB',
    sizes: [1024 * MIB],
    peers: (of) => [
      curlToNginx(of, false, '0/f0'),
      curlToNginx(of, true, '0/f0'),
      plainTcp(of, '0/f0'),
      rsyncDaemon(of),
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
    sizes: mixedSizes(),
    peers: (of) => [rcloneTo(of, 'webdav'), rcloneTo(of, 'sftp'), rsyncDaemon(of)],
  })

export const small = (): Scenario =>
  transfer({
    name: 'small',
    about: '20,000 files of 4 KiB',
    sizes: Array.from({ length: 20_000 }, () => 4096),
    peers: (of) => [
      rcloneTo(of, 'webdav'),
      rcloneTo(of, 'sftp'),
      rsyncDaemon(of),
      plainProgram(of),
    ],
  })
