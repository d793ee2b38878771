/** `ferry generate`: writes the documents that come from the tables, or says which is stale. */
import * as fs from 'node:fs'
import type { Arguments, ExitCode } from './command.ts'
import { exampleText, settingsDocument } from './documents.ts'

const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'packaging/settings.md': settingsDocument,
  'packaging/ferry.example.json': exampleText,
}

export function generate(args: Arguments): ExitCode {
  let code: ExitCode = 0
  for (const [path, make] of Object.entries(DOCUMENTS)) {
    const text = make()
    const before = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : ''
    if (text === before) continue
    if (args.flag('check')) {
      process.stderr.write(`${path} is stale: run scripts/generate.sh\n`)
      code = 1
    } else fs.writeFileSync(path, text)
  }
  return code
}
