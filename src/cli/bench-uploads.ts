/** Which destinations `ferry bench upload` measures: the configured one, or receivers of its own. */
import type { BenchBounds, BenchParts } from '../bench/disk.ts'
import type { UploadReport } from '../bench/report.ts'
import { measureUpload, RESERVED_PATH } from '../bench/upload.ts'
import { fromText } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { parseConfig } from '../config/parse.ts'
import { UsageError } from '../errors.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { type LoopbackReceiver, startLoopback } from './bench-receiver.ts'
import type { Arguments } from './command.ts'
import { configPath, loadConfig, openLog, thisMachine } from './machine.ts'
import { openDestination } from './open-destination.ts'

/** Processor time and memory of this program. */
export function ownUsage() {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() }
}

/** A configuration with every default, for a receiver that is gone when we are. */
function configFor({ scratch }: BenchParts, { destination }: LoopbackReceiver): FerryConfig {
  const text = JSON.stringify({
    device: 'bench',
    destination: { url: 'grpc://127.0.0.1:1' },
    additional_sync_paths: ['/nowhere'],
    state_dir: scratch.path,
  })
  return { ...parseConfig({ text, file: '', machine: thisMachine() }), destination }
}

async function measureOne(
  parts: BenchParts,
  bounds: BenchBounds,
  config: FerryConfig,
  receiver?: LoopbackReceiver,
): Promise<UploadReport> {
  const { clock } = parts
  const { url } = config.destination
  const log = openLog({ level: 'error', format: 'auto' }, clock)
  const destination = openDestination(config, { files: createPosixFiles(), clock, log })
  const limit = config.bytesPerSecond
  const schemes = { grpc: 'plaintext', grpcs: 'tls', file: 'directory' } as const
  try {
    return await measureUpload(parts, bounds, {
      destination,
      to: receiver ? 'a receiver on this machine' : destination.state().address,
      transport: schemes[url.scheme],
      limitMbS: limit === undefined ? undefined : limit / 1e6,
      mayPublish: receiver !== undefined,
      usage: () => ({ ...ownUsage(), receiverCpuMs: receiver?.cpuMs() }),
    })
  } finally {
    await destination.close()
  }
}

async function measureLoopback(parts: BenchParts, bounds: BenchBounds, isTls: boolean) {
  const receiver = await startLoopback(parts.scratch.path, isTls)
  try {
    return await measureOne(parts, bounds, configFor(parts, receiver), receiver)
  } finally {
    await receiver.stop()
  }
}

/** The configured destination as the agent would reach it, but for what it would remember. */
function configured(args: Arguments, { scratch, progress }: BenchParts): FerryConfig {
  const config = loadConfig(configPath(args))
  if (config.destination.protocol === 'viam') {
    const why = "Viam's protocol publishes whatever is sent, so nothing is measured with it"
    throw new UsageError(`${why}; leave out --config to measure a receiver on this machine`)
  }
  progress(`upload: as an unfinished upload of ${RESERVED_PATH}; nothing is published there`)
  return {
    ...config,
    destination: { ...config.destination, protocol: 'ferry' },
    stateDir: scratch.path,
    roots: [{ ...ROOT, path: fromText(scratch.path) }],
  }
}

const ROOT = { include: [], exclude: [], afterUpload: 'keep', isCapture: false } as const

/** Fails as a destination does. */
export async function measureUploads(
  args: Arguments,
  parts: BenchParts,
  bounds: BenchBounds,
): Promise<UploadReport[]> {
  if (args.text('config') === undefined) {
    const plain = await measureLoopback(parts, bounds, false)
    return [plain, await measureLoopback(parts, bounds, true)]
  }
  return [await measureOne(parts, bounds, configured(args, parts))]
}
