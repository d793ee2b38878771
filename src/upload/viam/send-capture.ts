/** A capture file as Viam's calls: all readings in one, each payload in one. */
import type { CaptureFile } from '../../capture/read-capture.ts'
import '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import { type Content, type ContentSpan, openContent } from './content.ts'
import { legacyImages } from './legacy-images.ts'
import { lookAtCapture, remarkOn } from './look.ts'
import { binaryRequest, captureStart, layCapturePiece, tabularRequest } from './messages.ts'
import { binaryMetadata, imageMetadata, sensorMetadataAt, tabularMetadata } from './metadata.ts'
import { locationOf, type Sending } from './send-file.ts'

const SERVICE = '/viam.app.datasync.v1.DataSyncService'
/** A payload over this goes as a stream. Decimal, as Viam has it. */
const LARGEST_UNARY_BYTES = 1_000_000
/**
 * Readings of one call: a file of more goes in several, each as large as this allows. Servers take
 * 32 MiB, and a board's memory holds a few of these.
 */
const LARGEST_CALL_BYTES = 8 << 20

/** Smaller messages are not counted. */
const SMALL_MESSAGE_BYTES = 64 << 10

/** What one call stores, and what is acknowledged by its answer. */
type Message = () => Promise<string>

const unaryAnswer = (answer: Uint8Array) =>
  locationOf(viam.app.datasync.v1.DataCaptureUploadResponse.decode(answer), 'DataCaptureUpload')

/** `make` gives the message of about this size; larger ones are made when it is their turn. */
async function callUnary(
  sending: Sending,
  sizeBytes: number,
  make: () => Promise<Buffer>,
): Promise<string> {
  const send = async () => await callUnaryNow(sending, await make())
  return sizeBytes <= SMALL_MESSAGE_BYTES ? await send() : await sending.turns.hold(send)
}

async function callUnaryNow(sending: Sending, message: Buffer): Promise<string> {
  const { call, signal, source } = sending
  signal.throwIfAborted()
  const path = `${SERVICE}/DataCaptureUpload`
  const send = async (write: (message: Buffer) => Promise<void>) => {
    await source.complete()
    await write(message)
  }
  return unaryAnswer(await call({ path, headers: {} }, send, signal))
}

async function callStream(sending: Sending, start: Buffer, content: Content): Promise<string> {
  const { call, source, signal } = sending
  const answer = await call(
    { path: `${SERVICE}/StreamingDataCaptureUpload`, headers: content.headers },
    async (write) => {
      await write(start)
      await content.send(write)
      await source.complete()
    },
    signal,
  )
  const { StreamingDataCaptureUploadResponse } = viam.app.datasync.v1
  const decoded = StreamingDataCaptureUploadResponse.decode(answer)
  return locationOf(decoded, 'StreamingDataCaptureUpload')
}

interface Payload {
  readonly uploadMetadata: Uint8Array
  readonly sensorMetadata: Uint8Array
  readonly content: ContentSpan
}

/** One payload, by the call that its size asks for. */
async function sendPayload(sending: Sending, payload: Payload): Promise<string> {
  const { uploadMetadata, sensorMetadata, content } = payload
  if (content.sizeBytes > LARGEST_UNARY_BYTES) {
    const start = captureStart(uploadMetadata, sensorMetadata)
    return await callStream(sending, start, await openContent(content, layCapturePiece))
  }
  return await callUnary(sending, content.sizeBytes, async () => {
    const bytes = Buffer.alloc(content.sizeBytes)
    await content.source.read(content.offsetBytes, bytes)
    return binaryRequest(uploadMetadata, sensorMetadata, bytes)
  })
}

async function* binaries(sending: Sending, capture: CaptureFile): AsyncGenerator<Message> {
  const { source, description } = sending
  const uploadMetadata = binaryMetadata(description.partId, capture.metadata)
  for await (const record of capture.read()) {
    yield async () => {
      const sensorMetadata = Uint8Array.from(await capture.bytes(record.metadata))
      const content = { source, ...record.data }
      return await sendPayload(sending, { uploadMetadata, sensorMetadata, content })
    }
  }
}

/** Bytes in memory, read as a file's are. */
const inMemory = (bytes: Uint8Array) => ({
  sizeBytes: bytes.length,
  offsetBytes: 0,
  source: {
    async read(offsetBytes: number, into: Uint8Array) {
      const part = bytes.subarray(offsetBytes, offsetBytes + into.length)
      into.set(part)
      return part.length
    },
  },
})

async function* images(sending: Sending, capture: CaptureFile): AsyncGenerator<Message> {
  const { partId } = sending.description
  for await (const record of capture.read()) {
    const own = Uint8Array.from(await capture.bytes(record.metadata))
    const { images: found, capturedAt } = legacyImages(await capture.bytes(record.data))
    const sensorMetadata = capturedAt ? sensorMetadataAt(capturedAt) : own
    for (const { payload, mimeType } of found) {
      const uploadMetadata = imageMetadata(partId, capture.metadata, mimeType)
      const content = inMemory(payload)
      yield () => sendPayload(sending, { uploadMetadata, sensorMetadata, content })
    }
  }
}

/** Records of one call; they stand one after the other in the file. */
interface Group {
  readonly offsetBytes: number
  sizeBytes: number
  /** Of each record, from its start to the next one's. */
  readonly sizes: number[]
}

async function sendReadings(sending: Sending, capture: CaptureFile, group: Group) {
  const { sizeBytes, sizes } = group
  const uploadMetadata = tabularMetadata(sending.description.partId, capture.metadata)
  return await callUnary(sending, sizeBytes, async () => {
    const request = tabularRequest(uploadMetadata, sizeBytes + sizes.length)
    const bytes = await capture.bytes(group)
    let at = 0
    for (const size of sizes) {
      request.add(bytes, at, size)
      at += size
    }
    return request.message
  })
}

/** The same groups each time, so that those that were acknowledged can be passed over. */
async function* tabular(sending: Sending, capture: CaptureFile): AsyncGenerator<Message> {
  let group: Group | undefined
  for await (const { framed } of capture.read()) {
    const { offsetBytes, sizeBytes } = framed
    if (group && group.sizeBytes + sizeBytes > LARGEST_CALL_BYTES) {
      const full = group
      group = undefined
      yield () => sendReadings(sending, capture, full)
    }
    group ??= { offsetBytes, sizeBytes: 0, sizes: [] }
    group.sizeBytes += sizeBytes
    group.sizes.push(sizeBytes)
  }
  const last = group
  if (last) yield () => sendReadings(sending, capture, last)
}

function messagesOf(sending: Sending, capture: CaptureFile): AsyncGenerator<Message> {
  if (capture.kind === 'images') return images(sending, capture)
  return capture.kind === 'binary' ? binaries(sending, capture) : tabular(sending, capture)
}

export interface Sent {
  readonly location: string
  /** What was left out, in words; '' for nothing. */
  readonly remark: string
}

/** What is one message is acknowledged with its file; that costs the journal less. */
function isOfSeveral({ kind, records }: CaptureFile, fileBytes: number): boolean {
  if (kind === 'tabular') return fileBytes > LARGEST_CALL_BYTES
  return kind === 'images' || records > 1
}

/** Goes on after the messages that were acknowledged before. */
export async function sendCapture(sending: Sending): Promise<Sent> {
  const { upload, hooks, source, signal } = sending
  const { sizeBytes } = upload.file
  const capture = await sending.turns.look(async () => {
    signal.throwIfAborted()
    return await lookAtCapture(source, sizeBytes)
  })
  let delivered = 0
  let location = capture.kind === 'empty' ? 'empty' : 'DataCaptureUpload'
  hooks.onStep('open')
  for await (const message of messagesOf(sending, capture)) {
    delivered += 1
    if (delivered <= upload.deliveredMessages) continue
    location = await message()
    if (isOfSeveral(capture, sizeBytes)) hooks.onDelivered(delivered)
  }
  hooks.onStep('finish')
  return { location, remark: remarkOn(capture) }
}
