/** What is published: packages that come out the same twice, what they hold, and what they do. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { temporaryFolder } from '../fakes/temporary.ts'

const TARGET = process.arch === 'arm64' ? 'arm64' : 'x64'
const EXECUTABLE = `dist/ferry-linux-${TARGET}`
const UNITS = process.env['FERRY_UNITS'] ?? 'packaging/init'
const folder = temporaryFolder('release')
/** Uncompressed: that costs least, and what is compared is the layout. */
const env = { ...process.env, FERRY_XZ_LEVEL: 'none' }

function run(command: readonly string[], extra: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], { env: { ...env, ...extra } })
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() }
}

/** Says so where a means is missing; the test then ends. */
function lacks(what: string, programs: readonly string[], units = false): boolean {
  const missing = programs.filter((program) => Bun.which(program) === null)
  if (units && !fs.existsSync(`${UNITS}/ferry-agent.service`)) missing.push(`${UNITS}/*.service`)
  if (missing.length > 0) console.log(`SKIPPED ${what}: missing ${missing.join(', ')}`)
  return missing.length > 0
}

function pack(kind: string, out: string): string {
  const made = run(['./scripts/package.sh', kind, TARGET, `${folder}/${out}`])
  if (made.code !== 0) throw new Error(made.err)
  return made.out.trim()
}

/** What a script of test/fakes says in a copy of this system that is thrown away. */
function inThrowawayRoot(script: string, ...args: readonly string[]): string {
  fs.copyFileSync(`test/fakes/${script}`, `${folder}/${script}`)
  const root = resolve('test/fakes/throwaway-root.sh')
  const { out, err } = run([root, folder, `${folder}/${script}`, ...args])
  return `${out}${err}`
}

const sha256 = (path: string) => run(['sha256sum', path]).out.split(' ')[0] ?? ''

test('an executable that needs a newer glibc, small pages or was stripped is refused', () => {
  if (lacks('the check of executables', ['readelf', 'strip'])) return
  const arm64 = 'dist/ferry-linux-arm64'
  expect(run(['./scripts/check-executable.sh', EXECUTABLE, arm64])).toMatchObject({ code: 0 })
  const bytes = fs.readFileSync(arm64)
  const wrong = `${folder}/small-pages`
  // The first loadable program header; its alignment is its last eight bytes.
  for (let at = 64; at < 64 + 56 * 16; at += 56)
    if (bytes.readUInt32LE(at) === 1) bytes.writeBigUInt64LE(4096n, at + 48)
  fs.writeFileSync(wrong, bytes)
  expect(run(['./scripts/check-executable.sh', wrong]).err).toContain('aligned to 0x1000 only')
  fs.copyFileSync(EXECUTABLE, `${folder}/stripped`)
  run(['strip', `${folder}/stripped`])
  expect(run(['./scripts/check-executable.sh', `${folder}/stripped`]).err).toContain('stripped?')
  const newer = fs.readFileSync(EXECUTABLE)
  newer.write('GLIBC_2.38\0', newer.indexOf('GLIBC_2.17\0'))
  fs.writeFileSync(`${folder}/newer`, newer)
  expect(run(['./scripts/check-executable.sh', `${folder}/newer`]).err).toContain('glibc 2.38')
})

test('a .deb is the same twice, holds what was compiled, and lives and dies without taking data', () => {
  if (lacks('the .deb', ['dpkg-deb', 'xz'], true)) return
  const deb = pack('deb', 'one')
  expect(sha256(pack('deb', 'two'))).toBe(sha256(deb))
  const listed = run(['dpkg-deb', '-c', deb]).out
  for (const file of ['usr/bin/ferry', 'ferry-agent.service', 'THIRD-PARTY.txt.gz'])
    expect(listed).toContain(file)
  run(['dpkg-deb', '-x', deb, `${folder}/unpacked`])
  expect(sha256(`${folder}/unpacked/usr/bin/ferry`)).toBe(sha256(EXECUTABLE))
  if (lacks('the life of a package', ['unshare', 'dpkg', 'adduser'])) return
  if (process.getuid?.() !== 0) return console.log('SKIPPED the life of a package: not root')
  run(['dpkg-deb', '-R', deb, `${folder}/newer-tree`])
  const control = `${folder}/newer-tree/DEBIAN/control`
  fs.writeFileSync(
    control,
    fs.readFileSync(control, 'utf8').replace(/^(Version: .*)$/m, '$1+newer'),
  )
  run(['dpkg-deb', '-Znone', '-b', `${folder}/newer-tree`, `${folder}/newer.deb`])
  expect(inThrowawayRoot('package-life.sh', deb, `${folder}/newer.deb`)).toContain(
    'the package lived',
  )
})

test('an .rpm holds the executable as it was compiled, and lives and dies', () => {
  if (lacks('the .rpm', ['rpmbuild', 'rpm'], true)) return
  const rpm = pack('rpm', 'one')
  const listed = run(['rpm', '-qlp', rpm]).out
  for (const file of ['/usr/bin/ferry', '/usr/lib/systemd/system/ferry-agent.service'])
    expect(listed).toContain(file)
  expect(listed).not.toContain('.build-id')
  const dump = run(['rpm', '-qp', '--dump', rpm]).out
  const line = dump.split('\n').find((one) => one.startsWith('/usr/bin/ferry ')) ?? ''
  expect(line).toContain(sha256(EXECUTABLE))
  if (lacks('the life of an .rpm', ['unshare', 'useradd'])) return
  if (process.getuid?.() !== 0) return console.log('SKIPPED the life of an .rpm: not root')
  expect(inThrowawayRoot('rpm-life.sh', rpm)).toContain('the package lived')
})

test('the installer of a tarball makes an image, and leaves the machine that makes it alone', () => {
  if (lacks('the tarball', ['xz', 'unshare'])) return
  if (process.getuid?.() !== 0) return console.log('SKIPPED the tarball: not root')
  expect(inThrowawayRoot('tarball-life.sh', pack('tarball', 'one'))).toContain('the tarball lived')
})

test('what an executable is made of is named with version, licence and checksum', () => {
  const say = (kind: string) =>
    run([process.execPath, 'scripts/third-party.ts', kind, TARGET, `${EXECUTABLE}.inputs.json`], {
      SOURCE_DATE_EPOCH: '1',
    }).out
  const { components } = JSON.parse(say('sbom')) as { components: { name: string }[] }
  const names = components.map(({ name }) => name)
  expect(names).toContain('@grpc/grpc-js')
  expect(names.filter((name) => name.startsWith('@oven/'))).toHaveLength(1)
  // Installed, but left out of the executable.
  expect(names).not.toContain('@grpc/proto-loader')
  const notices = say('notices')
  for (const name of names.filter((one) => !one.startsWith('@oven/')))
    expect(notices).toContain(`\n${name} `)
})

test('a signature holds for what was signed, and for nothing else', () => {
  if (lacks('the signature', ['minisign'])) return
  const [secret, open, file] = ['secret', 'public', 'SHA256SUMS'].map((one) => `${folder}/${one}`)
  run(['minisign', '-G', '-W', '-s', `${secret}`, '-p', `${open}`])
  fs.writeFileSync(`${file}`, 'abc  ferry\n')
  const sign = ['./scripts/sign.sh', `${file}`]
  expect(run(sign, { FERRY_MINISIGN_KEY: '' }).err).toContain('NOTHING IS SIGNED')
  expect(run(sign, { FERRY_MINISIGN_KEY: `${secret}` })).toMatchObject({ code: 0 })
  const verify = ['minisign', '-V', '-p', `${open}`, '-m', `${file}`]
  expect(run(verify).code).toBe(0)
  fs.appendFileSync(`${file}`, 'x')
  expect(run(verify).code).not.toBe(0)
})
