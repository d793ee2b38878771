/** A stretch of a file as the messages of a stream, without a copy of its bytes. */
import { Transient } from '../../errors.ts'
import { createSha256Stream } from '../../system/digest.ts'
import type { VersionReader } from '../destination.ts'
import { MESSAGES_IN_FLIGHT, type Write } from '../grpc-calls.ts'
import { type LayPiece, PIECE_BYTES, PIECE_ROOM_BYTES } from './messages.ts'

/** Content up to here is read before it is sent, so that its checksum can go first. */
const CHECKED_BYTES = 8 << 20

export interface ContentSpan {
  readonly source: Pick<VersionReader, 'read'>
  readonly offsetBytes: number
  readonly sizeBytes: number
}

/** Headers, and what writes the content; that may be done again. */
export interface Content {
  readonly headers: Readonly<Record<string, string>>
  send(write: Write): Promise<void>
}

async function fill({ source }: ContentSpan, from: number, into: Uint8Array): Promise<void> {
  const count = await source.read(from, into)
  if (count === into.length) return
  throw new Transient(`nothing to read at ${from + count}`, { scope: 'file' })
}

interface Piece {
  readonly offsetBytes: number
  readonly sizeBytes: number
}

function piecesOf({ offsetBytes, sizeBytes }: ContentSpan): Piece[] {
  return Array.from({ length: Math.ceil(sizeBytes / PIECE_BYTES) }, (_, index) => ({
    offsetBytes: offsetBytes + index * PIECE_BYTES,
    sizeBytes: Math.min(PIECE_BYTES, sizeBytes - index * PIECE_BYTES),
  }))
}

/** All of it in memory, each piece behind the room for its fields. */
async function readAll(span: ContentSpan, lay: LayPiece): Promise<Content> {
  const sha256 = createSha256Stream()
  const messages: Buffer[] = []
  for (const { offsetBytes, sizeBytes } of piecesOf(span)) {
    const buffer = Buffer.allocUnsafeSlow(PIECE_ROOM_BYTES + sizeBytes)
    const payload = buffer.subarray(PIECE_ROOM_BYTES)
    await fill(span, offsetBytes, payload)
    sha256.update(payload)
    messages.push(lay(buffer, sizeBytes))
  }
  return {
    headers: { ...bytesHeader(span), 'ferry-content-sha256': sha256.hex() },
    async send(write) {
      for (const message of messages) await write(message)
    },
  }
}

const bytesHeader = ({ sizeBytes }: ContentSpan) => ({ 'ferry-content-bytes': `${sizeBytes}` })

/** Piece by piece, through buffers that are used again once what was in them has left. */
function readAsItGoes(span: ContentSpan, lay: LayPiece): Content {
  return {
    headers: bytesHeader(span),
    async send(write) {
      const buffers = Array.from({ length: MESSAGES_IN_FLIGHT + 1 }, () =>
        Buffer.allocUnsafeSlow(PIECE_ROOM_BYTES + PIECE_BYTES),
      )
      const end = span.offsetBytes + span.sizeBytes
      for (let at = span.offsetBytes, turn = 0; at < end; at += PIECE_BYTES, turn++) {
        const buffer = buffers[turn % buffers.length] as Buffer
        const sizeBytes = Math.min(PIECE_BYTES, end - at)
        await fill(span, at, buffer.subarray(PIECE_ROOM_BYTES, PIECE_ROOM_BYTES + sizeBytes))
        await write(lay(buffer, sizeBytes))
      }
    },
  }
}

export async function openContent(span: ContentSpan, lay: LayPiece): Promise<Content> {
  return span.sizeBytes <= CHECKED_BYTES ? await readAll(span, lay) : readAsItGoes(span, lay)
}
