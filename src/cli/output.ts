/** Standard output, whole: what is written has left before the program ends. */
import * as fs from 'node:fs'
import { errorCode } from '../errors.ts'

const FULL_PIPE_PAUSE_MS = 5

/** Fails when nobody reads any more. */
export function print(text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) {
    try {
      done += fs.writeSync(1, bytes, done)
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error
      Bun.sleepSync(FULL_PIPE_PAUSE_MS)
    }
  }
}
