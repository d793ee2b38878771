/** Folders, data and the programs that the scenarios share. */
import * as fs from 'node:fs'
import { resolve } from 'node:path'

const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
export const FERRY = resolve(import.meta.dir, `../dist/ferry-linux-${arch}`)
/** On the disk that is measured, not in memory. */
export const GROUND = resolve(import.meta.dir, '../.tmp/bench')

/** One that `scripts/bench.sh` built, else the system's. */
export function program(name: string): string {
  const folder = `${GROUND}/programs`
  const built = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []
  const own = built
    .filter((one) => one.startsWith(`${name}@`))
    .map((one) => `${folder}/${one}/${name}`)
    .filter((path) => fs.existsSync(path))
  return own.at(-1) ?? name
}

export function freshFolder(name: string): string {
  const path = `${GROUND}/${name}`
  fs.rmSync(path, { recursive: true, force: true })
  fs.mkdirSync(path, { recursive: true })
  return path
}

/** Bytes that do not compress, the same each time. */
export function noise(bytes: number, seed: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes)
  let state = (seed * 2654435761 + 1) >>> 0
  const words = new Uint32Array(buffer.buffer, buffer.byteOffset, Math.floor(bytes / 4))
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  return buffer
}

/** Makes files of these sizes once; 500 to a folder. Gives the folder. */
export function dataset(name: string, sizes: readonly number[]): string {
  const folder = `${GROUND}/data/${name}`
  const marker = `${GROUND}/data/${name}.done`
  if (fs.existsSync(marker)) return folder
  fs.rmSync(folder, { recursive: true, force: true })
  const block = noise(4 << 20, sizes.length)
  sizes.forEach((size, index) => {
    const path = `${folder}/${Math.floor(index / 500)}`
    if (index % 500 === 0) fs.mkdirSync(path, { recursive: true })
    const fd = fs.openSync(`${path}/f${index}`, 'w')
    for (let at = 0; at < size; at += block.length) {
      const shift = (index * 64) % (block.length / 2)
      const piece = block.subarray(shift, shift + Math.min(size - at, block.length / 2))
      fs.writeSync(fd, piece)
      if (piece.length < block.length / 2) break
      at -= block.length / 2
    }
    fs.closeSync(fd)
  })
  fs.writeFileSync(marker, '')
  return folder
}

/** Files that have a size and take no room, made once; 500 to a folder. Gives the folder. */
export function sparseTree(name: string, count: number, sizeBytes: number): string {
  const folder = `${GROUND}/data/${name}`
  const marker = `${GROUND}/data/${name}.done`
  if (fs.existsSync(marker)) return folder
  fs.rmSync(folder, { recursive: true, force: true })
  for (let index = 0; index < count; index++) {
    const path = `${folder}/${Math.floor(index / 500)}`
    if (index % 500 === 0) fs.mkdirSync(path, { recursive: true })
    const fd = fs.openSync(`${path}/f${index}`, 'w')
    fs.ftruncateSync(fd, sizeBytes)
    fs.closeSync(fd)
  }
  fs.writeFileSync(marker, '')
  return folder
}

export const freePort = (): number => {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  return port
}

type Process = Bun.Subprocess<'ignore', 'pipe' | 'ignore', 'pipe' | 'ignore'>

const running = new Set<Process>()

/** A server that lives until `stop` or the end of the run. */
export function startServer(
  command: readonly string[],
  stdout: 'ignore' | 'pipe' = 'ignore',
): Process {
  const child = Bun.spawn([...command], {
    ...{ stdin: 'ignore', stdout, stderr: 'ignore' },
  }) as Process
  running.add(child)
  void child.exited.then(() => running.delete(child))
  return child
}

export async function stopServer(child: Process): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await child.exited
  clearTimeout(late)
}

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(stopServer))
}

/** Resolves when something listens there. */
export async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isUp = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } }).then(
      (socket) => {
        socket.end()
        return true
      },
      () => false,
    )
    if (isUp) return
    await Bun.sleep(50)
  }
  throw new Error(`nothing listens on port ${port}`)
}

export function countFiles(folder: string): number {
  const found = Bun.spawnSync(['find', folder, '-type', 'f'])
  return found.stdout.toString().split('\n').length - 1
}
