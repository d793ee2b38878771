/** `ferry generate`: writes the documents that come from the tables, or says which is stale. */
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import type { Arguments, Command, ExitCode } from './command.ts'
import { completionText } from './completion.ts'
import { exampleText, settingsDocument } from './documents.ts'
import { programPage, settingsPage } from './man.ts'

/** The names are those that each shell and `man` look for. */
const DOCUMENTS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  'packaging/settings.md': settingsDocument,
  'packaging/ferry.example.json': () => exampleText(),
  'packaging/completion/ferry.bash': (commands) => completionText('bash', commands),
  'packaging/completion/_ferry': (commands) => completionText('zsh', commands),
  'packaging/completion/ferry.fish': (commands) => completionText('fish', commands),
  'packaging/man/ferry.1': programPage,
  'packaging/man/ferry.json.5': settingsPage,
}

export function generate(args: Arguments, commands: readonly Command[]): ExitCode {
  let code: ExitCode = 0
  for (const [path, make] of Object.entries(DOCUMENTS)) {
    const text = make(commands)
    const before = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : ''
    if (text === before) continue
    if (args.flag('check')) {
      process.stderr.write(`${path} is stale: run scripts/generate.sh\n`)
      code = 1
    } else {
      fs.mkdirSync(dirname(path), { recursive: true })
      fs.writeFileSync(path, text)
    }
  }
  return code
}
