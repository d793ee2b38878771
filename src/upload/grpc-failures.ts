/** What a gRPC status means for the operator, in words. */
import { Transient } from '../errors.ts'

interface Meaning {
  readonly pattern: RegExp
  readonly cause: string
  readonly hint: string
}

/** TLS failures all come as UNAVAILABLE; only their text tells them apart. */
const MEANINGS: readonly Meaning[] = [
  {
    pattern: /CERT_NOT_YET_VALID|not yet valid/i,
    cause: "the receiver's certificate is not yet valid by this board's clock",
    hint: 'set the clock, or use the certificate that ferry receive --init makes: it is valid from 1970',
  },
  {
    pattern: /CERT_HAS_EXPIRED|has expired/i,
    cause: "the receiver's certificate has expired",
    hint: "renew the certificate, or check this board's clock",
  },
  {
    pattern: /ERR_TLS_CERT_ALTNAME|altnames|Hostname\/IP/i,
    cause: "the receiver's certificate is for another name",
    hint: 'use a name of the certificate in destination.url, or add it with ferry receive --init --host',
  },
  {
    pattern:
      /self.signed|UNABLE_TO_VERIFY|unable to (verify|get)|UNABLE_TO_GET_ISSUER|signature failure/i,
    cause: "the receiver's certificate is not from the expected CA",
    hint: 'check destination.ca_file',
  },
  {
    pattern: /WRONG_VERSION_NUMBER|wrong version number|EPROTO|packet length too long/i,
    cause: 'the receiver does not speak TLS on this port',
    hint: 'check the port, or use grpc:// for a plaintext receiver on loopback',
  },
  {
    pattern: /no HTTP\/2/,
    cause: 'what answers there does not speak gRPC',
    hint: 'check destination.url',
  },
  {
    pattern: /ECONNREFUSED/,
    // The runtime says the same where there is no route, and where no machine answers.
    cause: "nothing listens at the receiver's address, or this board has no route to it",
    hint: "is the receiver running, and is this board's network up?",
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|Name resolution failed|DNS/i,
    cause: "the receiver's name cannot be resolved",
    hint: 'check the network and DNS',
  },
  {
    pattern: /EHOSTUNREACH|ENETUNREACH|ENETDOWN/,
    cause: "the receiver's network cannot be reached",
    hint: 'check the network',
  },
  {
    pattern: /keepalive|ping timeout|ETIMEDOUT/i,
    cause: 'the receiver stopped answering',
    hint: 'the network may be down',
  },
  {
    pattern: /ECONNRESET|GOAWAY|RST_STREAM|Connection dropped|socket/i,
    cause: 'the connection broke',
    hint: '',
  },
]

const BY_CODE: Readonly<Record<number, readonly [string, string]>> = {
  7: ['the receiver refuses this key', 'ask for a new key: ferry keys add'],
  12: ['what answers there is no Ferry receiver', 'check destination.url'],
  16: ['the receiver refuses the key', 'it may be revoked or mistyped: ferry keys list'],
}

/** gRPC's codes, as far as they lead to different doings. */
export const GRPC = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** Whether another token may help. */
export const isRefusal = (code: number) =>
  code === GRPC.unauthenticated || code === GRPC.permissionDenied

/** Whether a stream failed because the other end does not know its protocol. */
export const isUnimplemented = (error: unknown) =>
  error instanceof Transient && (error.cause as { code?: unknown })?.code === GRPC.unimplemented

/** The failure of a whole stream; its cause has the code. */
export function explainStatus(code: number, details: string): Transient {
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(details))
  const [cause, hint] =
    BY_CODE[code] ?? (meaning ? [meaning.cause, meaning.hint] : [`the stream ended`, ''])
  const text = details === '' ? cause : `${cause} (${details.slice(0, 200)})`
  return new Transient(text, { scope: 'destination', hint, cause: { code } })
}
