/** What the disk allows: reads each file and writes it again, durable in groups. SOURCE TARGET. */
import * as fs from 'node:fs'
import { promisify } from 'node:util'

const GROUP = 256
const sync = promisify(fs.fdatasync)

async function writeGroup(source: string, target: string, names: readonly string[]): Promise<void> {
  const opened = names.map((name) => {
    const fd = fs.openSync(`${target}/${name}.part`, 'w')
    fs.writeSync(fd, fs.readFileSync(`${source}/${name}`))
    return { name, fd }
  })
  await Promise.all(opened.map(({ fd }) => sync(fd)))
  for (const { name, fd } of opened) {
    fs.closeSync(fd)
    fs.renameSync(`${target}/${name}.part`, `${target}/${name}`)
  }
  const directory = fs.openSync(target, 'r')
  fs.fsyncSync(directory)
  fs.closeSync(directory)
}

const [source = '', target = ''] = process.argv.slice(2)
for (const folder of fs.readdirSync(source)) {
  fs.mkdirSync(`${target}/${folder}`)
  const names = fs.readdirSync(`${source}/${folder}`)
  for (let at = 0; at < names.length; at += GROUP) {
    await writeGroup(`${source}/${folder}`, `${target}/${folder}`, names.slice(at, at + GROUP))
  }
}
