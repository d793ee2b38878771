/** A receiver of this executable's own, on loopback, for as long as a measurement takes. */
import * as fs from 'node:fs'
import type { FerryConfig } from '../config/config.ts'

export interface LoopbackReceiver {
  /** Where it is, in the words of a configuration. */
  readonly destination: FerryConfig['destination']
  /** Processor time so far; 0 where it cannot be read. */
  cpuMs(): number
  /** Removes its store too. */
  stop(): Promise<void>
}

/** Compiled, the program is its own first argument; from source, the runtime has the script's. */
const itself = () => {
  const script = process.argv[1] ?? ''
  return script.startsWith('/$bunfs/') ? [process.execPath] : [process.execPath, script]
}

/** Clock ticks of /proc are hundredths on every Linux. */
const TICK_MS = 10

function cpuMsOf(pid: number): number {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  } catch {
    return 0
  }
}

async function run(args: readonly string[]): Promise<string> {
  const child = Bun.spawn([...itself(), ...args], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) throw new Error(`ferry ${args.join(' ')}: ${err.trim()}`)
  return out
}

/** The store lies in the folder, which the caller removes. */
export async function startLoopback(folder: string, isTls: boolean): Promise<LoopbackReceiver> {
  const store = `${folder}/store-${isTls ? 'tls' : 'plaintext'}`
  await run(['receive', '--init', store, '--host', 'localhost'])
  const open = ['--plaintext', '--no-keys']
  const child = Bun.spawn(
    [
      ...[...itself(), 'receive', '--store', store, '--listen', '127.0.0.1:0'],
      ...['--log-level', 'error', '--allow-volatile-store', '--min-free', '64MiB'],
      ...(isTls ? ['--no-keys'] : open),
    ],
    { stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' },
  )
  const { value } = await child.stdout.getReader().read()
  const port = Number(/:(\d+)\s*$/.exec(Buffer.from(value ?? []).toString())?.[1] ?? 0)
  if (port === 0) throw new Error('the receiver on this machine did not start')
  return {
    destination: {
      url: { scheme: isTls ? 'grpcs' : 'grpc', host: '127.0.0.1', port },
      keyFile: undefined,
      caFile: isTls ? `${store}/.ferry/ca.pem` : undefined,
      protocol: 'ferry',
      login: undefined,
    },
    cpuMs: () => cpuMsOf(child.pid),
    async stop() {
      child.kill('SIGKILL')
      await child.exited
      fs.rmSync(store, { recursive: true, force: true })
    },
  }
}
