/** A board's key and its receiver's authority, replaced alone: the configuration stays as it is. */
import * as fs from 'node:fs'
import type { FerryConfig } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { fingerprint } from '../receive/certificates.ts'
import type { JoinLine } from '../receive/join-line.ts'
import { readSmallFile, replaceText, writeSmallFile } from '../system/durable-file.ts'

interface Replacement {
  readonly join: JoinLine
  readonly destination: FerryConfig['destination']
  /** Gives the certificate of the join line's authority, or fails. */
  readonly fetchAuthority: (join: JoinLine) => Promise<string>
}

function refuse(key: string, value: string, problem: string, hint: string): never {
  throw new ConfigError([{ key, value, problem, hint }])
}

/** The file that is to hold the key. Fails with `ConfigError` where the line is for another receiver. */
function keyFileFor({ join, destination }: Replacement): string {
  const { url, keyFile } = destination
  const told = `${join.host}:${join.port}`
  const known = url.scheme === 'file' ? `file://${url.path}` : `${url.host}:${url.port}`
  if (told !== known) {
    const hint = 'ferry keys add --address makes a line for it; --force writes all anew'
    refuse('--join', told, `is not where the configuration sends to, ${known}`, hint)
  }
  if (keyFile !== undefined) return keyFile
  return refuse('destination.key_file', '', 'is not set', 'name a file for the key there')
}

/** With owner and mode of what stood there; a new one is the owner's alone. */
function replaceAlike(path: string, text: string): void {
  const before = fs.statSync(path, { throwIfNoEntry: false })
  if (before === undefined) writeSmallFile(path, text)
  else replaceText(fs.realpathSync(path), text, path, before.mode & 0o777)
}

const hasFingerprint = (certificate: string, wanted: string) =>
  certificate.includes('BEGIN CERTIFICATE') && fingerprint(certificate) === wanted

/** The authority's file where it is another one now; a receiver with a public one has none. */
async function replaceAuthority({ join, destination, fetchAuthority }: Replacement) {
  const { caFile } = destination
  if (caFile === undefined || join.caFingerprint === '') return []
  if (hasFingerprint(readSmallFile(caFile), join.caFingerprint)) return []
  replaceAlike(caFile, await fetchAuthority(join))
  return [caFile]
}

/**
 * Gives the files that were written. A running agent reads the key with its next connection; one that
 * got it from its service manager, and one with another authority, has to be started again. Fails with
 * `ConfigError`, and with what fetching the authority fails with; the old key stays then.
 */
export async function replaceKey(replacement: Replacement): Promise<readonly string[]> {
  const keyFile = keyFileFor(replacement)
  const written = await replaceAuthority(replacement)
  replaceAlike(keyFile, `${replacement.join.key}\n`)
  return [...written, keyFile]
}
