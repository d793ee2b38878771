/** Serves one agent's stream: frames in, rules of the inbox, answers out. */
import { Transient } from '../errors.ts'
import { BLOCK_BYTES } from '../model.ts'
import type { Logger } from '../system/logger.ts'
import { decodeAgentFrames } from '../wire/agent-frames.ts'
import type { AgentFrame, ReceiverFrame, Welcome } from '../wire/frames.ts'
import type { Link, LinkHandlers } from '../wire/link.ts'
import { encodeReceiverFrames } from '../wire/receiver-frames.ts'
import type { Hold, Inbox } from './inbox.ts'
import { Refusal, storeRefusal } from './incoming.ts'

export interface StreamLimits {
  readonly channels: number
  readonly dataBytes: number
  /** How much of a file an agent may have ahead of its committed offset. */
  readonly windowBytes: number
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  channels: 1024,
  dataBytes: 256 * 1024,
  windowBytes: 8 * BLOCK_BYTES,
}

/** Only a small file's data may come before it is opened. */
const MOST_WAITING_BYTES = 1 << 20
const MOST_WAITING_FRAMES = 64
/** An agent's batch of small files has far fewer. */
const MOST_FRAMES = 4096

export interface TransferParts {
  readonly inbox: Inbox
  readonly log: Logger
  readonly limits: StreamLimits
  readonly smallFileBytes: number
  readonly software: string
  /** What to tell a board of this device; '' for nothing. */
  readonly greet: (device: string, machineId: string) => string
  readonly roomBytes?: () => number | undefined
}

interface Channel {
  readonly number: number
  hold: Hold | undefined
  /** Frames that came while another one is being handled. */
  readonly waiting: AgentFrame[]
  waitingBytes: number
  busy: boolean
  ended: boolean
}

/** Answers of one turn of the event loop leave together. */
function createAnswers(link: Link) {
  let frames: ReceiverFrame[] = []
  const flush = () => {
    const message = encodeReceiverFrames(frames)
    frames = []
    link.send(message)
  }
  return (frame: ReceiverFrame) => {
    if (frames.length === 0) queueMicrotask(flush)
    frames.push(frame)
  }
}

type Answer = (frame: ReceiverFrame) => void

interface Stream {
  readonly parts: TransferParts
  readonly device: string
  readonly channels: Map<number, Channel>
  readonly answer: Answer
}

function end({ channels, parts }: Stream, channel: Channel): void {
  channel.ended = true
  channels.delete(channel.number)
  if (channel.hold) parts.inbox.release(channel.hold)
}

function fail(stream: Stream, channel: Channel, error: unknown): void {
  if (channel.ended) return
  const { code, message, retryAfterMs } = storeRefusal(error)
  const { device, parts } = stream
  if (!(error instanceof Refusal)) parts.log.error('store failed', { device, cause: String(error) })
  parts.log.debug('upload refused', { device, code, cause: message })
  end(stream, channel)
  stream.answer({ channel: channel.number, type: 'failed', code, message, retryAfterMs })
}

function commitIfDue(stream: Stream, channel: Channel, hold: Hold): void {
  const committing = stream.parts.inbox.commit(hold)
  if (committing === undefined) return
  committing.then(
    ({ offsetBytes }) => {
      if (channel.ended || channel.hold !== hold) return
      stream.answer({ channel: channel.number, type: 'progress', committedBytes: offsetBytes })
    },
    (error: unknown) => fail(stream, channel, error),
  )
}

/** Returns a promise only when it has to wait. */
function handle(stream: Stream, channel: Channel, frame: AgentFrame): Promise<void> | undefined {
  const { inbox } = stream.parts
  const { hold, number } = channel
  switch (frame.type) {
    case 'open':
      return open(stream, channel, frame)
    case 'data':
      if (hold === undefined) throw new Refusal('invalid', 'data before it was opened')
      inbox.write(hold, frame)
      commitIfDue(stream, channel, hold)
      return undefined
    case 'finish':
      if (hold === undefined) throw new Refusal('invalid', 'finish before it was opened')
      return inbox.finish(hold, frame).then((receipt) => {
        if (channel.ended) return
        end(stream, channel)
        stream.answer({ channel: number, type: 'stored', receipt })
      })
    case 'cancel':
      end(stream, channel)
      return undefined
    case 'hello':
      return undefined
  }
}

async function open(
  stream: Stream,
  channel: Channel,
  { request }: Extract<AgentFrame, { type: 'open' }>,
): Promise<void> {
  const before = channel.hold?.entry.request.uploadId
  if (before !== undefined && before !== request.uploadId) {
    throw new Refusal('invalid', 'the channel carries another upload')
  }
  const { opened, hold } = await stream.parts.inbox.open(stream.device, request)
  if (channel.ended) {
    if (hold) stream.parts.inbox.release(hold)
    return
  }
  channel.hold = hold
  if (hold === undefined) end(stream, channel)
  stream.answer({ channel: channel.number, type: 'opened', ...opened })
}

function proceed(stream: Stream, channel: Channel): void {
  while (!channel.busy && !channel.ended) {
    const frame = channel.waiting.shift()
    if (frame === undefined) return
    if (frame.type === 'data') channel.waitingBytes -= frame.bytes.length
    try {
      const work = handle(stream, channel, frame)
      if (work === undefined) continue
      channel.busy = true
      work
        .catch((error: unknown) => fail(stream, channel, error))
        .finally(() => {
          channel.busy = false
          proceed(stream, channel)
        })
    } catch (error) {
      fail(stream, channel, error)
    }
  }
}

function channelFor(stream: Stream, frame: AgentFrame): Channel | undefined {
  const { channels, parts } = stream
  const known = channels.get(frame.channel)
  if (known !== undefined || frame.type !== 'open') return known
  const { channel: number } = frame
  const channel: Channel = {
    number,
    hold: undefined,
    waiting: [],
    waitingBytes: 0,
    busy: false,
    ended: false,
  }
  if (channels.size >= parts.limits.channels) {
    fail(stream, channel, new Refusal('busy', 'too many channels on one stream', 200))
    return undefined
  }
  channels.set(number, channel)
  return channel
}

function welcome({ parts, device }: Stream, machineId: string): Welcome {
  return {
    device,
    software: parts.software,
    maxChannels: parts.limits.channels,
    maxDataBytes: parts.limits.dataBytes,
    windowBytes: parts.limits.windowBytes,
    smallFileBytes: parts.smallFileBytes,
    warning: parts.greet(device, machineId),
    roomBytes: parts.roomBytes?.(),
  }
}

/** The handlers of a stream whose key belongs to `device`. Frames that nobody waits for are dropped. */
export function serveTransfer(parts: TransferParts, device: string, link: Link): LinkHandlers {
  const stream: Stream = { parts, device, channels: new Map(), answer: createAnswers(link) }
  let isGreeted = false
  const greet = (frame: AgentFrame) => {
    if (frame.type !== 'hello' || isGreeted) throw new Refusal('invalid', 'one hello comes first')
    isGreeted = true
    parts.log.info('agent connected', { device, software: frame.software })
    stream.answer({ channel: 0, type: 'welcome', ...welcome(stream, frame.machineId) })
  }
  const accept = (frame: AgentFrame) => {
    if (frame.type === 'hello' || !isGreeted) return greet(frame)
    const channel = channelFor(stream, frame)
    if (channel === undefined) return
    const later = channel.busy || channel.waiting.length > 0
    const isData = frame.type === 'data'
    if (isData) channel.waitingBytes += frame.bytes.length
    if (channel.waitingBytes > MOST_WAITING_BYTES || channel.waiting.length > MOST_WAITING_FRAMES) {
      return fail(stream, channel, new Refusal('invalid', 'data before it was asked for'))
    }
    channel.waiting.push(later && isData ? { ...frame, bytes: new Uint8Array(frame.bytes) } : frame)
    proceed(stream, channel)
  }
  return {
    message(bytes) {
      let frames: AgentFrame[]
      try {
        frames = decodeAgentFrames(bytes)
      } catch (cause) {
        throw new Transient('not a message of ferry.transfer.v1', { scope: 'destination', cause })
      }
      if (frames.length > MOST_FRAMES) throw new Refusal('invalid', 'too many frames in a message')
      for (const frame of frames) accept(frame)
    },
    closed() {
      for (const channel of [...stream.channels.values()]) end(stream, channel)
    },
  }
}
