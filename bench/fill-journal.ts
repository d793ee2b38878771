/** Gives every file below a folder its row, as the agent does in many looks: STATE FOLDER. */
import * as fs from 'node:fs'
import type { BytePath } from '../src/byte-path.ts'
import { openJournal } from '../src/journal/open-journal.ts'
import type { FileVersion } from '../src/model.ts'
import { createSystemClock } from '../src/system/clock.ts'
import { createLogger } from '../src/system/logger.ts'

const [directory = '', root = ''] = process.argv.slice(2)
const clock = createSystemClock()
const write = (line: string) => void process.stderr.write(line)
const journal = openJournal({
  ...{ directory, clock },
  log: createLogger({ level: 'warn', format: 'text', clock, write }),
})

function versionOf(path: string): FileVersion {
  const { dev, ino, size, mtimeNs, ctimeNs } = fs.lstatSync(path, { bigint: true })
  const where = { root: root as BytePath, path: path as BytePath }
  return { ...where, dev, ino, sizeBytes: Number(size), mtimeNs, ctimeNs }
}

for (const folder of fs.readdirSync(root)) {
  const names = fs.readdirSync(`${root}/${folder}`)
  journal.discover(names.map((name) => versionOf(`${root}/${folder}/${name}`)))
}
journal.close()
