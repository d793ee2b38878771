/** A whole release, and its .deb in a new Debian of the oldest and the newest kind that is tried. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { temporaryFolder } from '../fakes/temporary.ts'

const ARCH = process.arch === 'arm64' ? 'arm64' : 'amd64'
/** Debian 11 has the oldest dpkg and C library of those still maintained. */
const RELEASES = ['bullseye', 'bookworm']

const run = (command: readonly string[]) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command])
  return { code: exitCode, text: `${stdout}${stderr}` }
}

test('a release of every target is the same twice, packed, and clean for lintian', () => {
  const missing = ['dpkg-deb', 'rpmbuild', 'lintian', 'readelf', 'xz'].filter(
    (one) => !Bun.which(one),
  )
  if (missing.length > 0) {
    console.log(`SKIPPED the release: missing ${missing.join(', ')}`)
    return
  }
  const made = run(['./scripts/release.sh'])
  expect(made.text).toContain('NOTHING IS SIGNED')
  expect(made.code).toBe(0)
  expect(fs.readdirSync('dist/release').filter((name) => name.endsWith('.tar.xz'))).toHaveLength(4)
}, 1_800_000)

test.each(RELEASES)(
  'a package lives on %s',
  (release) => {
    const made = fs.existsSync('dist/release') ? fs.readdirSync('dist/release') : []
    const deb = made.find((name) => name.endsWith(`_${ARCH}.deb`))
    if (process.getuid?.() !== 0 || Bun.which('mmdebstrap') === null || deb === undefined) {
      console.log(`SKIPPED ${release}: it takes root, mmdebstrap and ./scripts/release.sh`)
      return
    }
    const folder = temporaryFolder('debian')
    const root = `${folder}/root`
    const bootstrap = ['mmdebstrap', '--variant=minbase', '--include=adduser', release, root]
    const made_root = run(bootstrap)
    if (made_root.code !== 0) {
      console.log(`SKIPPED ${release}: mmdebstrap: ${made_root.text.trim().split('\n').at(-1)}`)
      return
    }
    const first = resolve('dist/release', deb)
    run(['dpkg-deb', '-R', first, `${folder}/newer`])
    const control = `${folder}/newer/DEBIAN/control`
    fs.writeFileSync(
      control,
      fs.readFileSync(control, 'utf8').replace(/^(Version: .*)$/m, '$1+newer'),
    )
    run(['dpkg-deb', '-Znone', '-b', `${folder}/newer`, `${root}/newer.deb`])
    fs.copyFileSync(first, `${root}/first.deb`)
    fs.copyFileSync('test/fakes/package-life.sh', `${root}/life.sh`)
    // A mount name space, so that /proc goes away with it.
    const life = `mount -t proc proc ${root}/proc && FERRY_INSIDE=yes chroot ${root} sh /life.sh /first.deb /newer.deb`
    expect(run(['unshare', '--mount', 'sh', '-c', life]).text).toContain('the package lived')
  },
  600_000,
)
