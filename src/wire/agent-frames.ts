/** Encoding of what the agent says. */
import { fromBytes, toBytes } from '../byte-path.ts'
import type { Content } from '../model.ts'
import { type Decoded, decoded, fromHex, toHex } from './codec.ts'
import { FRAME_CHANNEL, FRAME_DATA, UPLINK_FRAMES } from './data-frame.ts'
import type { AgentFrame, OpenRequest } from './frames.ts'
import { ferry } from './transfer.js'
import { readVarint } from './varint.ts'

const { v1 } = ferry.transfer

/** In the order of the protocol's numbers. */
const CONTENTS: readonly Content[] = ['file', 'capture', 'sequence']

const NS_PER_S = 1_000_000_000n

function openToWire({ uploadId, metadata, sizeBytes, offsetBytes, reset }: OpenRequest) {
  const nanos = ((metadata.mtimeNs % NS_PER_S) + NS_PER_S) % NS_PER_S
  return {
    uploadId: fromHex(uploadId),
    metadata: {
      path: toBytes(metadata.path),
      mtimeSeconds: Number((metadata.mtimeNs - nanos) / NS_PER_S),
      mtimeNanos: Number(nanos),
      tags: [...metadata.tags],
      content: CONTENTS.indexOf(metadata.content),
      datasetIds: [...metadata.datasetIds],
      partId: metadata.partId,
    },
    size: sizeBytes,
    offset: offsetBytes,
    reset,
  }
}

function agentFrameToWire(frame: AgentFrame): ferry.transfer.v1.IAgentFrame {
  const { channel } = frame
  switch (frame.type) {
    case 'hello':
      return { channel, hello: { software: frame.software, machineId: frame.machineId } }
    case 'open':
      return { channel, open: openToWire(frame.request) }
    case 'data':
      return {
        channel,
        data: { offset: frame.offsetBytes, crc32: frame.crc32, bytes: frame.bytes },
      }
    case 'finish':
      return { channel, finish: { size: frame.sizeBytes, digest: frame.digest } }
    case 'cancel':
      return { channel, cancel: {} }
  }
}

/** Whole messages; several of them, one after the other, are one message too. */
export function encodeAgentFrame(frame: AgentFrame): Uint8Array {
  return v1.Uplink.encode({ frames: [agentFrameToWire(frame)] }).finish()
}

function openFromWire(open: Decoded<ferry.transfer.v1.IOpen>): OpenRequest {
  const seconds = BigInt(open.metadata?.mtimeSeconds ?? 0)
  return {
    uploadId: toHex(open.uploadId),
    metadata: {
      path: fromBytes(open.metadata?.path ?? new Uint8Array()),
      mtimeNs: seconds * NS_PER_S + BigInt(open.metadata?.mtimeNanos ?? 0),
      tags: open.metadata?.tags ?? [],
      content: CONTENTS[open.metadata?.content ?? 0] ?? 'file',
      datasetIds: open.metadata?.datasetIds ?? [],
      partId: open.metadata?.partId ?? '',
    },
    sizeBytes: open.size,
    offsetBytes: open.offset,
    reset: open.reset,
  }
}

function agentFrameFromWire(wire: ferry.transfer.v1.AgentFrame): AgentFrame | undefined {
  const { channel, hello, open, data, finish, cancel } = decoded(wire)
  if (data) {
    const { offset, crc32, bytes } = decoded(data)
    return { channel, type: 'data', offsetBytes: offset, crc32, bytes }
  }
  if (open) return { channel, type: 'open', request: openFromWire(decoded(open)) }
  if (finish) {
    const { size, digest } = decoded(finish)
    return { channel, type: 'finish', sizeBytes: size, digest: Uint8Array.from(digest) }
  }
  if (cancel) return { channel, type: 'cancel' }
  if (hello) {
    const { software, machineId } = decoded(hello)
    return { channel, type: 'hello', software, machineId }
  }
  return undefined
}

/** Of a frame without content: an Open with the longest path and the most words is smaller. */
const MOST_FRAME_BYTES = 24 << 10

/** Before anything of it is made an object: a frame of words becomes many times its size. */
function checkSizes(message: Uint8Array): void {
  for (let at = 0; message[at] === UPLINK_FRAMES; ) {
    const size = readVarint(message, at + 1)
    if (size === undefined) return
    const channel = message[size.end] === FRAME_CHANNEL ? readVarint(message, size.end + 1) : size
    const isData = message[channel?.end ?? 0] === FRAME_DATA
    if (size.value > MOST_FRAME_BYTES && !isData) throw new Error('a frame is too large')
    at = size.end + size.value
  }
}

/** Throws when the bytes are no message of an agent. Frames of kinds unknown here are left out. */
export function decodeAgentFrames(message: Uint8Array): AgentFrame[] {
  checkSizes(message)
  return v1.Uplink.decode(message).frames.flatMap(
    (frame) => agentFrameFromWire(frame as ferry.transfer.v1.AgentFrame) ?? [],
  )
}
