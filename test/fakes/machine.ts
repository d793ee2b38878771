/** A machine whose files are what a test says. */
import type { FerryConfig, Machine } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { ConfigError, type ConfigProblem } from '../../src/errors.ts'

export const machine: Machine = {
  hostName: 'board',
  cpus: 1,
  isRoot: true,
  home: '/home/u',
  viamHome: '',
  viamFile: '/etc/viam.json',
  exists: () => false,
  read: (path) => {
    throw new Error(`no such file: ${path}`)
  },
}

/** The machine with these files, by path. */
export function machineWith(files: Readonly<Record<string, unknown>>): Machine {
  return {
    ...machine,
    exists: (path) => Object.hasOwn(files, path),
    read(path) {
      const file = files[path]
      if (file === undefined) return machine.read(path)
      return typeof file === 'string' ? file : JSON.stringify(file)
    },
  }
}

export const parse = (document: unknown, change: Partial<Machine> = {}): FerryConfig =>
  parseConfig({
    text: typeof document === 'string' ? document : JSON.stringify(document),
    file: '/etc/ferry/ferry.json',
    machine: { ...machine, ...change },
  })

export function problems(
  document: unknown,
  change: Partial<Machine> = {},
): readonly ConfigProblem[] {
  try {
    parse(document, change)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('it was accepted')
}
