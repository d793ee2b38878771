/** Compares what was on the board with what stands in the store, byte for byte. */
import * as fs from 'node:fs'
import { fromBytes } from '../src/byte-path.ts'
import { encodeSegment } from '../src/receive/names.ts'

export interface Tally {
  readonly files: number
  readonly bytes: number
  /** Files that stand in the store with the same bytes. */
  readonly verified: number
  /** Files in the store that were never on the board. */
  readonly extra: number
}

const at = (folder: Buffer, name: Buffer) => Buffer.concat([folder, Buffer.from('/'), name])

function list(folder: Buffer): Buffer[] {
  return fs.readdirSync(folder, { encoding: 'buffer' }).flatMap((name) => {
    const path = at(folder, name)
    const stat = fs.lstatSync(path)
    if (stat.isDirectory()) return list(path)
    return stat.isFile() ? [path] : []
  })
}

function sameContent(a: Buffer, b: string): boolean {
  if (!fs.existsSync(b)) return false
  return Buffer.compare(fs.readFileSync(a), fs.readFileSync(b)) === 0
}

/** Without a store, counts only. */
export function compareTrees(root: string, store: string | undefined): Tally {
  const paths = fs.existsSync(root) ? list(Buffer.from(root)) : []
  const bytes = paths.reduce((sum, path) => sum + fs.lstatSync(path).size, 0)
  if (store === undefined) return { files: paths.length, bytes, verified: 0, extra: 0 }
  const verified = paths.filter((path) => {
    const relative = path.toString('latin1').slice(Buffer.from(root).length + 1)
    const segments = relative
      .split('/')
      .map((part) => encodeSegment(fromBytes(Buffer.from(part, 'latin1'))))
    return sameContent(path, `${store}/${segments.join('/')}`)
  })
  const stored = fs.existsSync(store) ? list(Buffer.from(store)).length : 0
  return { files: paths.length, bytes, verified: verified.length, extra: stored - verified.length }
}
