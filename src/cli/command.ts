/** What a command is, how its arguments are read, and how its help is written. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UsageError } from '../errors.ts'

/** 0 done, 1 failed, 2 usage, 78 configuration. */
export type ExitCode = 0 | 1 | 2 | 78

export interface Option {
  readonly name: string
  /** `flag` takes no value; the others are shown in the help. */
  readonly value: string
  readonly about: string
  readonly multiple?: true
}

export interface Arguments {
  /** undefined where it was not given. */
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  flag(name: string): boolean
  readonly words: readonly string[]
}

export interface Command {
  readonly name: string
  readonly summary: string
  /** What may stand after the name, beside options. */
  readonly words: string
  readonly options: readonly Option[]
  /** More for the help: a sentence or two. */
  readonly details?: string
  readonly hidden?: true
  readonly run: (args: Arguments) => Promise<ExitCode>
}

/** Every command has it. */
export const HELP: Option = { name: 'help', value: 'flag', about: 'Show this help.' }

/** Fails with `UsageError`. */
export function readArguments(command: Command, argv: readonly string[]): Arguments {
  const options: NonNullable<ParseArgsConfig['options']> = {}
  for (const { name, value, multiple } of [...command.options, HELP]) {
    options[name] = { type: value === 'flag' ? 'boolean' : 'string', multiple: multiple ?? false }
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    })
    const [word] = positionals
    if (command.words === '' && word !== undefined) throw new Error(`Unexpected word "${word}"`)
    const text = (name: string) => values[name]
    return {
      text: (name) => text(name) as string | undefined,
      texts: (name) => (text(name) as string[] | undefined) ?? [],
      flag: (name) => text(name) === true,
      words: positionals,
    }
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UsageError(`${message} (see ferry ${command.name} --help)`)
  }
}

/** An option that must be there. */
export function required(args: Arguments, name: string): string {
  const value = args.text(name)
  if (value === undefined) throw new UsageError(`--${name} is missing`)
  return value
}

function optionLines(options: readonly Option[]): string[] {
  const left = options.map(({ name, value }) =>
    value === 'flag' ? `--${name}` : `--${name} ${value}`,
  )
  const width = Math.max(...left.map((text) => text.length))
  return options.map(({ about }, index) => `  ${(left[index] ?? '').padEnd(width)}  ${about}`)
}

export function commandHelp({ name, words, summary, details, options }: Command): string {
  const usage = ['ferry', name, words, '[options]'].filter((part) => part !== '').join(' ')
  return [
    `${summary}`,
    '',
    `Usage: ${usage}`,
    '',
    ...(details ? [details, ''] : []),
    'Options:',
    ...optionLines([...options, HELP]),
    '',
  ].join('\n')
}

export function programHelp(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => !hidden)
  const width = Math.max(...shown.map(({ name }) => name.length))
  return [
    'ferry carries files off a board, and deletes each one when the receiver holds it durably.',
    '',
    'Usage: ferry COMMAND [options]',
    '',
    'Commands:',
    ...shown.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'ferry COMMAND --help says more. Exit codes: 0 done, 1 failed, 2 usage, 78 configuration.',
    '',
  ].join('\n')
}
