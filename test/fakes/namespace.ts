/** A network of its own for the agent, joined to the receiver's by two virtual cards. */
import { onceAfter } from './ends.ts'

const PROGRAMS = ['ip', 'nft', 'tc', 'ss']

const run = (...command: string[]) => Bun.spawnSync(command, { stderr: 'pipe' })

function must(...command: string[]): void {
  const { success, stderr } = run(...command)
  if (!success) throw new Error(`${command.join(' ')}: ${stderr}`)
}

/** What is missing for it; '' when nothing is. */
export function missingForNamespaces(): string {
  if (process.getuid?.() !== 0) return 'not root'
  const lacks = PROGRAMS.find((program) => !Bun.which(program))
  if (lacks !== undefined) return `${lacks} is missing`
  const name = `ferry-try-${process.pid}`
  const made = run('ip', 'netns', 'add', name).success
  run('ip', 'netns', 'del', name)
  return made ? '' : 'network namespaces are not permitted'
}

export interface Namespace {
  /** In front of a program that is to run in it. */
  readonly prefix: readonly string[]
  /** The receiver's address, as the agent sees it. */
  readonly host: string
  link(state: 'up' | 'down'): void
  /** Packets vanish; both ends believe that they are connected. */
  dropAll(): void
  passAll(): void
  /** To the receiver. */
  limit(rate: string): void
  unlimit(): void
  /** Ends every connection by the kernel, with a reset. */
  kill(): void
}

/** It goes away with the test. */
export function makeNamespace(): Namespace {
  // Several runs on one machine must not meet.
  const number = process.pid % 250
  const name = `ferry-${process.pid}`
  const [inner, outer] = [`fi${process.pid % 1e6}`, `fo${process.pid % 1e6}`]
  const network = `10.213.${number}`
  const inside = (...command: string[]) => must('ip', 'netns', 'exec', name, ...command)
  onceAfter(() => {
    run('ip', 'link', 'del', outer)
    run('ip', 'netns', 'del', name)
  })
  must('ip', 'netns', 'add', name)
  must('ip', 'link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name)
  must('ip', 'address', 'add', `${network}.1/24`, 'dev', outer)
  must('ip', 'link', 'set', outer, 'up')
  inside('ip', 'address', 'add', `${network}.2/24`, 'dev', inner)
  inside('ip', 'link', 'set', 'lo', 'up')
  inside('ip', 'link', 'set', inner, 'up')
  return {
    prefix: ['ip', 'netns', 'exec', name],
    host: `${network}.1`,
    link: (state) => must('ip', 'link', 'set', outer, state),
    dropAll: () =>
      inside(
        'nft',
        'add table inet t; add chain inet t c { type filter hook output priority 0; policy drop; }',
      ),
    passAll: () => inside('nft', 'delete table inet t'),
    limit: (rate) =>
      inside(
        'tc',
        'qdisc',
        'add',
        'dev',
        inner,
        'root',
        'tbf',
        'rate',
        rate,
        'burst',
        '64kb',
        'latency',
        '100ms',
      ),
    unlimit: () => inside('tc', 'qdisc', 'del', 'dev', inner, 'root'),
    kill: () => inside('ss', '-K', 'dst', `${network}.1`),
  }
}
