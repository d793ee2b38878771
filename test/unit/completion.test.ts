/** Completion in each shell for real, and the manual pages as their readers see them. */
import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { COMMANDS } from '../../src/cli/commands.ts'
import { completionText, type Shell } from '../../src/cli/completion.ts'
import { programPage, settingsPage } from '../../src/cli/man.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const folder = temporaryFolder('completion')

/** True where it is missing, which is said. */
function lacks(program: string): boolean {
  if (Bun.which(program) !== null) return false
  console.log(`SKIPPED ${program} is missing`)
  return true
}

function run(command: readonly string[]) {
  const { stdout, stderr, exitCode } = Bun.spawnSync([...command])
  return { out: stdout.toString(), err: stderr.toString(), exitCode }
}

function script(shell: Shell): string {
  const path = `${folder}/${shell}`
  writeFileSync(path, completionText(shell, COMMANDS))
  return path
}

/** What the shell offers at the end of each line. */
const ASK: Readonly<Record<Shell, (path: string, lines: readonly string[]) => string[]>> = {
  bash: (path, lines) =>
    lines.map((line) => {
      const words = line.split(' ')
      const typed = words.map((word) => `'${word}'`).join(' ')
      const ask = `source ${path}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}
        _ferry; printf '%s\\n' "\${COMPREPLY[@]}"`
      return run(['bash', '--norc', '-c', ask]).out
    }),
  zsh(path, lines) {
    // A terminal of its own, as completion runs in the line editor only.
    const typed = lines.map(
      (line) => `zpty -w -n z '${line}'$'\\t'; sleep 0.5
        while zpty -r -t z out; do print -r -- "$out"; done; print '#####'; zpty -w -n z $'\\x15'`,
    )
    const ask = `zmodload zsh/zpty; zpty z zsh -f -i
      zpty -w z 'PS1=; autoload -U compinit; compinit -u -D; source ${path}; bindkey "^I" list-choices'
      zpty -w z 'stty columns 200; LISTMAX=10000; print REA""DY'; zpty -r z out '*READY*'
      ${typed.join('\n')}; zpty -d z`
    const { out } = run(['zsh', '-f', '-c', ask])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own
    return out.replace(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, ' ').split('#####')
  },
  fish: (path, lines) =>
    lines.map(
      (line) => run(['fish', '--no-config', '-c', `source ${path}; complete -C '${line}'`]).out,
    ),
}

test.each(['bash', 'zsh', 'fish'] as const)('%s offers commands, options and values', (shell) => {
  if (lacks(shell)) return
  const lines = ['re', 'status --', 'keys ', 'run --log-level ', `run --config ${folder}/`]
  const answers = ASK[shell](
    script(shell),
    lines.map((line) => `ferry ${line}`),
  )
  const [commands, options, words, levels, files] = answers.map((text) => text.split(/\s+/))
  for (const name of ['receive', 'resume', 'retry']) expect(commands).toContain(name)
  expect(commands).not.toContain('generate')
  expect(options).toContain('--json')
  expect(options).not.toContain('--once')
  expect(words).toContain('revoke')
  expect(levels).toContain('debug')
  expect(files?.join(' ')).toContain(shell)
})

test.each(['bash', 'zsh', 'fish'] as const)('%s knows every option of every command', (shell) => {
  const text = completionText(shell, COMMANDS)
  const flag = (name: string) => (shell === 'fish' ? ` -l ${name} ` : `--${name}`)
  for (const { name, options, hidden } of COMMANDS) {
    if (hidden) continue
    expect(text).toContain(name)
    for (const option of options) expect(text).toContain(flag(option.name))
  }
})

const PAGES = { 'ferry.1': programPage(COMMANDS), 'ferry.json.5': settingsPage() }

test.each(Object.entries(PAGES))('man and mandoc read %s without a warning', (name, text) => {
  const path = `${folder}/${name}`
  writeFileSync(path, text)
  if (!lacks('man')) {
    const { out, err, exitCode } = run(['man', '--warnings', '-l', path])
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 })
    expect(out).toContain('NAME')
  }
  if (!lacks('mandoc'))
    expect(run(['mandoc', '-Tlint', path])).toEqual({ out: '', err: '', exitCode: 0 })
})

test('the pages hold every command, option and setting', () => {
  const plain = PAGES['ferry.1'].replaceAll('\\-', '-')
  for (const { name, options, hidden } of COMMANDS) {
    if (hidden) continue
    expect(plain).toContain(`.SS "ferry ${name}"`)
    for (const option of options) expect(plain).toContain(`--${option.name}`)
  }
  expect(plain).not.toContain('ferry generate')
  expect(PAGES['ferry.json.5'].replaceAll('\\-', '-')).toContain('destination.key_file')
})
