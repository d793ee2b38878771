/** Files such as a robot leaves behind: pictures, many small ones, one large, nested, awkward names. */
import { randomFillSync } from 'node:crypto'
import * as fs from 'node:fs'

const PICTURES = 300
const SMALL = 3000
const LARGE_BYTES = 300_000_000

function write(path: string | Buffer, bytes: number): void {
  fs.writeFileSync(path, randomFillSync(Buffer.alloc(bytes)))
}

export function makeFiles(root: string): void {
  for (let index = 0; index < PICTURES; index++) {
    const folder = `${root}/camera/2026-08-${String((index % 28) + 1).padStart(2, '0')}`
    fs.mkdirSync(folder, { recursive: true })
    write(`${folder}/frame-${index}.jpg`, 60_000 + ((index * 7919) % 240_000))
  }
  for (let index = 0; index < SMALL; index++) {
    const folder = `${root}/sensors/s${index % 20}/h${index % 7}`
    fs.mkdirSync(folder, { recursive: true })
    write(`${folder}/reading-${index}.json`, 200 + ((index * 31) % 4000))
  }
  const deep = `${root}/${Array.from({ length: 30 }, (_, depth) => `level-${depth}`).join('/')}`
  fs.mkdirSync(deep, { recursive: true })
  write(`${deep}/deep.bin`, 1000)
  const awkward = [
    'with space',
    'new\nline',
    '100%',
    '.hidden',
    '…ünï',
    'x'.repeat(255),
    '-rf',
    'a\\b',
  ]
  for (const name of awkward) write(`${root}/${name}`, 500)
  write(Buffer.concat([Buffer.from(`${root}/not-utf8-`), Buffer.of(0xff, 0xfe)]), 500)
  fs.writeFileSync(`${root}/empty`, '')
  const bag = fs.openSync(`${root}/drive.mcap`, 'w')
  const block = Buffer.alloc(1_000_000)
  for (let done = 0; done < LARGE_BYTES; done += block.length)
    fs.writeSync(bag, randomFillSync(block))
  fs.closeSync(bag)
}
