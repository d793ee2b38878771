/** `ferry init`: a configuration, the key file and the receiver's authority, on the board. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import { resolve } from 'node:path'
import { errorCode, UsageError } from '../errors.ts'
import { fingerprint } from '../receive/certificates.ts'
import { type JoinLine, readJoinLine } from '../receive/join-line.ts'
import { writeSmallFile } from '../system/durable-file.ts'
import type { Arguments, ExitCode } from './command.ts'
import { exampleText } from './documents.ts'
import { loadConfig } from './machine.ts'
import { print } from './output.ts'
import { replaceKey } from './replace-key.ts'

const CONNECT_TIMEOUT_MS = 15_000

/** Why nobody answered, by what the system said. */
function whyNot(error: Error, { host, port }: JoinLine): string {
  const code = errorCode(error)
  const at = `${host}:${port}`
  if (/^(ENOTFOUND|EAI_\w+)$/.test(code)) {
    return `the name ${host} is not known here (${code}): is there a name server, and is it spelt so?`
  }
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/.test(code)) {
    return `nothing listens at ${at}, or this board has no way to it (${code}): is the receiver running?`
  }
  return `no TLS connection to ${at}: ${error.message}`
}

/** The authority's certificate, which the receiver sends with its own; nothing is trusted yet. */
async function fetchAuthority(join: JoinLine): Promise<string> {
  const { host, port, caFingerprint } = join
  const tls = await import('node:tls')
  return await new Promise((accept, reject) => {
    const socket = tls.connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    const fail = (why: string) => {
      socket.destroy()
      reject(new Error(why))
    }
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail(`no answer from ${host}:${port}`))
    socket.on('error', (error) => fail(whyNot(error, join)))
    socket.on('secureConnect', () => {
      let certificate = socket.getPeerCertificate(true)
      for (let depth = 0; depth < 5; depth++) {
        const body = certificate.raw.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')
        const text = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
        if (fingerprint(text) === caFingerprint) {
          socket.destroy()
          return accept(text)
        }
        if (!certificate.issuerCertificate || certificate.issuerCertificate === certificate) break
        certificate = certificate.issuerCertificate
      }
      const problem = 'the certificate authority of the join line is not the one'
      fail(`${problem} at ${host}:${port}; was the line made for another receiver?`)
    })
  })
}

function write(path: string, text: string, mode: number, force: boolean): void {
  if (fs.existsSync(path) && !force) {
    print(`kept   ${path} (it exists; --force replaces it)\n`)
    return
  }
  // A board may lose power as soon as it is set up.
  writeSmallFile(path, text, mode)
  print(`wrote  ${path}\n`)
}

interface Settings {
  readonly device: string
  readonly url: string
  readonly keyFile: string | undefined
  readonly caFile: string | undefined
  readonly roots: readonly string[]
  readonly stateDir: string | undefined
}

function configText({ device, url, keyFile, caFile, roots, stateDir }: Settings): string {
  const document = {
    device,
    destination: { url, key_file: keyFile, ca_file: caFile },
    additional_sync_paths: roots,
    state_dir: stateDir,
  }
  return `// All settings: ferry run --help and packaging/settings.md.\n${JSON.stringify(document, null, 2)}\n`
}

export interface Joining {
  /** The line that `ferry keys add` printed; undefined: an example is written, to be edited. */
  readonly line: string | undefined
  readonly roots: readonly string[]
  readonly device: string | undefined
  readonly stateDir: string | undefined
}

interface Where {
  readonly directory: string
  /** The same directory as the board will know it. */
  readonly named: string
  readonly force: boolean
}

/** Fails with `UsageError`. */
export function parseJoin(line: string): JoinLine {
  const join = readJoinLine(line)
  if (join === undefined) throw new UsageError('--join is the line that ferry keys add printed')
  return join
}

/** The configuration, and what it names; existing files stay unless forced. */
export async function writeConfiguration(joining: Joining, where: Where): Promise<void> {
  const { line, roots, device, stateDir } = joining
  const { directory, named, force } = where
  const join = line === undefined ? undefined : parseJoin(line)
  // The service's user reads it; the umask of the program would keep others out.
  if (fs.mkdirSync(directory, { recursive: true }) !== undefined) fs.chmodSync(directory, 0o755)
  const config = `${directory}/ferry.json`
  if (join === undefined) {
    const known = roots.length > 0 ? { additional_sync_paths: roots } : {}
    return write(config, exampleText({ device, ...known }), 0o644, force)
  }
  const hasCa = join.caFingerprint !== ''
  if (hasCa) write(`${directory}/ca.pem`, await fetchAuthority(join), 0o644, force)
  write(`${directory}/key`, `${join.key}\n`, 0o600, force)
  const host = join.host.includes(':') ? `[${join.host}]` : join.host
  const settings = {
    device: device ?? (join.device || os.hostname()),
    url: `grpcs://${host}:${join.port}`,
    keyFile: `${named}/key`,
    caFile: hasCa ? `${named}/ca.pem` : undefined,
    roots: roots.length > 0 ? roots : ['/data'],
    stateDir,
  }
  write(config, configText(settings), 0o644, force)
}

async function initKey(config: string, line: string | undefined): Promise<ExitCode> {
  const join = parseJoin(line ?? '')
  const { destination } = loadConfig(config)
  for (const file of await replaceKey({ join, destination, fetchAuthority })) {
    print(`wrote  ${file}\n`)
  }
  print(
    'next   restart the agent: what systemd hands over, and an authority, is read at its start\n',
  )
  return 0
}

export async function init(args: Arguments): Promise<ExitCode> {
  const directory = resolve(args.text('dir') ?? '/etc/ferry')
  if (args.flag('key-only')) return await initKey(`${directory}/ferry.json`, args.text('join'))
  const joining = {
    line: args.text('join'),
    roots: args.texts('root').map((root) => resolve(root)),
    device: args.text('device'),
    stateDir: args.text('state-dir'),
  }
  await writeConfiguration(joining, { directory, named: directory, force: args.flag('force') })
  const config = `${directory}/ferry.json`
  print(
    joining.line === undefined
      ? `next   edit it, then: ferry check --config ${config}\n`
      : `next   ferry check --config ${config} && ferry run --config ${config}\n`,
  )
  return 0
}
