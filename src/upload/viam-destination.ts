/** A receiver that speaks the protocol of Viam's data manager. */
import { display } from '../byte-path.ts'
import type { Receipt } from '../model.ts'
import type { Logger } from '../system/logger.ts'
import type { Bearer } from './bearer.ts'
import type { Describe } from './describe.ts'
import type { Destination } from './destination.ts'
import type { GrpcCalls } from './grpc-calls.ts'
import { createTurns } from './turns.ts'
import { uploadId } from './upload-id.ts'
import { createAuthorized } from './viam/authorized.ts'
import { type Sent, sendCapture } from './viam/send-capture.ts'
import { type Sending, sendFile, sendSequence } from './viam/send-file.ts'

interface ViamDestinationOptions {
  readonly calls: GrpcCalls
  readonly bearer: Bearer
  readonly address: string
  /** The board's own name: part of every upload's id. */
  readonly device: string
  /** With the part's id. */
  readonly describe: Describe
  readonly log: Logger
  readonly sentBytes: () => number
}

/** Larger messages held at once; each costs its size about three times until it has left. */
const MESSAGES_HELD = 16

async function send(sending: Sending): Promise<Sent> {
  switch (sending.description.content) {
    case 'capture':
      return await sendCapture(sending)
    case 'sequence':
      return { location: await sendSequence(sending), remark: '' }
    case 'file':
      return { location: await sendFile(sending), remark: '' }
  }
}

/** What is acknowledged here is stored there once, and twice where an answer was lost. */
export function createViamDestination(options: ViamDestinationOptions): Destination {
  const { calls, bearer, address, device, log, sentBytes } = options
  const call = createAuthorized(calls, bearer)
  const turns = { look: createTurns(1), hold: createTurns(MESSAGES_HELD) }
  return {
    kind: 'viam',
    async upload(upload, source, hooks, signal): Promise<Receipt> {
      const { path, sizeBytes, mtimeNs } = upload.file
      const description = options.describe(upload.file)
      const sending = { call, upload, source, hooks, description, turns, signal }
      const { location, remark } = await send(sending)
      const digest = await source.complete()
      if (remark !== '') log.warn('a capture file is not whole', { path: display(path), remark })
      const id = uploadId({ device, path, sizeBytes, mtimeNs })
      return { uploadId: id, sizeBytes, digest, sha256: '', location }
    },
    state: () => ({ address, connected: calls.isConnected(), warning: '', sentBytes: sentBytes() }),
    async close() {
      calls.close()
    },
  }
}
