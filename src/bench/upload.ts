/** Measures a destination through the agent's own code, with files of its own. */
import { type BytePath, fromText } from '../byte-path.ts'
import { errorMessage, Transient } from '../errors.ts'
import type { Upload } from '../model.ts'
import { digestOf } from '../system/digest.ts'
import type { Destination, VersionReader } from '../upload/destination.ts'
import type { BenchBounds, BenchParts } from './disk.ts'
import { mbPerSecond, perSecond } from './figures.ts'
import { fileOf, makeFile, openLocal } from './local-file.ts'
import type { UploadReport } from './report.ts'

/** What this program and the other end have used so far. */
export interface Usage {
  readonly cpuMs: number
  readonly rssBytes: number
  /** undefined where the other end is another machine. */
  readonly receiverCpuMs: number | undefined
}

export interface UploadTarget {
  readonly destination: Destination
  readonly to: string
  readonly transport: UploadReport['transport']
  readonly limitMbS: number | undefined
  /** False: nothing is finished there, so that nothing is published; small files are left out. */
  readonly mayPublish: boolean
  readonly usage: () => Usage
}

/** The name of what is measured with, at the other end: there it is an upload that never ends. */
export const RESERVED_PATH = '/.ferry-bench/upload' as BytePath

const LARGE_BYTES = 64 << 20
const largeBytes = ({ sizeBytes }: BenchBounds) => Math.min(LARGE_BYTES, sizeBytes)
const SMALL_BYTES = 4096
/** As many as the agent sends at a time. */
const SMALL_AT_A_TIME = 64
/** Bounds what the receiver on this machine is left with until it is removed. */
const MOST_SMALL = 2000
/** A receiver that answers at all has dropped a part by then. */
const RESET_WITHIN_MS = 5_000

/** Ends an upload on purpose before it is finished. */
const enough = () => new Transient('measured enough', { scope: 'file' })

const hooksFor = (onDurable: (bytes: number) => void) => ({
  onDurable: (chain: { readonly offsetBytes: number }) => onDurable(chain.offsetBytes),
  onDelivered: () => {},
  onStep: () => {},
})

interface Sent {
  readonly bytes: number
  readonly ms: number
}

/** The last answers of the receiver are waited for so long. */
const LAST_ANSWER_MS = 1_000
const LOOK_MS = 20

/** One file; what the other end held durably of it, and the time until it did. */
async function sendOnce(
  { clock, signal }: BenchParts,
  target: UploadTarget,
  upload: Upload,
  { source, withinMs }: { readonly source: VersionReader; readonly withinMs: number },
): Promise<Sent> {
  const { sizeBytes } = upload.file
  const late = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
  const startMs = clock.monotonicMs()
  let sent: Sent = { bytes: 0, ms: 0 }
  let lastMs = startMs
  const hooks = hooksFor((bytes) => {
    lastMs = clock.monotonicMs()
    sent = { bytes, ms: lastMs - startMs }
  })
  const stopBefore = async (): Promise<never> => {
    lastMs = clock.monotonicMs()
    while (sent.bytes < sizeBytes && clock.monotonicMs() - lastMs < LAST_ANSWER_MS) {
      await clock.sleep(LOOK_MS, late)
    }
    throw enough()
  }
  try {
    const reader = target.mayPublish ? source : { ...source, complete: stopBefore }
    await target.destination.upload(upload, reader, hooks, late)
    return { bytes: sizeBytes, ms: clock.monotonicMs() - startMs }
  } catch (error) {
    if (signal.aborted || !(isEnough(error) || late.aborted)) throw error
    if (sent.bytes > 0) return sent
    throw new Error('too slow: no 4 MiB became durable in time; use a larger --seconds')
  }
}

/** Sends a large file as often as there is time for. */
async function sendLarge(parts: BenchParts, bounds: BenchBounds, target: UploadTarget) {
  const { clock, signal } = parts
  const { mayPublish } = target
  const local = makeFile(parts, `large-${target.transport}`, largeBytes(bounds))
  const { sizeBytes, mtimeNs } = local.file
  const endMs = clock.monotonicMs() + bounds.durationMs
  const withinMs = bounds.durationMs * 2
  let [bytes, ms] = [0, 0]
  // What is published stays until the receiver is removed, so its size is bounded too.
  const most = mayPublish ? bounds.sizeBytes - sizeBytes : Number.MAX_SAFE_INTEGER
  const isTime = () => clock.monotonicMs() < endMs && bytes <= most
  for (let round = 0; round === 0 || isTime(); round++) {
    signal.throwIfAborted()
    const source = openLocal(parts, local)
    // Each is another file to the receiver: another name, or another try at one that never ends.
    const path = mayPublish ? fromText(`${RESERVED_PATH}-${round}`) : RESERVED_PATH
    const upload = fileOf(path, sizeBytes, mayPublish ? mtimeNs : 0n)
    try {
      const sent = await sendOnce(parts, target, upload, { source, withinMs })
      bytes += sent.bytes
      ms += sent.ms
    } finally {
      source.close()
      if (!mayPublish) await forget(target, sizeBytes)
    }
  }
  return { bytes, ms }
}

const isEnough = (error: unknown) => errorMessage(error) === enough().message

/** Other bytes under the same id: the receiver drops what it has of it, and keeps an empty part. */
async function forget(target: UploadTarget, sizeBytes: number) {
  const reader: VersionReader = {
    read: () => Promise.reject(enough()),
    // Of anything but nothing these are not the bytes.
    prefixDigest: async () => digestOf(new Uint8Array()),
    chainAt: () => undefined,
    complete: () => Promise.reject(enough()),
  }
  // Also after a signal: nothing stays.
  const late = AbortSignal.timeout(RESET_WITHIN_MS)
  const upload = fileOf(RESERVED_PATH, sizeBytes, 0n)
  try {
    await target.destination.upload(
      upload,
      reader,
      hooksFor(() => {}),
      late,
    )
  } catch (error) {
    // It always ends so; a part that stays is dropped by the next measurement, or expires.
    if (!isEnough(error)) throw error
  }
}

/** So that the connection and what is loaded for it is not measured. */
async function connect(parts: BenchParts, bounds: BenchBounds, target: UploadTarget) {
  if (!target.mayPublish) return await forget(target, largeBytes(bounds))
  const local = makeFile(parts, `first-${target.transport}`, SMALL_BYTES)
  const source = openLocal(parts, local)
  try {
    const { destination } = target
    await destination.upload(
      local,
      source,
      hooksFor(() => {}),
      parts.signal,
    )
  } finally {
    source.close()
  }
}

/** Many small files at a time, each published. */
async function sendSmall(parts: BenchParts, bounds: BenchBounds, target: UploadTarget) {
  const { clock, signal } = parts
  const local = makeFile(parts, `small-${target.transport}`, SMALL_BYTES)
  const startMs = clock.monotonicMs()
  let started = 0
  let done = 0
  const lane = async () => {
    while (started < MOST_SMALL && clock.monotonicMs() - startMs < bounds.durationMs) {
      signal.throwIfAborted()
      const path = fromText(`${RESERVED_PATH}-small/${started}`)
      started += 1
      const source = openLocal(parts, local)
      try {
        const upload = fileOf(path, SMALL_BYTES, local.file.mtimeNs)
        await target.destination.upload(
          upload,
          source,
          hooksFor(() => {}),
          signal,
        )
        done += 1
      } finally {
        source.close()
      }
    }
  }
  await Promise.all(Array.from({ length: SMALL_AT_A_TIME }, lane))
  return perSecond(done, clock.monotonicMs() - startMs)
}

/** Fails as the destination does. */
export async function measureUpload(
  parts: BenchParts,
  bounds: BenchBounds,
  target: UploadTarget,
): Promise<UploadReport> {
  const { to, transport, mayPublish, limitMbS } = target
  parts.progress(`upload: ${transport} to ${to}`)
  await connect(parts, bounds, target)
  const before = target.usage()
  const startMs = parts.clock.monotonicMs()
  const { bytes, ms } = await sendLarge(parts, bounds, target)
  const wallMs = parts.clock.monotonicMs() - startMs
  const after = target.usage()
  const receiverMs = (after.receiverCpuMs ?? 0) - (before.receiverCpuMs ?? 0)
  const cpuMs = after.cpuMs - before.cpuMs
  const hasReceiver = after.receiverCpuMs !== undefined
  return {
    to,
    transport,
    bytes,
    mb_s: mbPerSecond(bytes, ms),
    files_s: mayPublish ? await sendSmall(parts, bounds, target) : undefined,
    cpu_cores: cpuMs / wallMs,
    cpu_s_per_gb: bytes === 0 ? 0 : cpuMs / 1000 / (bytes / 1e9),
    receiver_cpu_cores: hasReceiver ? receiverMs / wallMs : undefined,
    rss_bytes: after.rssBytes,
    limit_mb_s: limitMbS,
  }
}
