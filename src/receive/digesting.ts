/** The running digests of an upload as it comes in, with a way back to the last whole block. */
import { BLOCK_BYTES, type Chain, type Digest } from '../model.ts'
import {
  createDigestStream,
  createSha256Stream,
  type DigestStream,
  type Sha256Stream,
} from '../system/digest.ts'

export interface Digesting {
  /** The last block boundary that the bytes so far reach. */
  readonly boundary: Chain
  update(bytes: Uint8Array): void
  /** Forgets what came after the last boundary. */
  rewind(): void
  finish(): { readonly digest: Digest; readonly sha256: string }
}

export function createDigesting(): Digesting {
  let digest: DigestStream = createDigestStream()
  let sha256: Sha256Stream = createSha256Stream()
  let sha256AtBoundary = sha256.copy()
  return {
    get boundary() {
      return digest.boundary
    },
    update(bytes) {
      let rest = bytes
      while (rest.length > 0) {
        const toBoundary = BLOCK_BYTES - (digest.offsetBytes % BLOCK_BYTES)
        const piece = rest.subarray(0, toBoundary)
        digest.update(piece)
        sha256.update(piece)
        if (piece.length === toBoundary) sha256AtBoundary = sha256.copy()
        rest = rest.subarray(piece.length)
      }
    },
    rewind() {
      digest = createDigestStream(digest.boundary)
      sha256 = sha256AtBoundary.copy()
    },
    finish: () => ({ digest: digest.digest(), sha256: sha256.hex() }),
  }
}
