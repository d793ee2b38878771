/** Listens on the wire: answers are durable (P4), offsets never go back (P5), old streams are void (P6). */
import { decodeAgentFrames } from '../../src/wire/agent-frames.ts'
import type { AgentFrame, OpenRequest, ReceiverFrame } from '../../src/wire/frames.ts'
import { decodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { find } from './descriptors.ts'
import { certainAt, DEVICE, isPrefixCertain, STORE, Violation } from './oracle.ts'
import type { Disk } from './sim-disk.ts'
import type { Watch } from './sim-network.ts'

interface WatchedChannel {
  readonly uploadId: string
  readonly sizeBytes: number
  /** The how-manieth Opened of all; 0 before it. */
  opened: number
  generation: number
  /** Its finish came when a newer open had been answered. */
  finishedLate: boolean
}

interface WatchOptions {
  readonly receiver: Disk
  readonly fail: (error: unknown) => void
  readonly trace: (label: () => string) => void
}

const partOf = (id: string, generation: number) =>
  `${STORE}/${DEVICE}/meta/parts/${id}.${generation}.part`

function describe(frame: AgentFrame | ReceiverFrame): string {
  switch (frame.type) {
    case 'open':
      return `open ${frame.request.uploadId.slice(0, 6)} ${frame.request.metadata.path} size ${frame.request.sizeBytes} reset ${frame.request.reset}`
    case 'data':
      return `data ${frame.offsetBytes}+${frame.bytes.length}`
    case 'opened':
      return `opened epoch ${frame.epoch} generation ${frame.generation} at ${frame.prefix.offsetBytes}${frame.receipt ? ' with receipt' : ''}`
    case 'progress':
      return `progress ${frame.committedBytes}`
    case 'failed':
      return `failed ${frame.code}: ${frame.message}`
    default:
      return frame.type
  }
}

export interface WireWatch extends Watch {
  /** A name of the store goes: a part that is dropped begins anew. */
  dropped(name: string): void
  /** The last one of each upload, in the order in which they were first opened. */
  requests(): readonly OpenRequest[]
}

export function createWireWatch(options: WatchOptions): WireWatch {
  const { receiver, fail, trace } = options
  const channels = new Map<string, WatchedChannel>()
  const requests = new Map<string, OpenRequest>()
  const newest = new Map<string, number>()
  const committed = new Map<string, number>()
  let answers = 0
  const isStale = (channel: WatchedChannel) =>
    channel.opened > 0 && channel.opened !== newest.get(channel.uploadId)
  const checkReceipt = (id: string, receipt: { location: string }) => {
    const what = `receipt of ${id.slice(0, 6)}`
    if (!certainAt(receiver, `${STORE}/${receipt.location}`)) {
      throw new Violation(`P4: ${what} is sent, ${receipt.location} is not durable`)
    }
    if (!certainAt(receiver, `${STORE}/${DEVICE}/meta/receipts/${id}`)) {
      throw new Violation(`P4: ${what} is sent before it is durable`)
    }
  }
  const generations = new Map<string, number>()
  const checkOffset = (channel: WatchedChannel, offsetBytes: number) => {
    const { uploadId: id, generation } = channel
    const key = `${id} ${generation}`
    const before = committed.get(key) ?? 0
    if (offsetBytes < before) {
      throw new Violation(
        `P5: ${id.slice(0, 6)}, generation ${generation}: ${before} -> ${offsetBytes}`,
      )
    }
    committed.set(key, offsetBytes)
    if (offsetBytes > 0 && !isPrefixCertain(receiver, partOf(id, generation), offsetBytes)) {
      throw new Violation(`P4: ${id.slice(0, 6)} is not durable up to ${offsetBytes}`)
    }
  }
  const answered = (connection: number, frame: ReceiverFrame) => {
    const channel = channels.get(`${connection} ${frame.channel}`)
    if (channel === undefined) return
    if (frame.type === 'opened') {
      answers += 1
      channel.opened = answers
      channel.generation = frame.generation
      generations.set(channel.uploadId, frame.generation)
      channel.finishedLate = false
      newest.set(channel.uploadId, answers)
      if (frame.receipt) checkReceipt(channel.uploadId, frame.receipt)
      else checkOffset(channel, frame.prefix.offsetBytes)
    } else if (frame.type === 'progress') checkOffset(channel, frame.committedBytes)
    else if (frame.type === 'stored') {
      checkReceipt(channel.uploadId, frame.receipt)
      if (channel.finishedLate) throw new Violation('P6: a stale stream has finished an upload')
    }
  }
  const writesOf = (id: string) => {
    try {
      const part = find(receiver.root, partOf(id, generations.get(id) ?? 1))
      return part ? `${part.ino} ${part.size} ${[...part.dirty.values()].join()}` : ''
    } catch {
      return ''
    }
  }
  return {
    requests: () => [...requests.values()],
    dropped(name) {
      const [id] = /^[0-9a-f]{64}(?=\.json$)/.exec(name) ?? ['']
      for (const key of [...committed.keys()]) if (id && key.startsWith(id)) committed.delete(key)
    },
    sent(connection, by, message) {
      if (by === 'agent') return
      try {
        const frames = decodeReceiverFrames(message)
        for (const frame of frames) {
          trace(() => `  <- ${connection}/${frame.channel} ${describe(frame)}`)
          const isOver = (later: ReceiverFrame) =>
            later.type === 'failed' && later.channel === frame.channel
          if (frame.type !== 'progress' || !frames.some(isOver)) answered(connection, frame)
        }
      } catch (error) {
        fail(error)
      }
    },
    delivered(connection, to, message) {
      if (to === 'agent') return () => {}
      const stale: { id: string; before: string }[] = []
      for (const frame of decodeAgentFrames(message)) {
        const key = `${connection} ${frame.channel}`
        trace(() => `  -> ${connection}/${frame.channel} ${describe(frame)}`)
        if (frame.type === 'open') {
          const { uploadId, sizeBytes } = frame.request
          const fresh = { opened: 0, generation: 0, finishedLate: false }
          channels.set(key, { uploadId, sizeBytes, ...fresh })
          requests.set(uploadId, frame.request)
          continue
        }
        const channel = channels.get(key)
        if (channel === undefined || !isStale(channel)) continue
        if (frame.type === 'finish') channel.finishedLate = true
        if (frame.type === 'data') {
          stale.push({ id: channel.uploadId, before: writesOf(channel.uploadId) })
        }
      }
      return () => {
        for (const { id, before } of stale) {
          if (writesOf(id) === before) continue
          fail(new Violation(`P6: a stale stream has written to ${id.slice(0, 6)}`))
        }
      }
    },
  }
}
