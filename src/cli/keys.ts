/** `ferry keys`: add, list, revoke. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import { dirname } from 'node:path'
import { ConfigError, errorMessage, UsageError } from '../errors.ts'
import { fingerprint } from '../receive/certificates.ts'
import { writeJoinLine } from '../receive/join-line.ts'
import { makeKey, readKeys, type StoredKey, writeKeys } from '../receive/keys.ts'
import { storeLayout } from '../receive/layout.ts'
import { createSystemRandom } from '../system/random.ts'
import { type Arguments, type ExitCode, required } from './command.ts'
import { readAddress } from './host-name.ts'
import { print } from './output.ts'
import { DEFAULT_PORT } from './receive-init.ts'

const say = (line: string) => print(`${line}\n`)

interface Reach {
  readonly host: string
  readonly port: number
  readonly caFingerprint: string
}

/** The folder that the keys file is in, or will be. Fails with `ConfigError`. */
function folderOf(file: string): string {
  if (fs.existsSync(file)) return dirname(fs.realpathSync(file))
  const folder = dirname(file)
  if (fs.existsSync(folder)) return fs.realpathSync(folder)
  const hint = 'name the keys file of a store, STORE/.ferry/keys'
  throw new ConfigError([{ key: '--keys', value: file, problem: 'has no folder', hint }])
}

interface Told {
  readonly address: string | undefined
  /** The authority of a certificate that is not the store's own; `public`: every board knows it. */
  readonly ca: string | undefined
}

/** '' where boards need no authority to be named. Fails with `ConfigError`. */
function caFingerprint(own: string, given: string | undefined): string {
  if (given === 'public') return ''
  if (given === undefined) {
    return fs.existsSync(own) ? fingerprint(fs.readFileSync(own, 'utf8')) : ''
  }
  try {
    return fingerprint(fs.readFileSync(given, 'utf8'))
  } catch (error) {
    const problem = `holds no certificate: ${errorMessage(error)}`
    const hint = 'name the PEM file of the authority, or say "public"'
    throw new ConfigError([{ key: '--ca', value: given, problem, hint }])
  }
}

/** How boards reach the receiver whose store holds the keys file. */
function reachOf(file: string, { address: given, ca }: Told): Reach {
  const layout = storeLayout(dirname(folderOf(file)))
  const stored = fs.existsSync(layout.address) ? fs.readFileSync(layout.address, 'utf8').trim() : ''
  const address = readAddress(
    given ?? (stored === '' ? `${os.hostname()}:${DEFAULT_PORT}` : stored),
  )
  if (address === undefined) {
    throw new UsageError(`--address is HOST:PORT, as ${os.hostname()}:${DEFAULT_PORT}`)
  }
  return {
    ...address,
    caFingerprint: caFingerprint(layout.caCertificate, ca),
  }
}

function add(file: string, device: string, told: Told): ExitCode {
  const keys = readKeys(file)
  // What cannot be told to a board is not kept here either.
  const reach = reachOf(file, told)
  const { key, secret } = makeKey(device, Date.now(), createSystemRandom())
  writeKeys(file, [...keys, key])
  say(`key:   ${secret}`)
  say(`api key id:  ${key.id}`)
  say(`api key:     ${secret.slice(key.id.length + 1)}`)
  say(`join:  ${writeJoinLine({ ...reach, key: secret, device })}`)
  return 0
}

/** A file that is not there is a mistyped name, where keys are looked for. */
function knownKeys(file: string): StoredKey[] {
  const keys = readKeys(file)
  if (keys.length > 0 || fs.existsSync(file)) return keys
  const hint = 'name the keys file of a store, STORE/.ferry/keys'
  throw new ConfigError([{ key: '--keys', value: file, problem: 'does not exist', hint }])
}

function list(file: string): ExitCode {
  for (const { id, device, created, revoked } of knownKeys(file)) {
    say(`${id}  ${device}  ${created}${revoked ? '  revoked' : ''}`)
  }
  return 0
}

function revoke(file: string, id: string): ExitCode {
  const keys = knownKeys(file)
  const matches = (key: { id: string; device: string }) => key.id === id || key.device === id
  const found = keys.filter((key) => matches(key) && !key.revoked)
  if (found.length === 0) {
    process.stderr.write(`ferry: there is no good key ${id}; ferry keys list shows them\n`)
    return 1
  }
  writeKeys(
    file,
    keys.map((key) => (matches(key) ? { ...key, revoked: true } : key)),
  )
  for (const key of found) say(`revoked ${key.id} of ${key.device}`)
  return 0
}

export function keys(args: Arguments): ExitCode {
  const file = required(args, 'keys')
  const [action, name, ...rest] = args.words
  if (rest.length > 0) throw new UsageError('keys add NAME | list | revoke ID')
  if (action === 'list' && name === undefined) return list(file)
  if (action === 'add' && name !== undefined) {
    return add(file, name, { address: args.text('address'), ca: args.text('ca') })
  }
  if (action === 'revoke' && name !== undefined) return revoke(file, name)
  throw new UsageError('keys add NAME | list | revoke ID')
}
