/** The running digests of what comes in. */
import type { Chain, Digest } from '../model.ts'
import { createDigestStream, createSha256Stream } from '../system/digest.ts'

export interface Digesting {
  /** The last block boundary that the bytes so far reach. */
  readonly boundary: Chain
  update(bytes: Uint8Array): void
  /** Of the bytes so far; more may follow. */
  digest(): Digest
  finish(): { readonly digest: Digest; readonly sha256: string }
}

export function createDigesting(): Digesting {
  const stream = createDigestStream()
  const sha256 = createSha256Stream()
  return {
    get boundary() {
      return stream.boundary
    },
    update(bytes) {
      stream.update(bytes)
      sha256.update(bytes)
    },
    digest: () => stream.digest(),
    finish: () => ({ digest: stream.digest(), sha256: sha256.hex() }),
  }
}
