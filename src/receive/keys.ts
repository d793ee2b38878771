/** Keys of devices: a file of JSON lines with hashed secrets, read again when it changes. */

import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { deviceProblem } from '../device-name.ts'
import { ConfigError, errorCode, errorMessage } from '../errors.ts'
import { sha256Hex } from '../system/digest.ts'
import { replaceText } from '../system/durable-file.ts'
import type { Random } from '../system/random.ts'

export interface StoredKey {
  readonly id: string
  readonly device: string
  /** SHA-256 of the secret, hexadecimal. */
  readonly sha256: string
  /** ISO time; for people only. */
  readonly created: string
  readonly revoked: boolean
}

const SECRET_BYTES = 32
const ID_BYTES = 16

function parseLine(path: string, line: string, number: number): StoredKey {
  try {
    const key = JSON.parse(line) as Partial<StoredKey>
    const { id, device, sha256, created = '', revoked = false } = key
    if (typeof id === 'string' && typeof device === 'string' && typeof sha256 === 'string') {
      return { id, device, sha256, created, revoked }
    }
  } catch {
    // Told below, with the number of the line.
  }
  throw new ConfigError([
    { key: 'keys', value: path, problem: `line ${number} is no key`, hint: 'ferry keys list' },
  ])
}

/** An absent file holds no keys. Fails with `ConfigError`. */
export function readKeys(path: string): StoredKey[] {
  let text: string
  try {
    text = fs.readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    const problem = `cannot be read: ${errorMessage(error)}`
    throw new ConfigError([{ key: 'keys', value: path, problem, hint: 'name it with --keys' }])
  }
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }))
  return lines
    .filter(({ line }) => line.trim() !== '')
    .map((at) => parseLine(path, at.line, at.number))
}

/** Replaces the file as a whole, so that a receiver never reads half of it; durable when it returns. */
export function writeKeys(path: string, keys: readonly StoredKey[]): void {
  const text = keys.map((key) => `${JSON.stringify(key)}\n`).join('')
  // Root adds keys for a receiver that runs as another user.
  replaceText(path, text, fs.existsSync(path) ? path : dirname(path))
}

/** As Viam's SDKs want the id of a key: random, of version 4. */
function uuidOf(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte, at) => {
    const fixed = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte
    return fixed.toString(16).padStart(2, '0')
  })
  const groups = [
    hex.slice(0, 4),
    hex.slice(4, 6),
    hex.slice(6, 8),
    hex.slice(8, 10),
    hex.slice(10),
  ]
  return groups.map((group) => group.join('')).join('-')
}

/** A new key; `secret` is shown once and stored nowhere here: `<id>.<secret>`. */
export function makeKey(
  device: string,
  wallMs: number,
  random: Random,
): { readonly key: StoredKey; readonly secret: string } {
  const problem = deviceProblem(device)
  if (problem !== '') {
    throw new ConfigError([{ key: 'device', value: device, problem, hint: 'robot-7' }])
  }
  const text = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('base64url')
  const id = uuidOf(random.bytes(ID_BYTES))
  const secret = text(SECRET_BYTES)
  const created = new Date(wallMs).toISOString()
  const key = { id, device, sha256: sha256Hex(secret), created, revoked: false }
  return { key, secret: `${id}.${secret}` }
}

interface Known {
  readonly id: string
  readonly device: string
}

export interface Keyring {
  /** Of `Bearer <id>.<secret>`; undefined for anything that is not good. */
  authenticate(authorization: string): Known | undefined
  /**
   * A token for credentials as Viam's programs have them; undefined where they are not good. It is the
   * key itself: a program may keep it for years, a restart changes nothing, revoking the key ends it,
   * and what the keys file has of a key makes none.
   */
  login(type: string, entity: string, payload: string): string | undefined
  /** False once the key was revoked or is gone. */
  isGood(id: string): boolean
}

function hasSecret(key: StoredKey | undefined, secret: string): key is StoredKey {
  const given = Buffer.from(sha256Hex(secret))
  const stored = Buffer.from(key?.sha256 ?? sha256Hex('none'))
  const matches = given.length === stored.length && crypto.timingSafeEqual(given, stored)
  return matches && key !== undefined && !key.revoked
}

/** Secrets are base64url, so the first dot ends an id. */
function splitSecret(text: string): { readonly id: string | undefined; readonly secret: string } {
  const dot = text.indexOf('.')
  return dot < 0
    ? { id: undefined, secret: text }
    : { id: text.slice(0, dot), secret: text.slice(dot + 1) }
}

/** The key that credentials speak of: `entity` is a key's id, or with `robot-secret` a device. */
function findLogin(keys: readonly StoredKey[], type: string, entity: string, payload: string) {
  const { id, secret } = splitSecret(payload)
  const isNamed = (key: StoredKey) =>
    (type === 'api-key' && key.id === entity) || (type === 'robot-secret' && key.device === entity)
  return keys
    .filter((key) => isNamed(key) && (id === undefined || id === key.id))
    .find((key) => hasSecret(key, secret))
}

export function createKeyring(path: string, onTrouble: (cause: string) => void): Keyring {
  let keys = new Map<string, StoredKey>()
  let stamp = ''
  const refresh = () => {
    const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false })
    const now = stat === undefined ? 'none' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`
    if (now === stamp) return
    stamp = now
    try {
      keys = new Map(readKeys(path).map((key) => [key.id, key]))
    } catch (error) {
      onTrouble(errorMessage(error))
    }
  }
  return {
    authenticate(authorization) {
      refresh()
      const [, bearer = ''] = /^Bearer (.+)$/i.exec(authorization) ?? []
      const { id = '', secret } = splitSecret(bearer)
      const key = keys.get(id)
      return hasSecret(key, secret) ? { id: key.id, device: key.device } : undefined
    },
    login(type, entity, payload) {
      refresh()
      const key = findLogin([...keys.values()], type, entity, payload)
      return key && `${key.id}.${splitSecret(payload).secret}`
    },
    isGood(id) {
      refresh()
      return keys.get(id)?.revoked === false
    },
  }
}
