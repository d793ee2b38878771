/** The destinations that there are: gRPC against the real receiver, a directory, and Viam's protocol. */
import * as fs from 'node:fs'
import { openDestination } from '../../src/cli/open-destination.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { configure, ferry, makeSite, type Site, startReceiver } from '../fakes/ferry.ts'
import { machine } from '../fakes/machine.ts'
import { quietLog } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { startViamServer } from '../fakes/viam-server.ts'
import { destinationContract } from './destination.ts'

const parts = { files: createPosixFiles(), clock: createSystemClock(), log: quietLog }
function open(site: Site) {
  const text = fs.readFileSync(site.config, 'utf8')
  return openDestination(parseConfig({ text, file: site.config, machine }), parts)
}

destinationContract('gRPC over TLS', async () => {
  const site = await makeSite(temporaryFolder('grpc'))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port)
  return {
    destination: open(site),
    reopen: async () => open(site),
    files: `${site.store}/${site.device}/files`,
    end: () => receiver.stop(),
  }
})

destinationContract('a directory', async () => {
  const folder = temporaryFolder('directory')
  const site: Site = {
    folder,
    store: `${folder}/usb`,
    board: `${folder}/board`,
    config: `${folder}/ferry.json`,
    device: 'robot-7',
  }
  await ferry(['receive', '--init', site.store])
  const usb = { path: site.board, after_upload: 'keep' }
  configure(site, 1, {
    additional_sync_paths: [usb],
    destination: { url: `file://${site.store}`, key_file: undefined, ca_file: undefined },
  })
  let current = open(site)
  return {
    destination: current,
    async reopen() {
      await current.close()
      current = open(site)
      return current
    },
    files: `${site.store}/${site.device}/files`,
    end: () => current.close(),
  }
})

/** The server keeps plain files by their names: what is stored twice stands there once. */
async function startViamSubject() {
  const folder = temporaryFolder('viam-contract')
  const server = await startViamServer({
    onStored({ metadata, content }) {
      const path = `${folder}/files${metadata.fileName}`
      fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true })
      fs.writeFileSync(path, content)
    },
  })
  const site: Site = {
    folder,
    store: folder,
    board: `${folder}/board`,
    config: `${folder}/ferry.json`,
    device: 'robot-7',
  }
  const url = `grpc://127.0.0.1:${server.port}`
  const destination = { url, protocol: 'viam', key_file: undefined, ca_file: undefined }
  configure(site, server.port, { destination })
  return {
    destination: open(site),
    reopen: async () => open(site),
    files: `${folder}/files`,
    end: async () => server.stop(),
  }
}

destinationContract("Viam's protocol", startViamSubject, { resumes: false })
