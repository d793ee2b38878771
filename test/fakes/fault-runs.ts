/** A real agent against a real receiver with a script of faults between them. */
import * as fs from 'node:fs'
import { startServer } from '../../src/receive/grpc-server.ts'
import { createInbox } from '../../src/receive/inbox.ts'
import { DEFAULT_STREAM_LIMITS, serveTransfer } from '../../src/receive/transfer-service.ts'
import { DEFAULT_INBOX_LIMITS } from '../../src/receive/uploads.ts'
import { viamMethods } from '../../src/receive/viam/service.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import type { Files } from '../../src/system/files.ts'
import type { Link, LinkHandlers } from '../../src/wire/link.ts'
import { startAgent } from './agent.ts'
import { startFaultProxy } from './fault-proxy.ts'
import type { Fault } from './faults.ts'
import { configure, eventually, type Site } from './ferry.ts'
import { openStoreAt } from './inbox.ts'
import { quietLog } from './quiet.ts'

/** A stall ends after this. */
const SILENCE = '700ms'
const WITHIN_MS = 30_000

interface Whole {
  readonly files?: Files
  readonly commitEveryBytes?: number
  /** Around what serves a stream of `ferry.transfer.v1`. */
  readonly watch?: (serve: Serve) => Serve
}

type Serve = (device: string, link: Link) => LinkHandlers

/** The whole receiver in this process, for the device `anonymous`. */
export async function startWholeReceiver(folder: string, whole: Whole = {}) {
  const { commitEveryBytes = DEFAULT_INBOX_LIMITS.commitEveryBytes } = whole
  const { watch = (serve: Serve) => serve } = whole
  const store = openStoreAt(folder, whole.files)
  const clock = createSystemClock()
  const limits = { ...DEFAULT_INBOX_LIMITS, commitEveryBytes }
  const inbox = createInbox({ store, clock, log: quietLog, limits })
  const parts = {
    inbox,
    log: quietLog,
    limits: DEFAULT_STREAM_LIMITS,
    smallFileBytes: limits.smallFileBytes,
    software: 'test',
    greet: () => '',
  }
  const server = await startServer({
    listen: '127.0.0.1:0',
    tls: undefined,
    keyring: undefined,
    clock,
    limits: { connections: 512, streamsPerConnection: 65, messageBytes: 32 << 20 },
    log: quietLog,
    methods: viamMethods({ store, clock, keyring: undefined, largestFileBytes: 2 ** 40 }),
    serve: watch((device, link) => serveTransfer(parts, device, link)),
  })
  return {
    port: Number(server.address.split(':').pop()),
    async close() {
      await server.close()
      await inbox.close()
    },
  }
}

interface Run {
  /** Of this run alone; its files are in `board`, the receiver's store is `store`. */
  readonly folder: string
  readonly protocol: 'ferry' | 'viam'
  readonly isCapture: boolean
  readonly proxy: Omit<Parameters<typeof startFaultProxy>[0], 'faults' | 'target'>
  readonly faults: readonly Fault[]
}

/** Until the agent has drained by itself; gives the faults that fired. */
export async function runWithFaults(run: Run): Promise<readonly Fault[]> {
  const { folder, protocol, isCapture, proxy: options, faults } = run
  const [board, store] = [`${folder}/board`, `${folder}/store`]
  fs.mkdirSync(store)
  // Made durable often, so that a small file has offsets too.
  const receiver = await startWholeReceiver(store, { commitEveryBytes: 1 << 20 })
  const proxy = await startFaultProxy({ ...options, target: receiver.port, faults })
  const site: Site = { folder, board, store, device: 'anonymous', config: `${folder}/ferry.json` }
  configure(site, proxy.port, {
    destination: {
      ...{ url: `grpc://127.0.0.1:${proxy.port}`, protocol },
      ...{ key_file: undefined, ca_file: undefined },
    },
    ...(isCapture && { capture_dir: board, additional_sync_paths: [] }),
    file_last_modified_millis: 20,
    sync_interval_mins: 0.0005,
    silence_timeout: SILENCE,
  })
  const agent = startAgent(site)
  try {
    await eventually(
      () => fs.readdirSync(board),
      (names) => names.length === 0,
      WITHIN_MS,
    )
  } catch (cause) {
    const text = faults.map(({ rpc, point, kind }) => `${rpc} ${kind} at ${point}`).join(', ')
    const state = JSON.stringify(agent.destination.state())
    throw new Error(`not drained with ${text} (fired ${proxy.fired.length}): ${state}`, { cause })
  } finally {
    await agent.stop()
    await proxy.close()
    await receiver.close()
  }
  return proxy.fired
}
