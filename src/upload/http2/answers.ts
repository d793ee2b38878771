/** What comes back on a gRPC stream: messages cut out of data frames, and the status at the end. */
import { MESSAGE_PREFIX_BYTES } from '../../wire/link.ts'
import { GRPC } from '../grpc-failures.ts'
import { createCutter, ProtocolError, uint32 } from './frames.ts'
import type { Header } from './hpack.ts'

export interface Status {
  /** gRPC's code. */
  readonly code: number
  readonly details: string
}

/** Each message is good until `take` returns. Fails with `ProtocolError`, and with what it throws. */
export function createMessageReader(largestBytes: number, take: (message: Uint8Array) => void) {
  return createCutter({
    headBytes: MESSAGE_PREFIX_BYTES,
    bodyBytes(bytes, at) {
      if (bytes[at] !== 0) throw new ProtocolError('an answer is compressed')
      const lengthBytes = uint32(bytes, at + 1)
      if (lengthBytes > largestBytes) throw new ProtocolError('an answer is too long')
      return lengthBytes
    },
    take: (message) => take(message),
  })
}

/** gRPC's rule for answers of what is no gRPC server, such as a proxy. */
const BY_HTTP_STATUS: Readonly<Record<string, number>> = {
  400: GRPC.internal,
  401: GRPC.unauthenticated,
  403: GRPC.permissionDenied,
  404: GRPC.unimplemented,
  429: GRPC.unavailable,
  502: GRPC.unavailable,
  503: GRPC.unavailable,
  504: GRPC.unavailable,
}

/** HTTP/2's reasons for which a stream is ended, as gRPC reads them. */
const BY_RESET: Readonly<Record<number, readonly [code: number, name: string]>> = {
  7: [GRPC.unavailable, 'REFUSED_STREAM'],
  8: [GRPC.cancelled, 'CANCEL'],
  11: [GRPC.resourceExhausted, 'ENHANCE_YOUR_CALM'],
  12: [GRPC.permissionDenied, 'INADEQUATE_SECURITY'],
}

export function resetStatus(reason: number): Status {
  const [code, name] = BY_RESET[reason] ?? [GRPC.internal, `reason ${reason}`]
  return { code, details: `RST_STREAM: ${name}` }
}

/** What is no percent-encoding stays as it is. */
function unescaped(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}

/** The status that a block of headers carries; undefined: the answer has only begun. */
export function statusOf(headers: readonly Header[], isEnd: boolean): Status | undefined {
  const of = new Map(headers)
  const code = of.get('grpc-status')
  if (code !== undefined && isEnd) {
    const details = unescaped(of.get('grpc-message') ?? '')
    return { code: /^\d{1,2}$/.test(code) ? Number(code) : GRPC.unknown, details }
  }
  const http = of.get(':status')
  if (http === '200' && !isEnd) return undefined
  const details = http === undefined ? 'the stream ended without a status' : `HTTP ${http}`
  return { code: BY_HTTP_STATUS[http ?? ''] ?? GRPC.unknown, details }
}
