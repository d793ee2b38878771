/** Completion for shells, from the table of commands. Pure, but for what `ferry completion` prints. */
import { UsageError } from '../errors.ts'
import { LOG_LEVELS } from '../system/logger.ts'
import { type Arguments, type Command, type ExitCode, HELP, type Option } from './command.ts'
import { print } from './output.ts'

/** What stands after an option or as a word. */
type Value =
  | { readonly kind: 'none' | 'file' | 'directory' | 'any' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }

function valueAfter({ value }: Pick<Option, 'value'>): Value {
  if (value === 'flag') return { kind: 'none' }
  if (value === 'FILE') return { kind: 'file' }
  if (value === 'DIR') return { kind: 'directory' }
  if (value === 'LEVEL') return { kind: 'choice', choices: LOG_LEVELS }
  const choices = value.split('|')
  return choices.length > 1 ? { kind: 'choice', choices } : { kind: 'any' }
}

/** The first words that a command takes: `add NAME | list` gives `add` and `list`. */
const firstWords = ({ words }: Command) =>
  words
    .split('|')
    .map((part) => part.trim().split(' ')[0] ?? '')
    .filter((word) => /^[a-z]/.test(word))

const takesDirectory = ({ words }: Command) => /\bDIR\b/.test(words)
const shown = (commands: readonly Command[]) => commands.filter(({ hidden }) => !hidden)
const optionsOf = ({ options }: Command) => [...options, HELP]
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

function bashValue(value: Value): string {
  if (value.kind === 'file') return 'files=-f'
  if (value.kind === 'directory') return 'files=-d'
  return value.kind === 'choice' ? `words="${value.choices.join(' ')}"` : ':'
}

function bashCommand(command: Command): string[] {
  const { name } = command
  const values = optionsOf(command)
    .map((option) => ({ option, value: valueAfter(option) }))
    .filter(({ value }) => value.kind !== 'none')
    .map(({ option, value }) => `    ${name}:--${option.name}) ${bashValue(value)} ;;`)
  const options = optionsOf(command).map((option) => `--${option.name}`)
  const first = firstWords(command)
  const words = takesDirectory(command) ? 'files=-d' : ':'
  return [
    ...values,
    `    ${name}:*)`,
    `      if [[ $cur == -* ]]; then words="${options.join(' ')}"`,
    ...(first.length > 0
      ? [`      elif ((COMP_CWORD == 2)); then words="${first.join(' ')}"`]
      : []),
    `      else ${words}; fi ;;`,
  ]
}

function bash(commands: readonly Command[]): string[] {
  return [
    '# bash completion for ferry; generated from the table of commands.',
    '_ferry() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: these are the shell's own
    '  local cur=${COMP_WORDS[COMP_CWORD]} words= files=',
    '  COMPREPLY=()',
    '  if ((COMP_CWORD == 1)); then',
    `    mapfile -t COMPREPLY < <(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$cur")`,
    '    return',
    '  fi',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: these are the shell's own
    '  case ${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD - 1]} in',
    ...commands.flatMap(bashCommand),
    '  esac',
    '  if [[ -n $files ]]; then',
    '    compopt -o filenames 2>/dev/null',
    '    mapfile -t COMPREPLY < <(compgen "$files" -- "$cur")',
    '  else',
    '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")',
    '  fi',
    '}',
    'complete -F _ferry ferry',
  ]
}

function zshValue({ value: shownAs, ...option }: Option): string {
  const value = valueAfter({ value: shownAs, ...option })
  if (value.kind === 'none') return ''
  if (value.kind === 'choice') return `:value:(${value.choices.join(' ')})`
  const action = { file: '_files', directory: '_files -/', any: '' }[value.kind]
  return `:${shownAs.replaceAll(':', '\\:')}:${action}`
}

function zshCommand(command: Command): string[] {
  const escapeZsh = (text: string) => text.replace(/[[\]:\\]/g, (c) => `\\${c}`)
  const options = optionsOf(command).map((option) => {
    const again = option.multiple ? '*' : ''
    return `      ${quote(`${again}--${option.name}[${escapeZsh(option.about)}]${zshValue(option)}`)} \\`
  })
  const first = firstWords(command)
  const words = first.length > 0 ? [`      ${quote(`1:word:(${first.join(' ')})`)} \\`] : []
  const rest = takesDirectory(command) ? '*:directory:_files -/' : '*: :'
  return [`    ${command.name}) _arguments \\`, ...options, ...words, `      ${quote(rest)} ;;`]
}

function zsh(commands: readonly Command[]): string[] {
  return [
    '#compdef ferry',
    '# zsh completion for ferry; generated from the table of commands.',
    '_ferry() {',
    '  local -a commands=(',
    ...commands.map(
      ({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
    ),
    '  )',
    '  if ((CURRENT == 2)); then _describe -t commands command commands; return; fi',
    '  shift words; ((CURRENT--))',
    '  case $words[1] in',
    ...commands.flatMap(zshCommand),
    '  esac',
    '}',
    'if [[ $funcstack[1] == _ferry ]]; then _ferry "$@"; else compdef _ferry ferry; fi',
  ]
}

function fishValue(value: Value): string {
  if (value.kind === 'none') return ''
  if (value.kind === 'file') return ' -r -F'
  if (value.kind === 'directory') return ` -x -a '(__fish_complete_directories)'`
  return value.kind === 'choice' ? ` -x -a ${quote(value.choices.join(' '))}` : ' -x'
}

function fish(commands: readonly Command[]): string[] {
  const each = commands.flatMap((command) => {
    const { name } = command
    const when = `complete -c ferry -n '__fish_seen_subcommand_from ${name}'`
    const first = firstWords(command)
    return [
      ...(first.length > 0 ? [`${when} -a ${quote(first.join(' '))}`] : []),
      ...(takesDirectory(command) ? [`${when} -a '(__fish_complete_directories)'`] : []),
      ...optionsOf(command).map(
        (option) =>
          `${when} -l ${option.name} -d ${quote(option.about)}${fishValue(valueAfter(option))}`,
      ),
    ]
  })
  return [
    '# fish completion for ferry; generated from the table of commands.',
    'complete -c ferry -f',
    ...commands.map(
      ({ name, summary }) =>
        `complete -c ferry -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ),
    ...each,
  ]
}

const SHELLS = { bash, zsh, fish }
export type Shell = keyof typeof SHELLS

/** The whole file. */
export const completionText = (shell: Shell, commands: readonly Command[]) =>
  `${SHELLS[shell](shown(commands)).join('\n')}\n`

export function completion({ words }: Arguments, commands: readonly Command[]): ExitCode {
  const [name, ...rest] = words
  const shell = (Object.keys(SHELLS) as Shell[]).find((one) => one === name)
  if (shell === undefined || rest.length > 0) throw new UsageError('completion bash | zsh | fish')
  print(completionText(shell, commands))
  return 0
}
