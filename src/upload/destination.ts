/** Where files go. Each implementation runs `test/contract/destination.ts`. */
import type { BytePath } from '../byte-path.ts'
import type { Chain, Digest, Receipt, Upload } from '../model.ts'

/** Reads one version. Every call fails with `SourceChanged` once the file is another version. */
export interface VersionReader {
  /** Bytes read into the start of `into`: fewer only at the end. Fails with the system's error. */
  read(offsetBytes: number, into: Uint8Array): Promise<number>
  /** Of the bytes before an offset; reads what it has not seen, and goes on from there. */
  prefixDigest(offsetBytes: number): Promise<Digest>
  /** The chain at a boundary passed lately; undefined when it is no longer remembered. */
  chainAt(offsetBytes: number): Chain | undefined
  /** Looks at the file again after its last byte was read, and gives the digest of all of it. */
  complete(): Promise<Digest>
}

/** What the destination says of itself, for `status`. */
export interface DestinationState {
  /** The address, without secrets. */
  readonly address: string
  readonly connected: boolean
  /** The receiver's own words to the operator; '' when it has none. */
  readonly warning: string
  /** Bytes of file content handed to the wire, again ones included. */
  readonly sentBytes: number
}

export interface DestinationHooks {
  /** The chain at the offset that the receiver holds durably. */
  readonly onDurable: (chain: Chain) => void
  /**
   * So many messages of the file were acknowledged, where each is stored by itself and the protocol has
   * no offset. The journal has it durably when this returns.
   */
  readonly onDelivered: (messages: number) => void
  /** A step of the protocol, for the trace. */
  readonly onStep: (step: 'open' | 'data' | 'finish') => void
}

export interface Destination {
  readonly kind: 'grpc' | 'viam' | 's3' | 'directory'
  /**
   * One version, from what is durable there to its receipt. Fails only with `Transient`, `Rejected`,
   * `Undecodable`, `SourceChanged`, an error of the reader, or the signal's reason. Never retries by itself.
   */
  upload(
    upload: Upload,
    source: VersionReader,
    hooks: DestinationHooks,
    signal: AbortSignal,
  ): Promise<Receipt>
  state(): DestinationState
  close(): Promise<void>
}

/** What makes an upload's id: never random, so that a lost journal repeats it. */
export interface UploadIdentity {
  readonly device: string
  readonly path: BytePath
  readonly sizeBytes: number
  readonly mtimeNs: bigint
}
