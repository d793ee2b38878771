/** From the configured address to a destination: a switch. */
import * as fs from 'node:fs'
import type { BytePath } from '../byte-path.ts'
import type { DestinationUrl, FerryConfig } from '../config/config.ts'
import { isLoopback } from '../config/values.ts'
import { ConfigError, errorCode, errorMessage } from '../errors.ts'
import { openDirectoryStore } from '../receive/directory/directory-store.ts'
import { createInbox } from '../receive/inbox.ts'
import { createLocalTransport } from '../receive/local-transport.ts'
import { DEFAULT_STREAM_LIMITS, serveTransfer } from '../receive/transfer-service.ts'
import { DEFAULT_INBOX_LIMITS } from '../receive/uploads.ts'
import { createRateLimit, type RateLimit, unlimited } from '../schedule/rate-limit.ts'
import type { Clock } from '../system/clock.ts'
import type { Files } from '../system/files.ts'
import { lockFile } from '../system/libc.ts'
import type { Logger } from '../system/logger.ts'
import { createAutoDestination } from '../upload/auto-destination.ts'
import { createKeyBearer } from '../upload/bearer.ts'
import { createDecodableDestination } from '../upload/decodable-destination.ts'
import { createDescribe } from '../upload/describe.ts'
import type { Destination } from '../upload/destination.ts'
import { createGrpcCalls } from '../upload/grpc-calls.ts'
import { createGrpcTransport } from '../upload/grpc-transport.ts'
import { type Credentials, createLogin } from '../upload/login.ts'
import { createSpoken } from '../upload/spoken.ts'
import { createTransferDestination } from '../upload/transfer-destination.ts'
import { createViamDestination } from '../upload/viam-destination.ts'
import { SOFTWARE } from '../version.ts'
import type { Transport } from '../wire/link.ts'
import { machineId } from './machine.ts'

interface DestinationParts {
  readonly files: Files
  readonly clock: Clock
  readonly log: Logger
}

/** Others could read a key with such a mode. */
export const OPEN_TO_OTHERS = 0o077

/** A key that only root reads comes as a credential of the service manager, named `key`. */
function readSecret(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    const folder = process.env['CREDENTIALS_DIRECTORY']
    if (folder === undefined || errorCode(error) !== 'EACCES') throw error
    return fs.readFileSync(`${folder}/key`, 'utf8')
  }
}

/** The key, in one line. Fails where the file holds none. */
export function readKeyFile(path: string): string {
  const key = readSecret(path).trim()
  if (!/^[\w-]+\.[\w-]+$/.test(key)) throw new Error(`${path} holds no key`)
  return key
}

/** What is wrong with the files that the destination names; nothing is connected. */
export function destinationProblems({ destination }: FerryConfig) {
  const problem = (key: string, value: string, text: string, hint: string) => [
    { key, value, problem: text, hint },
  ]
  const check = (key: string, path: string | undefined, read: (path: string) => void) => {
    if (path === undefined) return []
    try {
      read(path)
      return []
    } catch (error) {
      return problem(key, path, errorMessage(error), 'ferry init --join writes it')
    }
  }
  const { url, keyFile, caFile, login, protocol } = destination
  const isOpen = url.scheme === 'grpc' && !isLoopback(url.host)
  const mode = keyFile && fs.statSync(keyFile, { throwIfNoEntry: false })?.mode
  return [
    ...check('destination.key_file', keyFile, readKeyFile),
    ...(mode && (mode & OPEN_TO_OTHERS) !== 0
      ? problem('destination.key_file', keyFile, 'can be read by others', 'chmod 600')
      : []),
    ...(isOpen && login
      ? problem(
          'destination.url',
          url.host,
          'would send the login in plaintext',
          'use grpcs://, or https:// in cloud.app_address',
        )
      : []),
    ...(url.scheme === 'file' && protocol === 'viam'
      ? problem('destination.protocol', protocol, 'is for servers, not directories', 'leave it out')
      : []),
    ...check('destination.ca_file', caFile, (path) => void fs.readFileSync(path)),
  ]
}

/** The store is opened for each link, so that a disk that was pulled is found again. */
function openDirectoryTransport(config: FerryConfig, parts: DestinationParts): Transport {
  refuseSourceFileSystem(config, parts.files)
  return createLocalTransport((link) => {
    const { url } = config.destination
    const path = url.scheme === 'file' ? url.path : ('' as BytePath)
    const store = openDirectoryStore({ ...parts, ...STORE_OPTIONS, path })
    const inbox = createInbox({ ...parts, store, limits: DEFAULT_INBOX_LIMITS })
    const service = {
      inbox,
      log: parts.log,
      limits: DEFAULT_STREAM_LIMITS,
      smallFileBytes: DEFAULT_INBOX_LIMITS.smallFileBytes,
      software: SOFTWARE,
      greet: () => '',
    }
    return { handlers: serveTransfer(service, config.device, link), close: () => inbox.close() }
  })
}

const STORE_OPTIONS = {
  lock: lockFile,
  floorBytes: 16 << 20,
  allowVolatile: false,
  receiptDays: 90,
  partDays: 14,
}

/** A copy on the same disk is no copy: it must outlive the one that is deleted. */
function refuseSourceFileSystem({ destination, roots }: FerryConfig, files: Files): void {
  const { url } = destination
  if (url.scheme !== 'file') return
  const deviceOf = (path: typeof url.path) => {
    try {
      const fd = files.openRoot(path)
      const { dev } = files.stat(fd)
      files.close(fd)
      return dev
    } catch {
      return undefined
    }
  }
  const own = deviceOf(url.path)
  if (!roots.some((root) => root.afterUpload === 'delete' && deviceOf(root.path) === own)) return
  const problem = 'is on the same file system as a root'
  const hint = 'mount the other disk there, or set "after_upload": "keep"'
  throw new ConfigError([{ key: 'destination.url', value: `file://${url.path}`, problem, hint }])
}

type NetUrl = Extract<DestinationUrl, { scheme: 'grpc' | 'grpcs' }>

const captureRoots = (roots: FerryConfig['roots']) =>
  roots.filter(({ isCapture }) => isCapture).map(({ path }) => path)

function describeAs({ roots, tags }: FerryConfig, partId: string) {
  return createDescribe({ captureRoots: captureRoots(roots), tags, partId })
}

type Common = DestinationParts & {
  readonly device: string
  readonly silenceMs: number
  readonly rateLimit: () => RateLimit
  readonly address: string
}

function openTransfer(
  config: FerryConfig,
  common: Common,
  transport: Transport,
  onWelcome = () => {},
): Destination {
  const describe = describeAs(config, config.partId)
  const transfer = createTransferDestination({
    ...common,
    kind: config.destination.url.scheme === 'file' ? 'directory' : 'grpc',
    transport,
    describe,
    hello: { software: SOFTWARE, machineId: machineId() },
    onWelcome,
  })
  return createDecodableDestination(transfer, { describe, log: common.log })
}

/** The key file holds `id.secret`; both are words of Viam's `api-key`. */
export function credentialsOf({
  login,
  keyFile,
}: FerryConfig['destination']): Credentials | undefined {
  if (login !== undefined || keyFile === undefined) return login
  const key = readKeyFile(keyFile)
  const dot = key.indexOf('.')
  return { type: 'api-key', entity: key.slice(0, dot), payload: key.slice(dot + 1) }
}

/** Both protocols of one address; they share the login and the limit. */
function openNet(config: FerryConfig, common: Common, url: NetUrl): Destination {
  const { destination, stateDir, partId, device } = config
  const { keyFile, caFile, login, protocol } = destination
  const ca = caFile === undefined ? undefined : fs.readFileSync(caFile)
  const grpc = { host: url.host, port: url.port, secure: url.scheme === 'grpcs', ca }
  let sentBytes = 0
  const calls = createGrpcCalls({
    ...common,
    ...grpc,
    onSent: (bytes) => {
      sentBytes += bytes
    },
  })
  const bearer = createLogin({ ...common, calls, credentials: () => credentialsOf(destination) })
  const viam = createViamDestination({
    ...common,
    calls,
    bearer,
    describe: describeAs(config, partId || device),
    sentBytes: () => sentBytes,
  })
  if (protocol === 'viam') return viam
  const keyBearer = createKeyBearer(() => (keyFile === undefined ? '' : readKeyFile(keyFile)))
  const transport = createGrpcTransport({
    ...grpc,
    clock: common.clock,
    bearer: login ? bearer : keyBearer,
  })
  const spoken = createSpoken({ ...common, path: `${stateDir}/spoken` })
  const transfer = openTransfer(config, common, transport, spoken.remember)
  // With the protocol forced, the other one's connection serves the login alone.
  const hasViam = protocol === 'auto'
  return createAutoDestination({ ...common, transfer, viam, spoken, hasViam })
}

/** Fails with `ConfigError`. Connects when the first file is sent. */
export function openDestination(config: FerryConfig, parts: DestinationParts): Destination {
  const problems = destinationProblems(config)
  if (problems.length > 0) throw new ConfigError(problems)
  const { url } = config.destination
  const { bytesPerSecond, device, silenceMs } = config
  const rateLimit = bytesPerSecond === undefined ? unlimited : createRateLimit(bytesPerSecond)
  const isFile = url.scheme === 'file'
  const address = isFile ? `file://${url.path}` : `${url.scheme}://${url.host}:${url.port}`
  const common = { ...parts, device, silenceMs, rateLimit: () => rateLimit, address }
  if (!isFile) return openNet(config, common, url)
  return openTransfer(config, common, openDirectoryTransport(config, parts))
}
