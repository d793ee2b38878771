/** The executables under emulation of the processors that boards have; FERRY_BOARDS=all takes all of them. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import {
  configure,
  ferry,
  makeSite,
  once,
  readTree,
  type Site,
  startReceiver,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

interface Board {
  readonly cpu: string
  /** What has such a processor. */
  readonly boards: string
  readonly target: 'arm64' | 'x64'
  /** Also where a change must not wait. */
  readonly inShort?: true
}

const BOARDS: readonly Board[] = [
  { cpu: 'cortex-a53', boards: 'Pi 3, Zero 2', target: 'arm64', inShort: true },
  { cpu: 'cortex-a57', boards: 'Jetson Nano, TX2', target: 'arm64' },
  { cpu: 'cortex-a72', boards: 'Pi 4', target: 'arm64', inShort: true },
  { cpu: 'cortex-a76', boards: 'Pi 5', target: 'arm64' },
  { cpu: 'Nehalem', boards: 'the oldest x86 that it runs on', target: 'x64', inShort: true },
]

const isWhole = process.env['FERRY_BOARDS'] === 'all'
/** The C library of that architecture. */
const SYSROOT = '/usr/aarch64-linux-gnu'

/** undefined where the means are missing, which is said. */
function emulationOf({ cpu, target }: Board) {
  const emulator = target === 'arm64' ? 'qemu-aarch64-static' : 'qemu-x86_64-static'
  const hasLibrary = target === 'x64' || fs.existsSync(SYSROOT)
  if (process.arch !== 'x64' || !Bun.which(emulator) || !hasLibrary) {
    console.log(`SKIPPED ${cpu}: ${emulator} or its C library is missing`)
    return undefined
  }
  return {
    prefix: [emulator, ...(target === 'arm64' ? ['-L', SYSROOT] : []), '-cpu', cpu],
    executable: resolve(import.meta.dir, `../../dist/ferry-linux-${target}`),
  }
}

function fill(site: Site): Map<string, Buffer> {
  const content = new Map<string, Buffer>()
  for (let index = 0; index < 20; index++) {
    content.set(`f${index}`, Buffer.alloc(index * 999, `file ${index} `))
  }
  content.set('big', Buffer.alloc(5_000_000, 'board '))
  for (const [name, bytes] of content) fs.writeFileSync(`${site.board}/${name}`, bytes)
  return content
}

const chosen = BOARDS.filter(({ inShort }) => isWhole || inShort)

describe.each(chosen.map((board) => [board.cpu, board.boards, board] as const))(
  'on %s (%s)',
  (_cpu, _boards, board) => {
    test('files are carried end to end', async () => {
      const emulated = emulationOf(board)
      if (emulated === undefined) return
      const site = await makeSite(temporaryFolder('board'))
      const receiver = await startReceiver(site.store)
      // Emulation of a process has no leases.
      configure(site, receiver.port, { delete_when_unsure: true })
      const content = fill(site)
      const run = ['run', '--config', site.config, '--once', '--timeout', '100s']
      const ran = await ferry(run, emulated)
      expect(ran.err).not.toContain('"level":"error"')
      expect(ran.code).toBe(0)
      const stored = storedFiles(site)
      for (const [name, bytes] of content) expect(stored.get(name)?.equals(bytes)).toBe(true)
      expect(fs.readdirSync(site.board)).toEqual([])
    })

    test.skipIf(!isWhole)('it receives, checks itself and is measured', async () => {
      const emulated = emulationOf(board)
      if (emulated === undefined) return
      const site = await makeSite(temporaryFolder('board'))
      const receiver = await startReceiver(site.store, [], emulated)
      configure(site, receiver.port)
      const content = fill(site)
      expect(await once(site)).toMatchObject({ code: 0 })
      const stored = storedFiles(site)
      for (const [name, bytes] of content) expect(stored.get(name)?.equals(bytes)).toBe(true)
      const check = await ferry(['check', '--config', site.config], emulated)
      expect(check.out).toMatch(/^ok +receiver/m)
      expect(check.code).toBe(0)
      const short = ['--seconds', '0.3', '--size', '8MiB', '--json']
      const disk = await ferry(['bench', 'disk', site.folder, ...short], emulated)
      expect(JSON.parse(disk.out).disk.write_mb_s).toBeGreaterThan(0)
      expect([...readTree(site.folder).keys()].filter((name) => name.includes('bench'))).toEqual([])
    })
  },
)
