/** `ferry receive --init`: a store with its marker, a private authority and an empty keys file. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import { fromText } from '../byte-path.ts'
import { makeCertificates } from '../receive/certificates.ts'
import { markStore } from '../receive/directory/directory-store.ts'
import { storeLayout } from '../receive/layout.ts'
import { makePrivateFolder, writeSmallFile } from '../system/durable-file.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import type { ExitCode } from './command.ts'
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

/** Leaves what exists as it is, so that it may be run again. */
export async function initStore(store: string, { hosts, listen }: Reached): Promise<ExitCode> {
  const [, port = DEFAULT_PORT] = /:([1-9]\d*)$/.exec(listen ?? '') ?? []
  const layout = storeLayout(store)
  makePrivateFolder(store)
  makePrivateFolder(layout.folder)
  const isNew = markStore(createPosixFiles(), fromText(store))
  if (!fs.existsSync(layout.serverKey)) {
    const made = await makeCertificates(ownNames(hosts))
    writeSmallFile(layout.caCertificate, made.caCertificate)
    writeSmallFile(layout.caKey, made.caKey)
    writeSmallFile(layout.serverCertificate, made.serverChain)
    writeSmallFile(layout.address, `${hosts[0] ?? os.hostname()}:${port}\n`)
    // Last: it says that the others are there.
    writeSmallFile(layout.serverKey, made.serverKey)
  }
  if (!fs.existsSync(layout.keys)) writeSmallFile(layout.keys, '')
  print(
    [
      `${isNew ? 'made' : 'found'} the store ${store}`,
      `next:  ferry keys add robot-1 --keys ${layout.keys}`,
      `       ferry receive --store ${store} --listen ${listen ?? `0.0.0.0:${port}`}`,
      '',
    ].join('\n'),
  )
  return 0
}
