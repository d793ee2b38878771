/** Asks who decides whether to sync: a file, a program or an address. Silence means no. */
import * as fs from 'node:fs'
import type { SelectiveSync } from '../config/config.ts'
import { errorCode, errorMessage } from '../errors.ts'
import { readAnswer, type SelectiveAnswer } from '../schedule/gate.ts'

const ANSWER_WITHIN_MS = 5_000
/** Much more than a verdict needs; what says more is not listened to. */
const LONGEST_ANSWER_BYTES = 64 << 10

const TOO_LONG = new Error('the answer is longer than 64 KiB')

/** Fails at the first byte too many. */
async function readStream(stream: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > LONGEST_ANSWER_BYTES) throw TOO_LONG
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Not a fifo: opening one would wait for its writer. */
function readFile(path: string): string {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  try {
    if (!fs.fstatSync(fd).isFile()) throw new Error('it is not a file')
    const bytes = Buffer.alloc(LONGEST_ANSWER_BYTES + 1)
    const count = fs.readSync(fd, bytes, 0, bytes.length, 0)
    if (count > LONGEST_ANSWER_BYTES) throw TOO_LONG
    return bytes.toString('utf8', 0, count)
  } finally {
    fs.closeSync(fd)
  }
}

async function runCommand(command: readonly string[], signal: AbortSignal): Promise<string> {
  // In a group of its own, so that what it started ends with it.
  const child = Bun.spawn([...command], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    detached: true,
  })
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of it has ended.
    }
  }
  signal.addEventListener('abort', kill, { once: true })
  try {
    const text = await readStream(child.stdout)
    const code = await child.exited
    if (code !== 0) throw new Error(`the command ended with ${child.signalCode ?? code}`)
    return text
  } finally {
    kill()
    signal.removeEventListener('abort', kill)
  }
}

/** Redirects are not followed: they would lead off this machine. */
async function fetchAnswer(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'error' })
  if (!response.ok) throw new Error(`the answer is HTTP ${response.status}`)
  return response.body === null ? '' : await readStream(response.body)
}

async function ask(who: SelectiveSync, signal: AbortSignal): Promise<string> {
  if (who.kind === 'file') return readFile(who.path)
  if (who.kind === 'command') return await runCommand(who.command, signal)
  return await fetchAnswer(who.url, signal)
}

/** Resolves within five seconds, whatever the other end does; a reason counts as no. */
export async function askSelective(
  who: SelectiveSync,
  signal: AbortSignal,
): Promise<SelectiveAnswer> {
  const late = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const either = AbortSignal.any([late, signal])
  const over = Promise.withResolvers<never>()
  const onAbort = () => over.reject(new Error('no answer within 5 s'))
  either.addEventListener('abort', onAbort, { once: true })
  const asking = ask(who, either)
  asking.catch(() => {})
  try {
    return readAnswer(await Promise.race([asking, over.promise]))
  } catch (error) {
    const cause = errorCode(error) === 'ENOENT' ? 'there is nobody to ask' : errorMessage(error)
    return `selective_sync: ${late.aborted ? 'no answer within 5 s' : cause}`
  } finally {
    either.removeEventListener('abort', onAbort)
  }
}
