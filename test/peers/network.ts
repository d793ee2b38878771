/** A network that has loopback and nothing else, for programs that call home. */
import { afterEachTest } from '../fakes/ends.ts'

const open = new Set<Bun.Subprocess>()

afterEachTest(async () => {
  for (const child of open) child.kill('SIGKILL')
  await Promise.all([...open].map((child) => child.exited))
  open.clear()
})

/** What is missing for it; '' when nothing is. */
export function missingForNetwork(): string {
  for (const program of ['unshare', 'nsenter', 'ip']) {
    if (Bun.which(program) === null) return `no ${program}`
  }
  const made = Bun.spawnSync(['unshare', '-n', 'ip', 'link', 'set', 'lo', 'up'])
  return made.exitCode === 0 ? '' : 'no right to make a network (root)'
}

/** What goes in front of a command that shall run in it. Ends with the test. */
export async function makeNetwork(): Promise<string[]> {
  const child = Bun.spawn(
    ['unshare', '-n', 'sh', '-c', 'ip link set lo up && echo up && read end'],
    {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
    },
  )
  open.add(child)
  const { value } = await child.stdout.getReader().read()
  if (Buffer.from(value ?? []).toString() !== 'up\n') throw new Error('no network')
  return ['nsenter', '-t', String(child.pid), '-n']
}
