/** `ferry receive --init`: a store with its marker, a private authority and an empty keys file. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import { dirname } from 'node:path'
import { fromText } from '../byte-path.ts'
import { ConfigError, errorMessage, UsageError } from '../errors.ts'
import { makeCertificates, namesLacking, withNames } from '../receive/certificates.ts'
import { markStore } from '../receive/directory/directory-store.ts'
import { type StoreLayout, storeLayout } from '../receive/layout.ts'
import { makePrivateFolder, readSmallFile, replaceText } from '../system/durable-file.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import type { ExitCode } from './command.ts'
import { isHostName, readAddress } from './host-name.ts'
import { print } from './output.ts'

export const DEFAULT_PORT = 7443

function ownNames(extra: readonly string[]): string[] {
  const addresses = Object.values(os.networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ scopeid }) => !scopeid).map(({ address }) => address),
  )
  return [...new Set([...extra, os.hostname(), 'localhost', '127.0.0.1', '::1', ...addresses])]
}

interface Reached {
  /** The first stands in the join lines. */
  readonly hosts: readonly string[]
  /** HOST:PORT that it is going to listen on. */
  readonly listen?: string | undefined
}

/** Fails with `UsageError` on what boards could not reach. */
export async function checkReached({ hosts, listen }: Reached): Promise<void> {
  for (const host of hosts) {
    if (await isHostName(host)) continue
    throw new UsageError(`--host ${host}: a host name or an address, without port and brackets`)
  }
  if (listen !== undefined && readAddress(listen) === undefined) {
    throw new UsageError(`--listen ${listen}: HOST:PORT, a port is at most 65535`)
  }
}

/** Also where root changes the store of a receiver that runs as another user. */
const write = (path: string, text: string) => replaceText(path, text, dirname(path))

/** Of HOST:PORT; undefined where none is given, or any will do. */
const portOf = (listen: string | undefined) => readAddress(listen ?? '')?.port || undefined

/**
 * The chain with these names added, signed by the store's own authority; undefined where it has
 * them. Fails with `ConfigError` where that authority did not sign it, or its key is elsewhere.
 */
async function renewed(layout: StoreLayout, hosts: readonly string[]): Promise<string | undefined> {
  const read = (path: string) => {
    const text = readSmallFile(path)
    if (text === '') throw new Error(`${path} is missing`)
    return text
  }
  try {
    const serverChain = read(layout.serverCertificate)
    const lacking = await namesLacking(serverChain, hosts)
    if (lacking.length === 0) return undefined
    const made = {
      serverChain,
      caCertificate: read(layout.caCertificate),
      caKey: read(layout.caKey),
      serverKey: read(layout.serverKey),
    }
    return await withNames(made, lacking)
  } catch (error) {
    const problem = `cannot be added to ${layout.serverCertificate}: ${errorMessage(error)}`
    const hint = 'its own authority alone can sign another: put ca.key there, or ask who signed it'
    throw new ConfigError([{ key: '--host', value: hosts.join(', '), problem, hint }])
  }
}

/** What join lines are to name; undefined: as they do. */
function otherAddress(layout: StoreLayout, { hosts, listen }: Reached): string | undefined {
  if (hosts.length === 0 && listen === undefined) return undefined
  const before = readSmallFile(layout.address).trim()
  const [, host = os.hostname(), port = DEFAULT_PORT] = /^(.+):(\d+)$/.exec(before) ?? []
  const wanted = portOf(listen) ?? port
  const address = `${hosts[0] ?? host}:${wanted}`
  return address === before ? undefined : address
}

/** What is, or is to be, different about a store. */
export interface StoreChange {
  readonly isNew: boolean
  /** Names were added to its certificate, which a receiver reads when it starts. */
  readonly isRenewed: boolean
  /** HOST:PORT that join lines name from now on. */
  readonly address: string | undefined
}

/** What exists stays, but for names and port that are asked for; a dry run changes nothing. */
async function changeStore(layout: StoreLayout, reached: Reached, isDry: boolean) {
  const { hosts } = reached
  const chain = hosts.length === 0 ? undefined : await renewed(layout, hosts)
  const address = otherAddress(layout, reached)
  if (chain !== undefined && !isDry) write(layout.serverCertificate, chain)
  if (address !== undefined && !isDry) write(layout.address, `${address}\n`)
  return { isRenewed: chain !== undefined, address }
}

/** May be run again. Fails with `UsageError`; with `ConfigError` where a name cannot be added. */
export async function initStore(
  store: string,
  reached: Reached,
  isDry = false,
): Promise<StoreChange> {
  await checkReached(reached)
  const { hosts, listen } = reached
  const layout = storeLayout(store)
  if (fs.existsSync(layout.serverKey)) {
    const change = await changeStore(layout, reached, isDry)
    if (!isDry) markStore(createPosixFiles(), fromText(store))
    if (!isDry && !fs.existsSync(layout.keys)) write(layout.keys, '')
    return { isNew: false, ...change }
  }
  if (isDry) return { isNew: true, isRenewed: false, address: undefined }
  makePrivateFolder(store)
  makePrivateFolder(layout.folder)
  const isNew = markStore(createPosixFiles(), fromText(store))
  const made = await makeCertificates(ownNames(hosts))
  write(layout.caCertificate, made.caCertificate)
  write(layout.caKey, made.caKey)
  write(layout.serverCertificate, made.serverChain)
  const port = portOf(listen) ?? DEFAULT_PORT
  write(layout.address, `${hosts[0] ?? os.hostname()}:${port}\n`)
  // Last: it says that the others are there.
  write(layout.serverKey, made.serverKey)
  if (!fs.existsSync(layout.keys)) write(layout.keys, '')
  return { isNew, isRenewed: false, address: undefined }
}

/** In words. */
export function changeLines({ isRenewed, address }: StoreChange, hosts: readonly string[]) {
  const names = hosts.join(', ')
  return [
    ...(isRenewed ? [`the certificate names ${names}; boards trust it as before`] : []),
    ...(address === undefined ? [] : [`join lines name ${address}`]),
  ]
}

export async function receiveInit(store: string, reached: Reached): Promise<ExitCode> {
  const { hosts, listen } = reached
  const change = await initStore(store, reached)
  const layout = storeLayout(store)
  const port = portOf(listen) ?? DEFAULT_PORT
  const isKnown = !change.isNew && !change.isRenewed && hosts.length > 0
  print(
    [
      `${change.isNew ? 'made' : 'found'} the store ${store}`,
      ...changeLines(change, hosts).map((line) => `now:   ${line}`),
      ...(isKnown ? [`as is: the certificate names ${hosts.join(', ')}`] : []),
      ...(change.isRenewed ? ['next:  restart the receiver: it reads its certificate once'] : []),
      `next:  ferry keys add robot-1 --keys ${layout.keys}`,
      `       ferry receive --store ${store} --listen ${listen ?? `0.0.0.0:${port}`}`,
      '',
    ].join('\n'),
  )
  return 0
}
