/** `ferry receive`: builds the receiver, and listens to signals. */

import * as fs from 'node:fs'
import * as path from 'node:path'
import { isLoopback } from '../config/values.ts'
import { ConfigError, errorMessage, UsageError } from '../errors.ts'
import { createGreeter } from '../receive/greeter.ts'
import { DEFAULT_SERVER_LIMITS, type RunningServer, startServer } from '../receive/grpc-server.ts'
import { createInbox, type Inbox } from '../receive/inbox.ts'
import { createKeyring } from '../receive/keys.ts'
import { storeLayout } from '../receive/layout.ts'
import type { Store } from '../receive/store.ts'
import { DEFAULT_STREAM_LIMITS, serveTransfer } from '../receive/transfer-service.ts'
import { DEFAULT_INBOX_LIMITS } from '../receive/uploads.ts'
import { viamMethods } from '../receive/viam/service.ts'
import { type Clock, createSystemClock } from '../system/clock.ts'
import type { Logger } from '../system/logger.ts'
import { createServiceNotes } from '../system/notify.ts'
import { parseSize, parseTime } from '../units.ts'
import { SOFTWARE, VERSION } from '../version.ts'
import { type Arguments, type ExitCode, required } from './command.ts'
import { readAddress } from './host-name.ts'
import { openLog } from './machine.ts'
import { openLockedStore } from './open-store.ts'
import { print } from './output.ts'
import { DEFAULT_PORT, receiveInit } from './receive-init.ts'
import { logLevelOf } from './run.ts'

const DEFAULT_FLOOR_BYTES = 256 << 20
const CHECK_KEYS_MS = 1_000
const LEAST_MERGE_MS = 1_000
const LONGEST_TIMER_MS = 2 ** 31 - 1
const EXPIRE_EVERY_MS = 6 * 3_600_000

interface Listening {
  readonly listen: string
  readonly tls: { readonly certificateChain: Buffer; readonly key: Buffer } | undefined
  readonly keysFile: string | undefined
}

function wholeNumber(args: Arguments, name: string, fallback: number): number {
  const text = args.text(name)
  if (text === undefined) return fallback
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--${name} is a whole number`)
  return Number(text)
}

/** What may be listened on how: a public address needs TLS and keys. */
function readListening(args: Arguments, store: string): Listening {
  const layout = storeLayout(store)
  const listen = args.text('listen') ?? `127.0.0.1:${DEFAULT_PORT}`
  const address = readAddress(listen)
  if (address === undefined) {
    throw new UsageError('--listen is HOST:PORT, and a port is at most 65535')
  }
  const certificate = args.text('tls-cert') ?? layout.serverCertificate
  const key = args.text('tls-key') ?? layout.serverKey
  const plaintext = args.flag('plaintext')
  const noKeys = args.flag('no-keys')
  if ((plaintext || noKeys) && !isLoopback(address.host)) {
    const problem = 'is not loopback, so it needs TLS and keys'
    const hint = 'leave out --plaintext and --no-keys'
    throw new ConfigError([{ key: '--listen', value: listen, problem, hint }])
  }
  const missing = plaintext ? undefined : [certificate, key].find((file) => !fs.existsSync(file))
  if (missing !== undefined) {
    const hint = 'ferry receive --init makes one, or name yours with --tls-cert and --tls-key'
    throw new ConfigError([{ key: 'tls', value: missing, problem: 'does not exist', hint }])
  }
  return {
    listen,
    tls: plaintext
      ? undefined
      : { certificateChain: fs.readFileSync(certificate), key: fs.readFileSync(key) },
    keysFile: noKeys ? undefined : (args.text('keys') ?? layout.keys),
  }
}

function openStore(args: Arguments, store: string): Store {
  const floor = args.text('min-free')
  const floorBytes = floor === undefined ? DEFAULT_FLOOR_BYTES : parseSize(floor)
  if (floorBytes === undefined) throw new UsageError('--min-free is a size, as 256MiB')
  return openLockedStore(store, {
    floorBytes,
    allowVolatile: args.flag('allow-volatile-store'),
    receiptDays: wholeNumber(args, 'receipt-days', 90),
    partDays: wholeNumber(args, 'part-days', 14),
  })
}

/** How often rows are merged; undefined: not at all. */
function mergeEveryMs(args: Arguments): number | undefined {
  const text = args.text('merge-every')
  if (text === undefined) return undefined
  const everyMs = parseTime(text)
  if (everyMs === undefined || everyMs < LEAST_MERGE_MS) {
    throw new UsageError('--merge-every is a time of at least 1s, as 6h')
  }
  return Math.min(everyMs, LONGEST_TIMER_MS)
}

/** Gives what stops it, and waits for a merge under way. */
function startMerging({ store, clock, log }: Serving, everyMs: number | undefined) {
  if (everyMs === undefined) return async () => {}
  let running: Promise<void> = Promise.resolve()
  const merge = async () => {
    const { mergedFiles, mergedInto, trouble } = await store.merge(clock.wallMs())
    if (trouble !== '') log.warn('rows were not merged', { cause: trouble })
    if (mergedFiles > 0) log.info('rows merged', { files: mergedFiles, into: mergedInto })
  }
  const onError = (error: unknown) =>
    log.error('rows cannot be merged', { cause: errorMessage(error) })
  const run = () => {
    running = running.then(merge).catch(onError)
  }
  run()
  const timer = setInterval(run, everyMs)
  return async () => {
    clearInterval(timer)
    await running
  }
}

interface Serving {
  readonly inbox: Inbox
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
}

/** A disk that cannot be asked shows by its uploads. */
function roomOf(store: Store): number | undefined {
  try {
    return Math.max(0, store.roomBytes())
  } catch {
    return undefined
  }
}

async function serve(parts: Serving, listening: Listening): Promise<RunningServer> {
  const { inbox, store, clock, log } = parts
  const service = {
    inbox,
    log,
    limits: DEFAULT_STREAM_LIMITS,
    smallFileBytes: DEFAULT_INBOX_LIMITS.smallFileBytes,
    software: SOFTWARE,
    greet: createGreeter(log),
    roomBytes: () => roomOf(store),
  }
  const { listen, tls, keysFile } = listening
  const onTrouble = (cause: string) => log.error('the keys file cannot be read', { cause })
  const keyring = keysFile === undefined ? undefined : createKeyring(keysFile, onTrouble)
  const { largestFileBytes } = DEFAULT_INBOX_LIMITS
  return await startServer({
    listen,
    tls,
    keyring,
    clock,
    methods: viamMethods({ store, clock, keyring, largestFileBytes }),
    limits: DEFAULT_SERVER_LIMITS,
    log,
    serve: (device, link) => serveTransfer(service, device, link),
  })
}

/** Resolves at the first signal; a second one ends the process. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    const onSignal = () => {
      if (isStopping) process.exit(1)
      isStopping = true
      resolve()
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

export async function receive(args: Arguments): Promise<ExitCode> {
  const init = args.text('init')
  if (init !== undefined)
    return await receiveInit(path.resolve(init), {
      hosts: args.texts('host'),
      listen: args.text('listen'),
    })
  const store = path.resolve(required(args, 'store'))
  const clock = createSystemClock()
  const log = openLog({ level: logLevelOf(args) ?? 'info', format: 'auto' }, clock)
  const notes = createServiceNotes(process.env)
  const listening = readListening(args, store)
  const opened = openStore(args, store)
  const inbox = createInbox({ store: opened, clock, log, limits: DEFAULT_INBOX_LIMITS })
  const serving = { inbox, store: opened, clock, log }
  const everyMs = mergeEveryMs(args)
  const server = await serve(serving, listening)
  const scheme = listening.tls ? 'grpcs' : 'grpc'
  // Before anything says that it is up: who stops it at once must find it listening for that too.
  const stopped = untilSignal()
  print(`listening on ${scheme}://${server.address}\n`)
  notes.status(`listening on ${scheme}://${server.address}`)
  notes.ready()
  log.info('receiver runs', { version: VERSION, store, address: server.address })
  const keyCheck = setInterval(() => {
    server.checkCalls()
    inbox.dropSilent()
  }, CHECK_KEYS_MS)
  const expire = () => {
    try {
      opened.expire(clock.wallMs())
    } catch (error) {
      log.error('expired files cannot be removed', { cause: errorMessage(error) })
    }
  }
  expire()
  const expiry = setInterval(expire, EXPIRE_EVERY_MS)
  const stopMerging = startMerging(serving, everyMs)
  await stopped
  notes.stopping()
  clearInterval(keyCheck)
  clearInterval(expiry)
  await stopMerging()
  await server.close()
  await inbox.close()
  log.info('stopped')
  return 0
}
