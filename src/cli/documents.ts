/** The documents that come from the settings table. Pure. */
import type { Setting } from '../config/setting.ts'
import { SETTINGS } from '../config/settings.ts'

const settings: readonly Setting[] = SETTINGS

function defaultOf({ default: value, defaultText }: Setting): string {
  return value === undefined ? (defaultText ?? '') : `\`${JSON.stringify(value)}\``
}

/** `packaging/settings.md`. */
export function settingsDocument(): string {
  const rows = settings.map((setting) => {
    const { key, about, fromViam, choices } = setting
    const values = choices ? ` One of ${choices.map((one) => `\`${one}\``).join(', ')}.` : ''
    return `| \`${key}\` | ${defaultOf(setting)} | ${about}${values}${fromViam ? ' (Viam)' : ''} |`
  })
  return [
    '# Settings',
    '',
    'One file, JSON with comments. Settings marked (Viam) have the name and the meaning that they have',
    "in Viam's data manager. This document is generated from `src/config/settings.ts`.",
    '',
    '| setting | default | what it does |',
    '|---|---|---|',
    ...rows,
    '',
    "## Where defaults differ from Viam's",
    '',
    '- At least one large file is sent at a time on a board with one CPU (Viam: none).',
    '- Files in flight are bounded by bytes; `maximum_num_sync_threads` bounds large files only.',
    '- Nothing unsent is deleted when a disk is full, unless one of the three settings for that is given',
    '  (Viam: every fifth captured file, by default).',
    '- The first look comes at start, not after one interval.',
    '- A file is finished by what two looks saw, on a clock that never jumps, not by its age.',
    '',
  ].join('\n')
}

function exampleEntry({ key, example, default: value, about }: Setting): string[] {
  const shown = JSON.stringify(example ?? value)
  const comment = about.split('. ')[0]?.replace(/\.$/, '')
  const active = example !== undefined && key !== 'bandwidth' && key !== 'capture_dir'
  return [`  // ${comment}`, `  ${active ? '' : '// '}"${key}": ${shown},`]
}

/** `packaging/ferry.example.json`, and what `ferry init` writes; values by key stand for the example's. */
export function exampleText(known: Readonly<Record<string, unknown>> = {}): string {
  const isPlain = (setting: Setting) => !setting.key.startsWith('destination.') && !setting.capture
  const shown = settings
    .filter((setting) => isPlain(setting) && (setting.example ?? setting.default) !== undefined)
    .map((setting) => ({ ...setting, example: known[setting.key] ?? setting.example }))
  const destination = settings.filter(({ key }) => key.startsWith('destination.'))
  const [device, ...rest] = shown
  return [
    '{',
    ...(device ? exampleEntry(device) : []),
    '  "destination": {',
    ...destination.flatMap((setting) =>
      exampleEntry({ ...setting, key: setting.key.slice('destination.'.length) }).map(
        (line) => `  ${line}`,
      ),
    ),
    '  },',
    ...rest.flatMap(exampleEntry),
    '}',
    '',
  ].join('\n')
}

/** Nobody has said yet where files go: the example's address stands below the example's comment. */
export function isExample(text: string): boolean {
  const { example, about = '' } = settings.find(({ key }) => key === 'destination.url') ?? {}
  const [words = ''] = about.split(':')
  const lines = text.split('\n').map((line) => line.trim())
  const at = lines.findIndex((line) => line.startsWith(`"url": ${JSON.stringify(example)}`))
  return at > 0 && lines[at - 1]?.startsWith(`// ${words}`) === true
}

/** The settings as `ferry run --help` lists them. */
export function settingsHelp(): string {
  const lines = settings
    .filter(({ capture }) => !capture)
    .flatMap((setting) => [
      `  ${setting.key} (default: ${defaultOf(setting).replaceAll('`', '')})`,
      `      ${setting.about.replaceAll('`', '')}`,
    ])
  return ['Settings of the configuration file:', ...lines, ''].join('\n')
}
