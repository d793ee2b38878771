/** A local user who means harm: swaps names of a watched directory for links out of it, until killed. */
import * as fs from 'node:fs'
import { exchangeNames } from '../../src/system/libc.ts'

const [, , board = '', outside = ''] = process.argv
const name = (path: string) => Buffer.from(`${path}\0`)
const MOST_WAITING = 40

fs.mkdirSync(`${board}/d`)
fs.symlinkSync(`${outside}/dir`, `${board}/l`)
fs.linkSync(`${outside}/hard`, `${board}/hard`)
fs.symlinkSync(`${outside}/dir`, `${board}/.ferry-failed`)
/** The real directory, whatever its name is now. */
const real = `/proc/self/fd/${fs.openSync(`${board}/d`, fs.constants.O_RDONLY)}`
fs.symlinkSync(`${outside}/aside`, `${board}/.ferry-aside`)

let made = 0
/** A file with a second name outside, by which it could be taken for the one to be deleted. */
function make(): void {
  made += 1
  fs.writeFileSync(`${outside}/new`, `inside ${made}`)
  fs.linkSync(`${outside}/new`, `${outside}/dir/f${made}`)
  fs.renameSync(`${outside}/new`, `${real}/f${made}`)
  for (const one of ['file', 'link']) fs.rmSync(`${board}/${one}`, { force: true })
  fs.writeFileSync(`${board}/file`, `inside too ${made}`, { flag: 'wx' })
  fs.symlinkSync(`${outside}/secret`, `${board}/link`)
}

/** The name is a link a moment later, or the folder is put in the place of another. */
function swap(): void {
  exchangeNames(name(`${board}/d`), name(`${board}/l`))
  try {
    exchangeNames(name(`${board}/file`), name(`${board}/link`))
  } catch {
    // Either was deleted, as it should be.
  }
}

/** Where Ferry puts names aside, in the folder whose names it deletes. */
function aside(): void {
  fs.rmSync(`${real}/.ferry-aside`, { recursive: true, force: true })
  try {
    fs.symlinkSync(`${outside}/aside`, `${real}/.ferry-aside`)
  } catch {
    // Ferry was faster.
  }
}

/** Long enough for a look or two, so that files are found; then swaps while they are sent and deleted. */
const REST_MS = 200
const SWAPS_IN_A_ROW = 200
const LONGEST_WAIT_MS = 2

let swaps = 0
for (const endMs = performance.now() + 600_000; performance.now() < endMs; ) {
  while (fs.readdirSync(real).length < MOST_WAITING) make()
  aside()
  Bun.sleepSync(REST_MS)
  for (let count = 0; count < SWAPS_IN_A_ROW; count++, swaps++) {
    swap()
    if (count % 20 === 0) aside()
    if (count % 20 === 3) fs.rmSync(`${real}/.ferry-aside`, { recursive: true, force: true })
    Bun.sleepSync(Math.random() * LONGEST_WAIT_MS)
  }
  fs.writeFileSync(`${outside}/../swaps`, String(swaps))
}
