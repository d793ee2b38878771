/** Capture files as they are read: their records, or why they are refused. */
import {
  type CaptureFile,
  type CaptureRecord,
  readCapture,
} from '../../src/capture/read-capture.ts'
import { Undecodable } from '../../src/errors.ts'
import { readOf } from './capture-file.ts'

export const open = (bytes: Uint8Array) => readCapture(readOf(bytes), bytes.length)

export async function recordsOf(file: CaptureFile): Promise<CaptureRecord[]> {
  const records: CaptureRecord[] = []
  for await (const record of file.read()) records.push(record)
  return records
}

export async function refusal(bytes: Uint8Array): Promise<string> {
  const error = await open(bytes).then(
    () => new Error('it was read'),
    (one: unknown) => one,
  )
  if (!(error instanceof Undecodable)) throw error
  return error.message
}
