/** One upload on a stream: what it has to send next, and what the receiver's answers change. */
import { Rejected, Transient } from '../../errors.ts'
import { BLOCK_BYTES, type Digest, type Receipt, type Upload } from '../../model.ts'
import { crc32, sameBytes } from '../../system/digest.ts'
import { encodeAgentFrame } from '../../wire/agent-frames.ts'
import { layDataFrame } from '../../wire/data-frame.ts'
import type { Failure, Opened, Prefix, Welcome } from '../../wire/frames.ts'
import type { Description } from '../describe.ts'
import type { DestinationHooks, VersionReader } from '../destination.ts'
import { uploadIdWithDigest } from '../upload-id.ts'
import type { Lent, Outbox } from './outbox.ts'

type Lend = Outbox['lend']

export interface Channel {
  /** True while it has something to send now. */
  wantsToSend(): boolean
  /** The next messages, in order; `bytes` of them are file content. Fails as the upload does. */
  next(lend: Lend): Promise<{ messages: Uint8Array[]; bytes: number }>
  opened(opened: Opened): Promise<void>
  progressed(committedBytes: number): void
  /** The receipt, checked against the bytes on disk; undefined: the upload goes on under another id. */
  stored(receipt: Receipt): Promise<Receipt | undefined>
}

interface ChannelOptions {
  readonly number: number
  readonly id: string
  readonly upload: Upload
  readonly source: VersionReader
  readonly hooks: DestinationHooks
  readonly welcome: Welcome
  readonly description: Description
}

type Phase = 'unopened' | 'waiting' | 'sending' | 'finished'

interface ChannelState {
  id: string
  phase: Phase
  reset: boolean
  offsetBytes: number
  committedBytes: number
  generation: number
}

/** The failure of an upload that the receiver answered with `Failed`. */
export function failureOf({ code, message, retryAfterMs }: Failure): Error {
  const text = `the receiver: ${message}`
  switch (code) {
    case 'invalid':
      return new Rejected(text)
    case 'no-space':
      return new Transient(text, { scope: 'both', retryAfterMs })
    default:
      return new Transient(text, { scope: 'file', retryAfterMs })
  }
}

async function readPayload(
  { number, source, upload }: ChannelOptions,
  offsetBytes: number,
  lent: Lent,
): Promise<{ message: Uint8Array; bytes: number }> {
  const bytes = await source.read(offsetBytes, lent.payload)
  const payload = lent.payload.subarray(0, bytes)
  if (bytes === 0) {
    throw new Transient(`nothing to read at ${offsetBytes} of ${upload.file.sizeBytes}`, {
      scope: 'file',
    })
  }
  const header = { channel: number, offsetBytes, crc32: crc32(payload) }
  return { message: layDataFrame(lent.buffer, bytes, header), bytes }
}

function createSender(options: ChannelOptions, state: ChannelState) {
  const { number, upload, source, welcome, hooks } = options
  const { sizeBytes, path, mtimeNs } = upload.file
  const isSmall = sizeBytes <= welcome.smallFileBytes && sizeBytes <= welcome.maxDataBytes
  const openMessage = () => {
    hooks.onStep('open')
    const { id, reset } = state
    const offsetBytes = upload.committedBytes
    const request = {
      uploadId: id,
      metadata: { path, mtimeNs, ...options.description },
      sizeBytes,
      offsetBytes,
      reset,
    }
    return encodeAgentFrame({ channel: number, type: 'open', request })
  }
  const finishMessage = (digest: Digest) => {
    hooks.onStep('finish')
    state.phase = 'finished'
    return encodeAgentFrame({ channel: number, type: 'finish', sizeBytes, digest })
  }
  const whole = async (lend: Lend) => {
    const messages = [openMessage()]
    if (sizeBytes > 0) messages.push((await readPayload(options, 0, lend(sizeBytes))).message)
    messages.push(finishMessage(await source.complete()))
    return { messages, bytes: sizeBytes }
  }
  return async (lend: Lend) => {
    if (state.phase === 'unopened') {
      if (isSmall) return await whole(lend)
      state.phase = 'waiting'
      return { messages: [openMessage()], bytes: 0 }
    }
    if (state.offsetBytes === sizeBytes) {
      return { messages: [finishMessage(await source.complete())], bytes: 0 }
    }
    hooks.onStep('data')
    const { message, bytes } = await readPayload(options, state.offsetBytes, lend())
    state.offsetBytes += bytes
    return { messages: [message], bytes }
  }
}

/** Goes on from the receiver's offset, or starts over where its bytes are not ours. */
async function resume(options: ChannelOptions, state: ChannelState, prefix: Prefix) {
  const { source, hooks } = options
  const { offsetBytes } = prefix
  const isOurs =
    offsetBytes === 0 || sameBytes(await source.prefixDigest(offsetBytes), prefix.digest)
  if (isOurs) {
    Object.assign(state, { offsetBytes, committedBytes: offsetBytes, phase: 'sending' })
    const chain = source.chainAt(offsetBytes - (offsetBytes % BLOCK_BYTES))
    if (chain) hooks.onDurable(chain)
    return
  }
  if (state.reset) throw new Transient('the receiver did not start over', { scope: 'file' })
  state.reset = true
  state.phase = 'unopened'
}

export function createChannel(options: ChannelOptions): Channel {
  const { upload, source, welcome, hooks } = options
  const { sizeBytes } = upload.file
  const state: ChannelState = {
    id: options.id,
    phase: 'unopened',
    reset: false,
    offsetBytes: 0,
    committedBytes: 0,
    generation: 0,
  }
  return {
    wantsToSend() {
      if (state.phase === 'unopened') return true
      if (state.phase !== 'sending') return false
      return (
        state.offsetBytes === sizeBytes ||
        state.offsetBytes - state.committedBytes + welcome.maxDataBytes <= welcome.windowBytes
      )
    },
    next: createSender(options, state),
    async opened(opened) {
      state.generation = opened.generation
      if (state.phase === 'waiting') await resume(options, state, opened.prefix)
    },
    progressed(committedBytes) {
      state.committedBytes = Math.max(state.committedBytes, committedBytes)
      const chain = source.chainAt(committedBytes)
      if (chain) hooks.onDurable(chain)
    },
    async stored(receipt) {
      const digest = await source.complete()
      if (receipt.sizeBytes === sizeBytes && sameBytes(receipt.digest, digest)) return receipt
      const next = uploadIdWithDigest(options.id, digest)
      if (state.id === next) throw new Rejected('the receiver keeps other bytes under this id')
      Object.assign(state, { id: next, phase: 'unopened', reset: false, offsetBytes: 0 })
      state.committedBytes = 0
      return undefined
    },
  }
}
