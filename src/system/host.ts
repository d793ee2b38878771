/** The machine, or an image of one below a prefix, as an installation changes it. */
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../errors.ts'
import { replaceDurably, syncPath } from './durable-file.ts'

export interface Ids {
  readonly uid: number
  readonly gid: number
}

/** Paths are those of the machine itself. Every call fails with the system's error. */
export interface Host {
  /** False for an image: no service manager is asked. */
  readonly isLive: boolean
  /** undefined where nothing stands. Links are followed. */
  stat(path: string): (Ids & { readonly mode: number }) | undefined
  /** undefined where it is no file that can be read. */
  read(path: string): string | undefined
  /** Where a symbolic link leads; undefined where none stands. */
  link(path: string): string | undefined
  ids(user: string): Ids | undefined
  userName(uid: number): string | undefined
  /** A user of the system: no password, no shell. */
  addUser(name: string, home: string): void
  makeDirectory(path: string): void
  /** With the files of a directory, or with all that is below it, where asked for. */
  own(path: string, user: string, reach: 'itself' | 'files' | 'all'): void
  chmod(path: string, mode: number): void
  /** Old or new, also after a loss of power. */
  write(path: string, text: string, mode: number): void
  /** `from` is a path of this machine. Replaces a running one at once. */
  copyExecutable(from: string, path: string): void
  isSameFile(from: string, path: string): boolean
  makeLink(path: string, to: string): void
  /** A file, a link, or a directory that is empty; links are not followed. */
  remove(path: string): void
  /** Plain files and sockets of a directory, and the directory if nothing else was in it. */
  clear(path: string): void
  /** Nothing stands there, or a directory without entries. */
  isEmpty(path: string): boolean
  /** A process runs what stood at this path before. */
  runsOlder(path: string): boolean
  /** Fails with what it printed, unless it ends with 0. */
  run(argv: readonly string[]): void
  succeeds(argv: readonly string[]): boolean
}

const LAST_SYSTEM_ID = 999
const FIRST_SYSTEM_ID = 100
const BLOCK_BYTES = 1 << 20

/** For everyone to pass through, whatever the umask of the program. */
function makeFolder(path: string): void {
  const before = process.umask(0o022)
  try {
    fs.mkdirSync(path, { recursive: true })
  } finally {
    process.umask(before)
  }
}

/** Replaces by rename; `fill` makes the new one. */
function replace(path: string, mode: number, fill: (temporary: string) => void): void {
  makeFolder(dirname(path))
  const fillWithMode = (temporary: string) => {
    fill(temporary)
    fs.chmodSync(temporary, mode)
  }
  replaceDurably(path, fillWithMode, '.ferry-new')
}

function sameBytes(one: string, other: string): boolean {
  const [a, b] = [fs.openSync(one, 'r'), fs.openSync(other, 'r')]
  try {
    if (fs.fstatSync(a).size !== fs.fstatSync(b).size) return false
    const [left, right] = [Buffer.alloc(BLOCK_BYTES), Buffer.alloc(BLOCK_BYTES)]
    for (let at = 0; ; at += BLOCK_BYTES) {
      const length = fs.readSync(a, left, 0, BLOCK_BYTES, at)
      if (fs.readSync(b, right, 0, BLOCK_BYTES, at) !== length) return false
      if (length === 0) return true
      if (!left.subarray(0, length).equals(right.subarray(0, length))) return false
    }
  } finally {
    fs.closeSync(a)
    fs.closeSync(b)
  }
}

/** undefined where nothing stands, or something else than is asked for. */
function unlessMissing<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL', 'EISDIR'].includes(errorCode(error))) return undefined
    throw error
  }
}

/** Directories are among them only where all is asked for. */
function entriesOf(folder: string, all: boolean): string[] {
  const entries = fs.readdirSync(folder, { recursive: all, withFileTypes: true })
  return entries
    .filter((entry) => all || !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
}

function removeOne(path: string): void {
  try {
    if (fs.lstatSync(path).isDirectory()) fs.rmdirSync(path)
    else fs.unlinkSync(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes(errorCode(error))) throw error
  }
}

/** '' where there is no such process, or it may not be looked at. */
function exeOf(pid: string): string {
  try {
    return /^\d/.test(pid) ? fs.readlinkSync(`/proc/${pid}/exe`) : ''
  } catch {
    return ''
  }
}

const rowsOf = (text: string) => text.split('\n').map((line) => line.split(':'))

/** As useradd does, where there is none (OpenWrt, images). */
function addUserByHand(at: (path: string) => string, name: string, home: string): void {
  const users = fs.readFileSync(at('/etc/passwd'), 'utf8')
  const groups = unlessMissing(() => fs.readFileSync(at('/etc/group'), 'utf8')) ?? ''
  const taken = new Set([...rowsOf(users), ...rowsOf(groups)].map((row) => Number(row[2])))
  let id = LAST_SYSTEM_ID
  while (taken.has(id) && id > FIRST_SYSTEM_ID) id--
  const append = (path: string, line: string) => {
    const text = unlessMissing(() => fs.readFileSync(at(path), 'utf8'))
    if (text === undefined || rowsOf(text).some((row) => row[0] === name)) return
    const { mode, uid, gid } = fs.statSync(at(path))
    const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
    replace(at(path), mode & 0o777, (file) => {
      fs.writeFileSync(file, `${whole}${line}\n`)
      fs.chownSync(file, uid, gid)
    })
  }
  append('/etc/group', `${name}:x:${id}:`)
  append('/etc/shadow', `${name}:!:::::::`)
  append('/etc/passwd', `${name}:x:${id}:${id}:Ferry:${home}:/bin/false`)
}

function runCommand(argv: readonly string[]): { code: number; text: string } {
  const [program = '', ...rest] = argv
  const ran = spawnSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return { code: ran.status ?? 1, text: `${ran.stderr ?? ''}${ran.stdout ?? ''}`.trim() }
}

function run(argv: readonly string[]): void {
  const { code, text } = runCommand(argv)
  if (code !== 0) throw new Error(`${argv.join(' ')} failed (${code}): ${text}`)
}

/** `prefix` is '' for this machine itself. */
export function createHost(prefix: string): Host {
  const at = (path: string) => `${prefix}${path}`
  const users = () => rowsOf(unlessMissing(() => fs.readFileSync(at('/etc/passwd'), 'utf8')) ?? '')
  const ids = (user: string) => {
    const row = users().find(([name]) => name === user)
    if (row === undefined) return user === 'root' ? { uid: 0, gid: 0 } : undefined
    return { uid: Number(row[2]), gid: Number(row[3]) }
  }
  return {
    isLive: prefix === '',
    stat: (path) =>
      unlessMissing(() => {
        const { uid, gid, mode } = fs.statSync(at(path))
        return { uid, gid, mode: mode & 0o7777 }
      }),
    read: (path) => unlessMissing(() => fs.readFileSync(at(path), 'utf8')),
    link: (path) => unlessMissing(() => fs.readlinkSync(at(path))),
    ids,
    userName: (uid) => users().find((row) => Number(row[2]) === uid)?.[0],
    addUser(name, home) {
      const hasTool = prefix === '' && Bun.which('useradd') !== null
      const words = ['--system', '--user-group', '--no-create-home', '--home-dir', home]
      if (hasTool) run(['useradd', ...words, '--shell', '/bin/false', name])
      else addUserByHand(at, name, home)
    },
    makeDirectory: (path) => makeFolder(at(path)),
    own(path, user, reach) {
      const { uid, gid } = ids(user) ?? { uid: -1, gid: -1 }
      if (uid < 0) throw new Error(`there is no user ${user}`)
      const entries = reach === 'itself' ? [] : entriesOf(at(path), reach === 'all')
      for (const name of entries) fs.lchownSync(name, uid, gid)
      fs.lchownSync(at(path), uid, gid)
    },
    chmod: (path, mode) => fs.chmodSync(at(path), mode),
    write: (path, text, mode) => replace(at(path), mode, (file) => fs.writeFileSync(file, text)),
    copyExecutable: (from, path) => replace(at(path), 0o755, (file) => fs.copyFileSync(from, file)),
    isSameFile: (from, path) =>
      unlessMissing(() => fs.statSync(at(path)).mode & 0o100 && sameBytes(from, at(path))) === true,
    makeLink(path, to) {
      makeFolder(dirname(at(path)))
      fs.rmSync(at(path), { force: true })
      fs.symlinkSync(to, at(path))
      syncPath(dirname(at(path)))
    },
    remove: (path) => removeOne(at(path)),
    clear(path) {
      for (const name of entriesOf(at(path), false)) fs.unlinkSync(name)
      removeOne(at(path))
    },
    isEmpty: (path) => (unlessMissing(() => fs.readdirSync(at(path)).length) ?? 0) === 0,
    runsOlder: (path) =>
      fs.readdirSync('/proc').some((pid) => exeOf(pid) === `${at(path)} (deleted)`),
    run,
    succeeds: (argv) => runCommand(argv).code === 0,
  }
}
