/** A key is replaced alone: nothing else changes, and what had it before still has it. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { replaceKey } from '../../src/cli/replace-key.ts'
import { fingerprint, makeCertificates } from '../../src/receive/certificates.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

async function board() {
  const folder = temporaryFolder('replace-key')
  const [old, fresh] = [await makeCertificates(['h']), await makeCertificates(['h'])]
  fs.writeFileSync(`${folder}/key`, 'old.key\n', { mode: 0o600 })
  fs.writeFileSync(`${folder}/ca.pem`, old.caCertificate)
  fs.chmodSync(`${folder}/ca.pem`, 0o644)
  const isRoot = process.getuid?.() === 0
  if (isRoot) fs.chownSync(`${folder}/key`, 1234, 1235)
  const before = fs.statSync(`${folder}/key`)
  const destination = {
    url: { scheme: 'grpcs', host: 'h', port: 7443 },
    ...{ keyFile: `${folder}/key`, caFile: `${folder}/ca.pem` },
    protocol: 'auto',
    login: undefined,
  } as const
  const caFingerprint = fingerprint(fresh.caCertificate)
  const join = { host: 'h', port: 7443, key: 'new.key', caFingerprint, device: 'robot-7' }
  const read = (name: string) => fs.readFileSync(`${folder}/${name}`, 'utf8')
  const fetchAuthority = async () => fresh.caCertificate
  return { folder, old, fresh, before, read, replacement: { join, destination, fetchAuthority } }
}

test('key and authority are replaced, and keep owner and mode', async () => {
  const { folder, fresh, before, read, replacement } = await board()
  expect(await replaceKey(replacement)).toEqual([`${folder}/ca.pem`, `${folder}/key`])
  expect([read('key'), read('ca.pem')]).toEqual(['new.key\n', fresh.caCertificate])
  const { uid, gid, mode } = fs.statSync(`${folder}/key`)
  expect({ uid, gid, mode }).toEqual({ uid: before.uid, gid: before.gid, mode: before.mode })
  expect(fs.statSync(`${folder}/ca.pem`).mode & 0o777).toBe(0o644)
  expect(fs.readdirSync(folder).sort()).toEqual(['ca.pem', 'key'])
})

test('the same authority is not asked for, and one that is not needed neither', async () => {
  const { folder, old, read, replacement } = await board()
  const fetchAuthority = () => Promise.reject(new Error('asked'))
  for (const caFingerprint of [fingerprint(old.caCertificate), '']) {
    const join = { ...replacement.join, caFingerprint }
    expect(await replaceKey({ ...replacement, join, fetchAuthority })).toEqual([`${folder}/key`])
  }
  expect(read('ca.pem')).toBe(old.caCertificate)
})

test('a line for another receiver, and an authority that is not there, change nothing', async () => {
  const { old, read, replacement } = await board()
  const join = { ...replacement.join, host: 'other' }
  await expect(replaceKey({ ...replacement, join })).rejects.toThrow(
    '--join: is not where the configuration sends to, h:7443',
  )
  const fetchAuthority = () => Promise.reject(new Error('no answer'))
  await expect(replaceKey({ ...replacement, fetchAuthority })).rejects.toThrow('no answer')
  const destination = { ...replacement.destination, keyFile: undefined }
  await expect(replaceKey({ ...replacement, destination })).rejects.toThrow('is not set')
  expect([read('key'), read('ca.pem')]).toEqual(['old.key\n', old.caCertificate])
})

test('a link to the key stays one', async () => {
  const { folder, read, replacement } = await board()
  fs.renameSync(`${folder}/key`, `${folder}/real`)
  fs.symlinkSync('real', `${folder}/key`)
  await replaceKey(replacement)
  expect(fs.lstatSync(`${folder}/key`).isSymbolicLink()).toBe(true)
  expect(read('real')).toBe('new.key\n')
})
