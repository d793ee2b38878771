/** rclone as a contestant: the current one where it was built, the system's elsewhere. */
import type { Contestant } from './measure.ts'
import { type Common, peer, thenSync } from './peers.ts'
import { program } from './places.ts'

/** No look at the target, no sums, no times beyond what the server sets. */
const COMMON = [
  ...['--no-check-dest', '--ignore-checksum'],
  ...['--no-update-modtime', '--retries', '1', '--low-level-retries', '1'],
]
/** Since 1.63: without a second name that is renamed at the end. */
const CURRENT = ['--inplace']
const SFTP = ['--sftp-set-modtime=false', '--sftp-disable-hashcheck', '--sftp-concurrency', '64']

const said = (command: string[]) => Bun.spawnSync(command).stdout.toString().trim()

/** On two cores 8 to 32 at once differ by less than two runs do. */
const AT_ONCE = 16

function settings(rclone: string, kind: 'webdav' | 'sftp'): readonly string[] {
  const minor = Number(/v1\.(\d+)/.exec(said([rclone, 'version']))?.[1] ?? 0)
  return [...COMMON, ...(minor >= 63 ? CURRENT : []), ...(kind === 'sftp' ? SFTP : [])]
}

/** `atOnce`: more over a link that is far away. */
export function rcloneTo(common: Common, kind: 'webdav' | 'sftp', atOnce = AT_ONCE): Contestant {
  const { data } = common
  const rclone = program('rclone')
  const many = `--transfers ${atOnce} --checkers ${atOnce}`
  const best = `${many} ${settings(rclone, kind).join(' ')}`
  return peer({
    name: `rclone to rclone serve ${kind}`,
    synced: 'counted: sync -f of the target within its time',
    settings: `rclone copy ${best}; rclone serve ${kind}`,
    ...common,
    async start(place, port, reached) {
      const serve = [rclone, 'serve', kind, `${place}/target`, '--addr', `127.0.0.1:${port}`]
      const remote =
        kind === 'webdav'
          ? `:webdav,url="http://127.0.0.1:${reached}":`
          : `:sftp,host=127.0.0.1,port=${reached},user=u,pass=${said([rclone, 'obscure', 'p'])}:`
      const login = kind === 'sftp' ? ['--user', 'u', '--pass', 'p'] : []
      return {
        servers: [[...serve, '--config', '/dev/null', ...login]],
        command: thenSync(`${rclone} copy --config /dev/null ${best} ${data} '${remote}'`, place),
      }
    },
  })
}
