/** A whole machine under emulation: Debian with systemd, 512 MiB of memory, a disk that outlives it. */
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { afterEachTest } from '../fakes/ends.ts'
import { eventually } from '../fakes/ferry.ts'

const CACHE = resolve('node_modules/.cache/ferry/emulation-root.tar')
const INCLUDE = 'systemd,systemd-sysv,adduser,linux-image-cloud-amd64,initramfs-tools,zstd'
const DISK_BYTES = 2 * 1024 ** 3
/** What the user network of the emulator calls the host's loopback. */
export const HOST_ADDRESS = '10.0.2.2'
/** No gateway and no name server: the board reaches the host's loopback and nothing else. */
const NETWORK = '[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\nLinkLocalAddressing=no\n'
const UNIT = '[Service]\nExecStart=/bin/sh /root/board.sh\n[Install]\nWantedBy=multi-user.target\n'

const NEEDED = ['qemu-system-x86_64', 'mmdebstrap', 'mkfs.ext4', 'dpkg-deb']

/** Why there can be no such board here; '' when there can. */
export function whyNot(): string {
  if (process.getuid?.() !== 0) return 'it needs root'
  if (process.arch !== 'x64') return 'it needs an x86-64 machine'
  const missing = NEEDED.filter((program) => Bun.which(program) === null)
  return missing.length === 0 ? '' : `missing ${missing.join(', ')}`
}

function run(...command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command)
  if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  return stdout.toString().trim()
}

export interface Image {
  readonly folder: string
  readonly kernel: string
  readonly initrd: string
  readonly disk: string
}

/** The package and the join line lie in /root, not yet installed. */
export function makeImage(folder: string, joinLine: string): Image {
  if (!fs.existsSync(CACHE)) {
    fs.mkdirSync(resolve(CACHE, '..'), { recursive: true })
    run('mmdebstrap', '--variant=minbase', `--include=${INCLUDE}`, 'bookworm', `${CACHE}.new.tar`)
    fs.renameSync(`${CACHE}.new.tar`, CACHE)
  }
  const root = `${folder}/root`
  fs.mkdirSync(root)
  run('tar', '-xf', CACHE, '-C', root)
  const packed = run('env', 'FERRY_XZ_LEVEL=none', './scripts/package.sh', 'deb', 'x64', folder)
  fs.copyFileSync(packed, `${root}/root/ferry.deb`)
  fs.copyFileSync('test/packaging/in-emulation.sh', `${root}/root/board.sh`)
  fs.writeFileSync(`${root}/root/join`, joinLine)
  fs.writeFileSync(`${root}/etc/hostname`, 'board\n')
  // Without one systemd asks, at the console, what this machine is to be.
  fs.writeFileSync(`${root}/etc/machine-id`, `${'0123456789abcdef'.repeat(2)}\n`)
  fs.writeFileSync(`${root}/etc/systemd/network/10-eth0.network`, NETWORK)
  fs.writeFileSync(`${root}/etc/systemd/system/board.service`, UNIT)
  run('chroot', root, 'systemctl', 'enable', 'board.service', 'systemd-networkd.service')
  run('chroot', root, 'systemctl', 'mask', 'apt-daily.timer', 'apt-daily-upgrade.timer')
  const [kernel, initrd] = ['vmlinuz', 'initrd.img'].map((name) => {
    const found = fs.readdirSync(`${root}/boot`).find((one) => one.startsWith(`${name}-`))
    fs.renameSync(`${root}/boot/${found}`, `${folder}/${name}`)
    return `${folder}/${name}`
  }) as [string, string]
  const disk = `${folder}/disk`
  fs.closeSync(fs.openSync(disk, 'w'))
  fs.truncateSync(disk, DISK_BYTES)
  run('mkfs.ext4', '-q', '-d', root, disk)
  fs.rmSync(root, { recursive: true })
  return { folder, kernel, initrd, disk }
}

export interface Board {
  /** Lines that the script within said so far. */
  said(): string[]
  /** Waits for a line that begins so; fails where the script says that it failed. */
  until(beginning: string, withinMs: number): Promise<string>
  /** As a power cut: what the guest had not written to its disk is gone. */
  cut(): Promise<void>
  /** It switched itself off. */
  readonly off: Promise<number>
}

const running = new Set<Bun.Subprocess>()

afterEachTest(async () => {
  for (const machine of running) machine.kill('SIGKILL')
  await Promise.all([...running].map((machine) => machine.exited))
})

export function boot({ folder, kernel, initrd, disk }: Image, phase: string, n: number): Board {
  const said = `${folder}/said-${n}`
  const append = `root=/dev/vda rw console=ttyS0 net.ifnames=0 board.phase=${phase} board.boot=${n}`
  const machine = Bun.spawn(
    [
      'qemu-system-x86_64',
      ...['-machine', 'q35,accel=tcg', '-cpu', 'Nehalem', '-smp', '1', '-m', '512'],
      ...['-nodefaults', '-display', 'none', '-no-reboot'],
      ...['-kernel', kernel, '-initrd', initrd, '-append', append],
      ...['-drive', `file=${disk},format=raw,if=virtio,cache=writeback`],
      ...['-nic', 'user,model=virtio-net-pci,ipv6=off'],
      // A board without a clock of its own wakes at the same hour each time.
      ...['-rtc', 'base=2020-01-01T00:00:00'],
      ...['-serial', `file:${folder}/console-${n}`, '-serial', `file:${said}`],
    ],
    { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' },
  )
  running.add(machine)
  const off = machine.exited.finally(() => running.delete(machine))
  // Its last line may still be on its way.
  const lines = () =>
    fs.existsSync(said) ? fs.readFileSync(said, 'utf8').split(/\r?\n/).slice(0, -1) : []
  return {
    said: lines,
    async until(beginning, withinMs) {
      const find = () => lines().find((line) => /^FAIL/.test(line) || line.startsWith(beginning))
      const line = await eventually(find, (found) => found !== undefined, withinMs).catch(() => '')
      if (line === undefined || line === '' || line.startsWith('FAIL')) {
        const console = fs.readFileSync(`${folder}/console-${n}`, 'utf8').split('\n').slice(-20)
        throw new Error(`boot ${n}, no "${beginning}": ${[...console, ...lines()].join('\n')}`)
      }
      return line
    },
    async cut() {
      machine.kill('SIGKILL')
      await off
    },
    off,
  }
}
