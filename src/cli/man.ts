/** Manual pages, from the tables of commands and settings. Pure, but for what `ferry man` prints. */
import type { Setting } from '../config/setting.ts'
import { SETTINGS } from '../config/settings.ts'
import { UsageError } from '../errors.ts'
import { VERSION } from '../version.ts'
import type { Arguments, Command, ExitCode } from './command.ts'
import { print } from './output.ts'

/** When the pages were last changed in substance. */
const DATE = '2026-11-24'

/** Backslashes, leading dots and dashes mean something to roff. */
const roff = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/`([^`]*)`/g, '\\fB$1\\fR')
    .replace(/^([.'])/gm, '\\&$1')

/** Lines of a source for roff are at most 80 characters long. */
const LINE_CHARACTERS = 76

/** Text over several lines. */
function paragraph(text: string): string {
  const lines: string[] = []
  for (const word of roff(text).split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= LINE_CHARACTERS) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line) => line.replace(/^([.'])/, '\\&$1')).join('\n')
}

const heading = (name: string, section: number) =>
  `.TH ${name} ${section} ${DATE} "Ferry ${VERSION}" "Ferry"`

function optionPage({ name, value, about }: Command['options'][number]): string[] {
  const shown = value === 'flag' ? '' : ` \\fI${roff(value)}\\fR`
  return ['.TP', `\\fB\\-\\-${roff(name)}\\fR${shown}`, paragraph(about)]
}

function commandPage({ name, words, summary, details, options }: Command): string[] {
  const usage = words === '' ? '' : ` \\fI${roff(words)}\\fR`
  return [
    `.SS "ferry ${name}"`,
    `\\fBferry ${name}\\fR${usage} [options]`,
    '.PP',
    paragraph(summary),
    ...(details ? ['.PP', paragraph(details)] : []),
    ...options.flatMap(optionPage),
  ]
}

const EXIT_CODES = [
  ['0', 'done'],
  ['1', 'failed'],
  ['2', 'the command line cannot be understood'],
  ['78', 'the configuration cannot be used'],
] as const

const FILES = [
  ['/etc/ferry/ferry.json', 'the configuration; see ferry.json(5)'],
  ['/var/lib/ferry', 'journal and control socket of an agent that runs as root'],
] as const

const list = (entries: readonly (readonly [string, string])[]) =>
  entries.flatMap(([name, about]) => ['.TP', `\\fB${roff(name)}\\fR`, paragraph(about)])

/** `ferry(1)`. */
export function programPage(commands: readonly Command[]): string {
  return `${[
    heading('FERRY', 1),
    '.SH NAME',
    'ferry \\- carries files off a board to a receiver',
    '.SH SYNOPSIS',
    '\\fBferry\\fR \\fICOMMAND\\fR [options]',
    '.SH DESCRIPTION',
    paragraph(
      'On the board ferry finds finished files, sends them to a receiver and deletes each one when the receiver holds it durably. On a server the same executable is the receiver.',
    ),
    '.SH COMMANDS',
    ...commands.filter(({ hidden }) => !hidden).flatMap(commandPage),
    '.SH FILES',
    ...list(FILES),
    '.SH EXIT STATUS',
    ...list(EXIT_CODES),
    '.SH SEE ALSO',
    '.BR ferry.json (5)',
  ].join('\n')}\n`
}

function settingPage(setting: Setting): string[] {
  const { key, about, choices, default: value, defaultText } = setting
  const shown = value === undefined ? (defaultText ?? '') : JSON.stringify(value)
  const one = choices ? ` One of ${choices.join(', ')}.` : ''
  return ['.TP', `\\fB${roff(key)}\\fR`, paragraph(`${about}${one} Default: ${shown}.`)]
}

/** `ferry.json(5)`. */
export function settingsPage(): string {
  const settings: readonly Setting[] = SETTINGS
  return `${[
    heading('FERRY.JSON', 5),
    '.SH NAME',
    'ferry.json \\- configuration of ferry on a board',
    '.SH DESCRIPTION',
    paragraph(
      "One file, JSON with comments. Where Viam's data manager has a setting, the name and the meaning are the same. A name with a dot is that of an object and a key in it.",
    ),
    '.SH SETTINGS',
    ...settings.filter(({ capture }) => !capture).flatMap(settingPage),
    '.SH SEE ALSO',
    '.BR ferry (1)',
  ].join('\n')}\n`
}

export function man({ words }: Arguments, commands: readonly Command[]): ExitCode {
  const [page = 'ferry', ...rest] = words
  if (rest.length > 0 || !['ferry', 'ferry.json'].includes(page)) {
    throw new UsageError('man ferry | ferry.json')
  }
  print(page === 'ferry' ? programPage(commands) : settingsPage())
  return 0
}
