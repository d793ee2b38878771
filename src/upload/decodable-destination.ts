/** A destination that takes captured data apart: such files are looked through before they go. */
import { display } from '../byte-path.ts'
import type { Upload } from '../model.ts'
import type { Logger } from '../system/logger.ts'
import type { Describe } from './describe.ts'
import type { Destination, VersionReader } from './destination.ts'
import { createTurns } from './turns.ts'
import { lookAtCapture, readSequence, remarkOn } from './viam/look.ts'

interface DecodableOptions {
  readonly describe: Describe
  readonly log: Logger
}

/** What cannot be decoded fails with `Undecodable` here, where its file can be set aside. */
export function createDecodableDestination(
  destination: Destination,
  { describe, log }: DecodableOptions,
): Destination {
  const inTurn = createTurns(1)
  const look = async ({ file }: Upload, source: VersionReader): Promise<string> => {
    const { content, partId } = describe(file)
    if (content === 'sequence') await readSequence(source, file.sizeBytes, partId)
    if (content !== 'capture') return ''
    return remarkOn(await inTurn(() => lookAtCapture(source, file.sizeBytes)))
  }
  return {
    ...destination,
    async upload(upload, source, hooks, signal) {
      const remark = await look(upload, source)
      signal.throwIfAborted()
      const receipt = await destination.upload(upload, source, hooks, signal)
      if (remark !== '') {
        log.warn('a capture file is not whole', { path: display(upload.file.path), remark })
      }
      return receipt
    },
  }
}
