/** A receiver that speaks `ferry.transfer.v1`, over whatever transport reaches it. */
import { Transient } from '../errors.ts'
import type { Logger } from '../system/logger.ts'
import type { Describe } from './describe.ts'
import type { Destination } from './destination.ts'
import { createChannel } from './transfer/channel.ts'
import { openSession, type Session, type SessionParts } from './transfer/session.ts'
import { uploadId } from './upload-id.ts'

interface TransferDestinationOptions extends Omit<SessionParts, 'onSent'> {
  readonly kind: Destination['kind']
  readonly address: string
  /** The board's own name: part of every upload's id. */
  readonly device: string
  readonly describe: Describe
  readonly log: Logger
  /** Called with each welcome: this protocol is spoken there. */
  readonly onWelcome?: () => void
}

/** A directory whose disk was pulled is opened anew by the next session. */
const isStoreFailure = (error: unknown) =>
  error instanceof Transient && error.message.includes('store failed')

/** One session at a time, opened when it is first needed and again after it has ended. */
export function createTransferDestination(options: TransferDestinationOptions): Destination {
  const { kind, address, device, log, transport } = options
  let session: Session | undefined
  let warning = ''
  let sentBytes = 0
  const current = (): Session => {
    if (session?.isOpen()) return session
    const opened = openSession({
      ...options,
      onSent: (bytes) => {
        sentBytes += bytes
      },
    })
    session = opened
    opened.welcome().then(
      (welcome) => {
        options.onWelcome?.()
        warning = welcome.warning
        if (warning !== '') log.warn('the receiver warns', { warning })
        log.debug('connected', { address, as: welcome.device, receiver: welcome.software })
      },
      () => {},
    )
    return opened
  }
  return {
    kind,
    upload(upload, source, hooks, signal) {
      const { path, sizeBytes, mtimeNs } = upload.file
      const id = uploadId({ device, path, sizeBytes, mtimeNs })
      const description = options.describe(upload.file)
      const session = current()
      return session
        .carry(
          (number, welcome) =>
            createChannel({ number, id, upload, source, hooks, welcome, description }),
          signal,
        )
        .catch((error: unknown) => {
          if (kind === 'directory' && isStoreFailure(error)) session.close()
          throw error
        })
    },
    state: () => ({ address, connected: session?.isOpen() ?? false, warning, sentBytes }),
    async close() {
      session?.close()
      await transport.close()
    },
  }
}
