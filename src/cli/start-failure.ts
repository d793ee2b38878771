/** Why a service did not start, as far as its log tells. */
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import type { Wanted } from '../install/plan.ts'

const MOST_LINES = 5
const LOGS = ['/var/log/syslog', '/var/log/messages', '/var/log/daemon.log']

function linesOf(program: string, ...words: readonly string[]): string[] {
  const { stdout, status } = spawnSync(program, words, { encoding: 'utf8', timeout: 5_000 })
  return status === 0 ? stdout.split('\n').filter((line) => line.trim() !== '') : []
}

function lastWords({ init, name }: Wanted): string[] {
  if (init === 'systemd') {
    return linesOf('journalctl', '--no-pager', '-o', 'cat', '-n', `${MOST_LINES}`, '-u', name)
  }
  const log = LOGS.find((path) => fs.existsSync(path))
  const lines = init === 'procd' ? linesOf('logread') : linesOf('tail', '-n', '300', log ?? '')
  return lines.filter((line) => /\bferry(-\w+)?(\[\d+\])?: /.test(line))
}

/** The last lines of its log; where there are none, how to see them. */
export function startFailure(wanted: Wanted): string[] {
  const { program, user, options, isReceiver } = wanted.service
  const words = lastWords(wanted).slice(-MOST_LINES)
  if (words.length > 0) return words.map((line) => `log    ${line}`)
  const command = `${program} ${isReceiver ? 'receive' : 'run'} ${options}`.trimEnd()
  return [`note   to see why, as ${user}: ${command}`]
}
