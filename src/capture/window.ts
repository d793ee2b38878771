/** A view of a file through a buffer, so that small pieces cost no read each. */

/** Bytes read into the start of `into`; fewer only at the end. As of `VersionReader`. */
export type ReadAt = (offsetBytes: number, into: Uint8Array) => Promise<number>

/** A usual tabular file as a whole. */
const FIRST_BYTES = 320 << 10
/** After the first: so much where reading goes on, and less where it jumped over a payload. */
const NEXT_BYTES = 64 << 10
const JUMP_BYTES = 4 << 10

export interface Window {
  /** What is held now, and where in the file it stands; both change with each `fill` and `at`. */
  readonly bytes: Uint8Array
  readonly start: number
  /** Whether these bytes, as far as the file has them, are held. */
  covers(offsetBytes: number, sizeBytes: number): boolean
  /** Holds these bytes, as far as the file has them, and more behind them. */
  fill(offsetBytes: number, sizeBytes: number): Promise<void>
  /** Bytes of the file, fewer at its end; good until the next call. */
  at(offsetBytes: number, sizeBytes: number): Promise<Uint8Array>
}

export function createWindow(read: ReadAt, fileBytes: number): Window {
  let start = 0
  let bytes = new Uint8Array(0)
  const covers = (offsetBytes: number, sizeBytes: number) => {
    const end = Math.min(offsetBytes + sizeBytes, fileBytes)
    return end <= offsetBytes || (offsetBytes >= start && end <= start + bytes.length)
  }
  const fill = async (offsetBytes: number, sizeBytes: number) => {
    const isFirst = bytes.length === 0
    const goesOn = offsetBytes <= start + bytes.length
    const wanted = Math.max(isFirst ? FIRST_BYTES : goesOn ? NEXT_BYTES : JUMP_BYTES, sizeBytes)
    const buffer = new Uint8Array(Math.max(0, Math.min(wanted, fileBytes - offsetBytes)))
    const count = await read(offsetBytes, buffer)
    start = offsetBytes
    bytes = buffer.subarray(0, count)
  }
  return {
    get bytes() {
      return bytes
    },
    get start() {
      return start
    },
    covers,
    fill,
    async at(offsetBytes, sizeBytes) {
      if (!covers(offsetBytes, sizeBytes)) await fill(offsetBytes, sizeBytes)
      const from = Math.max(0, offsetBytes - start)
      return bytes.subarray(from, from + sizeBytes)
    },
  }
}
