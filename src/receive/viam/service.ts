/** Every method of Viam's services that the receiver has. */
import type { Clock } from '../../system/clock.ts'
import type { Keyring } from '../keys.ts'
import type { Store } from '../store.ts'
import { authenticate } from './authenticate.ts'
import { dataCaptureUpload, streamingDataCaptureUpload } from './capture-upload.ts'
import { createSequence } from './create-sequence.ts'
import { fileUpload } from './file-upload.ts'
import type { Method } from './method.ts'
import { createRequests } from './requests.ts'

interface ServiceParts {
  readonly store: Store
  readonly clock: Clock
  readonly keyring: Keyring | undefined
  readonly largestFileBytes: number
}

export function viamMethods(parts: ServiceParts): Method[] {
  const own = { ...parts, requests: createRequests(parts.store) }
  return [
    authenticate(parts.keyring),
    dataCaptureUpload(own),
    streamingDataCaptureUpload(own),
    fileUpload(own),
    createSequence(own),
  ]
}
