/** How the two protocols' messages are read by the proxy of faults. */
import { digestOf } from '../../src/system/digest.ts'
import { decodeAgentFrames, encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import type { AgentFrame, ReceiverFrame } from '../../src/wire/frames.ts'
import { decodeReceiverFrames, encodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { TRANSFER_PATH } from '../../src/wire/transfer-path.ts'
import { viam } from '../../src/wire/viam.js'
import type { Altered, Fault, Piece, Point, Read, Reading } from './faults.ts'

const BLOCK = 1 << 20

const bytesOf = (message: Uint8Array) =>
  Buffer.from(message.buffer, message.byteOffset, message.byteLength)

interface Watched {
  /** Of this size is the file whose upload is watched. */
  readonly sizeBytes: number
  /** From here on is `data`. */
  readonly afterBytes: number
}

/** What kinds of answers there are to what is sent at a point. */
const ANSWERS: Record<Point, readonly ReceiverFrame['type'][]> = {
  open: ['opened'],
  query: ['opened'],
  data: ['progress', 'stored'],
  final: ['stored'],
  finish: ['stored'],
}

/** undefined: its offset is in the answer. */
function wrongUp(frame: AgentFrame): AgentFrame | undefined {
  if (frame.type === 'data') return { ...frame, offsetBytes: frame.offsetBytes + 1 }
  if (frame.type === 'finish') return { ...frame, sizeBytes: frame.sizeBytes + 1 }
  return undefined
}

/** A receipt of what once stood under the name. */
const staleReceipt = (uploadId: string, sizeBytes: number) => ({
  uploadId,
  sizeBytes,
  digest: Buffer.alloc(32, 7),
  sha256: '07'.repeat(32),
  location: 'an older one',
})

type Receipt = ReturnType<typeof staleReceipt>

/** The channel is over for a receiver that says so; what it really stored it says itself. */
function staleUp({ channel, type }: AgentFrame, receipt: Receipt): Altered | undefined {
  if (type === 'finish') return undefined
  const prefix = { offsetBytes: receipt.sizeBytes, digest: receipt.digest }
  const opened = { channel, type: 'opened' as const, epoch: 0, generation: 0, prefix, receipt }
  const answer = type === 'open' ? opened : { channel, type: 'stored' as const, receipt }
  const up = encodeAgentFrame({ channel, type: 'cancel' })
  return { up: bytesOf(up), down: bytesOf(encodeReceiverFrames([answer])) }
}

/** undefined: this frame is as it is. */
function falseAnswer(frame: ReceiverFrame, kind: Fault['kind'], receipt: Receipt) {
  if (kind === 'stale-complete') return frame.type === 'stored' ? { ...frame, receipt } : undefined
  if (frame.type === 'progress') return { ...frame, committedBytes: 0 }
  if (frame.type !== 'opened') return undefined
  const { offsetBytes, digest } = frame.prefix
  if (kind === 'going-back')
    return { ...frame, prefix: { offsetBytes: 0, digest: digestOf(new Uint8Array()) } }
  return { ...frame, prefix: { offsetBytes: offsetBytes + BLOCK, digest } }
}

/** ferry.transfer.v1; what it knows of an upload outlives a call. */
export function transferReading({ sizeBytes, afterBytes }: Watched): Read {
  /** Bytes passed on, by upload id. */
  const passed = new Map<string, number>()
  return (): Reading => {
    const channels = new Map<number, string>()
    const pointsOf = (frame: AgentFrame): Point[] => {
      if (frame.type === 'open' && frame.request.sizeBytes === sizeBytes) {
        const { uploadId } = frame.request
        channels.set(frame.channel, uploadId)
        return (passed.get(uploadId) ?? 0) >= BLOCK ? ['open', 'query'] : ['open']
      }
      const id = channels.get(frame.channel)
      if (id === undefined) return []
      if (frame.type === 'finish') return ['finish']
      if (frame.type !== 'data') return []
      const end = frame.offsetBytes + frame.bytes.length
      passed.set(id, Math.max(passed.get(id) ?? 0, end))
      if (end === sizeBytes) return ['final']
      return end > afterBytes ? ['data'] : []
    }
    const watched = (message: Buffer) =>
      decodeReceiverFrames(message).filter(({ channel }) => channels.has(channel))
    return {
      rpc: '',
      end: [],
      split: (message) =>
        decodeAgentFrames(message).map((frame) => ({
          points: pointsOf(frame),
          bytes: bytesOf(encodeAgentFrame(frame)),
        })),
      answers: (message, point) =>
        watched(message).some(({ type }) => ANSWERS[point].includes(type)),
      alterUp(piece, { kind }) {
        const [frame] = decodeAgentFrames(piece.bytes)
        const id = frame && channels.get(frame.channel)
        if (frame === undefined || id === undefined) return undefined
        if (kind === 'stale-complete') return staleUp(frame, staleReceipt(id, sizeBytes))
        const wrong = kind === 'wrong-offset' ? wrongUp(frame) : undefined
        return wrong && { up: bytesOf(encodeAgentFrame(wrong)) }
      },
      alterDown(message, { kind }) {
        let isAltered = false
        const frames = decodeReceiverFrames(message).map((frame) => {
          const id = channels.get(frame.channel)
          const altered = id && falseAnswer(frame, kind, staleReceipt(id, sizeBytes))
          isAltered ||= Boolean(altered)
          return altered || frame
        })
        return isAltered ? bytesOf(encodeReceiverFrames(frames)) : undefined
      },
    }
  }
}

export const TRANSFER_PATHS = [{ path: TRANSFER_PATH, responseStream: true }]

const { v1 } = viam.app.datasync
const SERVICE = '/viam.app.datasync.v1.DataSyncService/'
export const VIAM_RPCS = ['FileUpload', 'StreamingDataCaptureUpload', 'DataCaptureUpload'] as const
export const VIAM_PATHS = VIAM_RPCS.map((rpc) => ({ path: SERVICE + rpc, responseStream: false }))

/** Content bytes of one message of a stream. */
function contentOf(rpc: string, message: Buffer): number {
  if (rpc === 'FileUpload') {
    return v1.FileUploadRequest.decode(message).fileContents?.data?.length ?? 0
  }
  return v1.StreamingDataCaptureUploadRequest.decode(message).data?.length ?? 0
}

/** Viam's calls: no offsets, no questions. The one message of a unary call is its open. */
export function viamReading(sizes: Readonly<Record<string, number>>, afterBytes: number): Read {
  return (path): Reading => {
    const rpc = path.slice(SERVICE.length)
    const isStream = rpc in sizes
    let count = 0
    let content = 0
    const pointsOf = (message: Buffer): Point[] => {
      count += 1
      if (count === 1) return ['open']
      content += contentOf(rpc, message)
      if (content === sizes[rpc]) return ['final']
      return content > afterBytes ? ['data'] : []
    }
    return {
      rpc,
      end: ['finish'],
      split: (message): Piece[] => [
        { bytes: message, points: isStream || count === 0 ? pointsOf(message) : [] },
      ],
      answers: () => true,
      alterUp: () => undefined,
      alterDown: () => undefined,
    }
  }
}
