/** Encoding of what the receiver answers. */
import type { Receipt } from '../model.ts'
import { type Decoded, decoded, fromHex, toHex } from './codec.ts'
import { FAILURE_CODES, type Opened, type ReceiverFrame, type Welcome } from './frames.ts'
import { ferry } from './transfer.js'

const { v1 } = ferry.transfer

const receiptToWire = (receipt: Receipt): ferry.transfer.v1.IReceipt => ({
  uploadId: fromHex(receipt.uploadId),
  size: receipt.sizeBytes,
  digest: receipt.digest,
  sha256: fromHex(receipt.sha256),
  location: receipt.location,
})

const receiptFromWire = (wire: Decoded<ferry.transfer.v1.IReceipt>): Receipt => ({
  uploadId: toHex(wire.uploadId),
  sizeBytes: wire.size,
  digest: new Uint8Array(wire.digest),
  sha256: toHex(wire.sha256),
  location: wire.location,
})

function openedToWire(opened: Opened): ferry.transfer.v1.IOpened {
  return {
    epoch: opened.epoch,
    generation: opened.generation,
    committed: opened.prefix.offsetBytes,
    prefixDigest: opened.prefix.digest,
    ...(opened.receipt && { receipt: receiptToWire(opened.receipt) }),
  }
}

function receiverFrameToWire(frame: ReceiverFrame): ferry.transfer.v1.IReceiverFrame {
  const { channel } = frame
  switch (frame.type) {
    case 'welcome': {
      const { channel: _, type: __, maxDataBytes, windowBytes, smallFileBytes, ...rest } = frame
      const roomBytes = frame.roomBytes ?? null
      return { channel, welcome: { ...rest, maxDataBytes, windowBytes, smallFileBytes, roomBytes } }
    }
    case 'opened':
      return { channel, opened: openedToWire(frame) }
    case 'progress':
      return { channel, progress: { committed: frame.committedBytes } }
    case 'stored':
      return { channel, stored: { receipt: receiptToWire(frame.receipt) } }
    case 'failed': {
      const { code, message, retryAfterMs } = frame
      return { channel, failed: { code: FAILURE_CODES.indexOf(code), message, retryAfterMs } }
    }
  }
}

export function encodeReceiverFrames(frames: readonly ReceiverFrame[]): Uint8Array {
  return v1.Downlink.encode({ frames: frames.map(receiverFrameToWire) }).finish()
}

function openedFromWire(wire: Decoded<ferry.transfer.v1.IOpened>): Opened {
  return {
    epoch: wire.epoch,
    generation: wire.generation,
    prefix: {
      offsetBytes: wire.committed,
      digest: new Uint8Array(wire.prefixDigest),
    },
    receipt: wire.receipt ? receiptFromWire(decoded(wire.receipt)) : undefined,
  }
}

/** Field by field: the decoder keeps the defaults of absent fields out of a spread's sight. */
function welcomeFromWire(wire: Decoded<ferry.transfer.v1.IWelcome>): Welcome {
  const { device, software, warning } = wire
  const { maxChannels, maxDataBytes, windowBytes, smallFileBytes, roomBytes } = wire
  return {
    device,
    software,
    warning,
    maxChannels,
    maxDataBytes,
    windowBytes,
    smallFileBytes,
    roomBytes: roomBytes ?? undefined,
  }
}

function receiverFrameFromWire(wire: ferry.transfer.v1.ReceiverFrame): ReceiverFrame | undefined {
  const { channel, welcome, opened, progress, stored, failed } = decoded(wire)
  if (stored?.receipt) {
    return { channel, type: 'stored', receipt: receiptFromWire(decoded(stored.receipt)) }
  }
  if (progress) return { channel, type: 'progress', committedBytes: decoded(progress).committed }
  if (opened) return { channel, type: 'opened', ...openedFromWire(decoded(opened)) }
  if (failed) {
    const { code, message, retryAfterMs } = decoded(failed)
    const name = FAILURE_CODES[code] ?? 'unspecified'
    return { channel, type: 'failed', code: name, message, retryAfterMs }
  }
  if (welcome) return { channel, type: 'welcome', ...welcomeFromWire(decoded(welcome)) }
  return undefined
}

/** Throws when the bytes are no message. Frames of kinds unknown here are left out. */
export function decodeReceiverFrames(message: Uint8Array): ReceiverFrame[] {
  return v1.Downlink.decode(message).frames.flatMap(
    (frame) => receiverFrameFromWire(frame as ferry.transfer.v1.ReceiverFrame) ?? [],
  )
}
