/** The ARM64 executable, under emulation, as on a Raspberry Pi 3 and 4. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { configure, ferry, makeSite, startReceiver, storedFiles } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const ARM64 = resolve(import.meta.dir, '../../dist/ferry-linux-arm64')
const EMULATOR = 'qemu-aarch64-static'
/** The C library of that architecture. */
const SYSROOT = '/usr/aarch64-linux-gnu'

test.each(['cortex-a53', 'cortex-a72'])(
  'on %s files are carried end to end',
  async (cpu) => {
    if (process.arch !== 'x64' || !Bun.which(EMULATOR) || !fs.existsSync(SYSROOT)) {
      console.log(`SKIPPED ${cpu}: ${EMULATOR} or its C library is missing`)
      return
    }
    const site = await makeSite(temporaryFolder('arm64'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { delete_when_unsure: true })
    const content = new Map<string, Buffer>()
    for (let index = 0; index < 20; index++)
      content.set(`f${index}`, Buffer.alloc(index * 999, 'arm '))
    content.set('big', Buffer.alloc(5_000_000, 'arm64 '))
    for (const [name, bytes] of content) fs.writeFileSync(`${site.board}/${name}`, bytes)
    const emulated = { prefix: [EMULATOR, '-L', SYSROOT, '-cpu', cpu], executable: ARM64 }
    const version = await ferry(['version'], emulated)
    expect(version.out).toStartWith('ferry ')
    const run = ['run', '--config', site.config, '--once', '--timeout', '100s']
    const ran = await ferry(run, emulated)
    expect(ran.err).not.toContain('"level":"error"')
    expect(ran.code).toBe(0)
    const stored = storedFiles(site)
    for (const [name, bytes] of content) expect(stored.get(name)?.equals(bytes)).toBe(true)
    expect(fs.readdirSync(site.board)).toEqual([])
  },
  120_000,
)
