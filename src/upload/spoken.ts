/** Which destinations ever spoke `ferry.transfer`: none of them is sent to by another protocol again. */
import { errorMessage } from '../errors.ts'
import { readSmallFile, writeSmallFile } from '../system/durable-file.ts'
import type { Logger } from '../system/logger.ts'

export interface Spoken {
  /** Whether this address ever did. */
  ever(): boolean
  /** It did just now. Durable when it returns, unless the disk refuses, which is logged. */
  remember(): void
}

interface SpokenOptions {
  /** Absolute; one address a line. */
  readonly path: string
  readonly address: string
  readonly log: Logger
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')

export function createSpoken({ path, address, log }: SpokenOptions): Spoken {
  let isKnown: boolean | undefined
  const ever = () => {
    isKnown ??= linesOf(readSmallFile(path)).includes(address)
    return isKnown
  }
  return {
    ever,
    remember() {
      try {
        if (ever()) return
        isKnown = true
        const known = linesOf(readSmallFile(path))
        writeSmallFile(path, `${[...known, address].join('\n')}\n`)
      } catch (error) {
        isKnown = true
        log.warn('cannot write down which protocol is spoken', { path, cause: errorMessage(error) })
      }
    },
  }
}
