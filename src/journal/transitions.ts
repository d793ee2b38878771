/** The life of one upload, as a pure function. Only a receipt leads to deletion. */
import type { Upload, UploadEvent } from '../model.ts'

/** The event does not fit the state: a mistake in the program, never a state of the world. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition'
}

function withReceipt(upload: Upload, event: UploadEvent): Upload {
  if (upload.receipt === undefined || upload.state !== 'acknowledged') {
    throw new IllegalTransition(`${event.type} without a receipt (${upload.state})`)
  }
  return upload
}

/** undefined: the row ends. */
export function transition(upload: Upload, event: UploadEvent): Upload | undefined {
  switch (event.type) {
    case 'progressed': {
      if (upload.state !== 'pending') return upload
      return { ...upload, committedBytes: event.chain.offsetBytes, chain: event.chain }
    }
    case 'postponed': {
      if (upload.state !== 'pending') return upload
      const { waitMs, lane, reason } = event
      return { ...upload, attempts: event.advanced ? 1 : upload.attempts + 1, waitMs, lane, reason }
    }
    case 'delivered': {
      const { messages } = event
      return upload.state === 'pending' ? { ...upload, deliveredMessages: messages } : upload
    }
    case 'undecodable': {
      if (upload.state !== 'pending') return upload
      return { ...upload, state: 'undecodable', waitMs: 0, attempts: 0, reason: event.reason }
    }
    case 'acknowledged': {
      if (event.receipt.sizeBytes !== upload.file.sizeBytes) {
        throw new IllegalTransition('the receipt is for another size')
      }
      const { receipt } = event
      return { ...upload, state: 'acknowledged', receipt, waitMs: 0, attempts: 0, reason: '' }
    }
    case 'held': {
      const { waitMs, reason } = event
      const held = upload.state === 'undecodable' ? upload : withReceipt(upload, event)
      return { ...held, waitMs, reason, attempts: upload.attempts + 1 }
    }
    case 'kept': {
      // Nothing is ever deleted by a kept row, so it needs no receipt any more.
      const kept = withReceipt(upload, event)
      return { ...kept, state: 'kept', receipt: undefined, waitMs: 0, reason: '' }
    }
    case 'reclaimed':
      withReceipt(upload, event)
      return undefined
    case 'quarantined':
      if (upload.state === 'undecodable') return undefined
      throw new IllegalTransition(`quarantined while it was ${upload.state}`)
    case 'superseded':
    case 'vanished':
      return undefined
  }
}
