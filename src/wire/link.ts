/** A message pipe between agent and receiver; gRPC is one, a call within the process another. */
import type { Transient } from '../errors.ts'

/** gRPC's own bytes before each message: whether it is compressed, and its length. */
export const MESSAGE_PREFIX_BYTES = 5
/** HTTP/2's own bytes before each frame. */
export const FRAME_HEADER_BYTES = 9
/** Before a message, what the layers below lay their own bytes in. */
export const LINK_ROOM_BYTES = FRAME_HEADER_BYTES + MESSAGE_PREFIX_BYTES

export interface LinkHandlers {
  /** The bytes are the handler's until it returns; it copies what it keeps. */
  readonly message: (message: Uint8Array) => void
  /** The network took more of what was waiting to be sent: a sign of life where nothing comes back. */
  readonly moved?: () => void
  /** Once, at the end, however it came. */
  readonly closed: (why: Transient) => void
}

export interface Link {
  /**
   * Takes the bytes; they may be changed again once `ready(1)` has resolved. Of its buffer, the
   * `roomBytes` before the message are the link's too: it may write over both.
   */
  send(message: Uint8Array, roomBytes?: number): void
  /** Resolves when fewer than `count` messages are on their way out, or the link is closed. */
  ready(count: number): Promise<void>
  close(): void
}

/** Opens a link; failures come through `closed`, never as an exception. */
export interface Transport {
  connect(handlers: LinkHandlers): Link
  /** Ends every link and frees what they share. May be called again. */
  close(): Promise<void>
}
