/** From the configured address to a destination: a switch. */
import * as fs from 'node:fs'
import type { BytePath } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { ConfigError, errorMessage } from '../errors.ts'
import { openDirectoryStore } from '../receive/directory/directory-store.ts'
import { createInbox } from '../receive/inbox.ts'
import { createLocalTransport } from '../receive/local-transport.ts'
import { DEFAULT_STREAM_LIMITS, serveTransfer } from '../receive/transfer-service.ts'
import { DEFAULT_INBOX_LIMITS } from '../receive/uploads.ts'
import { createRateLimit, unlimited } from '../schedule/rate-limit.ts'
import type { Clock } from '../system/clock.ts'
import type { Files } from '../system/files.ts'
import { lockFile } from '../system/libc.ts'
import type { Logger } from '../system/logger.ts'
import { createDescribe } from '../upload/describe.ts'
import type { Destination } from '../upload/destination.ts'
import { createGrpcTransport } from '../upload/grpc-transport.ts'
import { createTransferDestination } from '../upload/transfer-destination.ts'
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

function readKeyFile(path: string): string {
  const key = fs.readFileSync(path, 'utf8').trim()
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
  const { keyFile, caFile } = destination
  const mode = keyFile && fs.statSync(keyFile, { throwIfNoEntry: false })?.mode
  return [
    ...check('destination.key_file', keyFile, readKeyFile),
    ...(mode && (mode & OPEN_TO_OTHERS) !== 0
      ? problem('destination.key_file', keyFile, 'can be read by others', 'chmod 600')
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

function openGrpcTransport({ destination }: FerryConfig): Transport {
  const { url, keyFile, caFile } = destination
  if (url.scheme === 'file') throw new Error('not an address')
  return createGrpcTransport({
    host: url.host,
    port: url.port,
    secure: url.scheme === 'grpcs',
    ca: caFile === undefined ? undefined : fs.readFileSync(caFile),
    readKey: () => (keyFile === undefined ? '' : readKeyFile(keyFile)),
  })
}

const captureRoots = (roots: FerryConfig['roots']) =>
  roots.filter(({ isCapture }) => isCapture).map(({ path }) => path)

/** Fails with `ConfigError`. Connects when the first file is sent. */
export function openDestination(config: FerryConfig, parts: DestinationParts): Destination {
  const problems = destinationProblems(config)
  if (problems.length > 0) throw new ConfigError(problems)
  const { url } = config.destination
  const { bytesPerSecond, device, tags, silenceMs, roots } = config
  const rateLimit = bytesPerSecond === undefined ? unlimited : createRateLimit(bytesPerSecond)
  const isFile = url.scheme === 'file'
  return createTransferDestination({
    ...parts,
    kind: isFile ? 'directory' : 'grpc',
    address: isFile ? `file://${url.path}` : `${url.scheme}://${url.host}:${url.port}`,
    transport: isFile ? openDirectoryTransport(config, parts) : openGrpcTransport(config),
    device,
    describe: createDescribe({ captureRoots: captureRoots(roots), tags, partId: config.partId }),
    silenceMs,
    rateLimit: () => rateLimit,
    hello: { software: SOFTWARE, machineId: machineId() },
  })
}
