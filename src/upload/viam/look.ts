/** A look through captured data before any of it is sent: what cannot be decoded never leaves. */
import { type CaptureFile, readCapture } from '../../capture/read-capture.ts'
import { Undecodable } from '../../errors.ts'
import type { VersionReader } from '../destination.ts'
import { legacyImages } from './legacy-images.ts'
import { sequenceRequest } from './sequence.ts'

/** A description names some resources; anything longer is something else. */
const LARGEST_SEQUENCE_BYTES = 1 << 20

async function checkImages(capture: CaptureFile): Promise<void> {
  if (capture.kind !== 'images') return
  for await (const record of capture.read()) {
    legacyImages(await capture.bytes(record.data))
  }
}

/** Fails with `Undecodable`, or as the reader does. */
export async function lookAtCapture(
  source: Pick<VersionReader, 'read'>,
  sizeBytes: number,
): Promise<CaptureFile> {
  const capture = await readCapture((at, into) => source.read(at, into), sizeBytes)
  await checkImages(capture)
  return capture
}

/** What a person should know of a file that is sent; '' for nothing. */
export function remarkOn({ kind, tornBytes }: CaptureFile): string {
  if (kind === 'empty') return 'it holds no readings'
  return tornBytes > 0 ? `its last ${tornBytes} bytes are no whole reading and were left out` : ''
}

/** The request of a sequence. Fails with `Undecodable`, or as the reader does. */
export async function readSequence(
  source: Pick<VersionReader, 'read'>,
  sizeBytes: number,
  partId: string,
): Promise<Buffer> {
  if (sizeBytes > LARGEST_SEQUENCE_BYTES) {
    throw new Undecodable(`a description of a sequence is no ${sizeBytes} bytes long`)
  }
  const bytes = Buffer.alloc(sizeBytes)
  await source.read(0, bytes)
  return Buffer.from(sequenceRequest(partId, bytes.toString('utf8')))
}
