/** Files that are no captured data, and the descriptions of sequences. */
import { Rejected } from '../../errors.ts'
import type { Upload } from '../../model.ts'
import '../../wire/codec.ts'
import { viam } from '../../wire/viam.js'
import type { Description } from '../describe.ts'
import type { DestinationHooks, VersionReader } from '../destination.ts'
import type { InTurn } from '../turns.ts'
import type { Call } from './authorized.ts'
import { openContent } from './content.ts'
import { readSequence } from './look.ts'
import { fileStart, layFilePiece } from './messages.ts'
import { fileMetadata } from './metadata.ts'

/** What not all files do at the same time. */
export interface Turns {
  /** Looking through a capture file. */
  readonly look: InTurn
  /** Holding a larger message in memory, from its making to its answer. */
  readonly hold: InTurn
}

/** One file on its way. */
export interface Sending {
  readonly call: Call
  readonly upload: Upload
  readonly source: VersionReader
  readonly hooks: DestinationHooks
  readonly description: Description
  readonly turns: Turns
  readonly signal: AbortSignal
}

const FILE_UPLOAD = '/viam.app.datasync.v1.DataSyncService/FileUpload'
const CREATE_SEQUENCE = '/viam.app.data.v1.DataService/CreateSequence'

/** Where it is, in the server's words. */
export const locationOf = (answer: { fileId: string; binaryDataId: string }, rpc: string) =>
  answer.binaryDataId || answer.fileId || rpc

/** The location. */
export async function sendFile(sending: Sending): Promise<string> {
  const { call, upload, source, hooks, description, signal } = sending
  const { file } = upload
  if (file.sizeBytes === 0) {
    throw new Rejected("Viam's protocol has no empty files", 'leave it, or add something to it')
  }
  const span = { source, offsetBytes: 0, sizeBytes: file.sizeBytes }
  hooks.onStep('open')
  const { headers, send } = await openContent(span, layFilePiece)
  const start = fileStart(fileMetadata(file, description))
  const answer = await call(
    { path: FILE_UPLOAD, headers },
    async (write) => {
      await write(start)
      hooks.onStep('data')
      await send(write)
      // The last message is followed by the end only while the file is still this version.
      await source.complete()
      hooks.onStep('finish')
    },
    signal,
  )
  return locationOf(viam.app.datasync.v1.FileUploadResponse.decode(answer), 'FileUpload')
}

/** The location. */
export async function sendSequence(sending: Sending): Promise<string> {
  const { call, upload, source, hooks, description, signal } = sending
  const { sizeBytes } = upload.file
  const message = await readSequence(source, sizeBytes, description.partId)
  hooks.onStep('open')
  const path = CREATE_SEQUENCE
  const answer = await call({ path, headers: {} }, (write) => write(message), signal)
  return viam.app.data.v1.CreateSequenceResponse.decode(answer).id || 'CreateSequence'
}
