/** A view of a file through a buffer, so that small pieces cost no read each. */

/** Bytes read into the start of `into`; fewer only at the end. As of `VersionReader`. */
export type ReadAt = (offsetBytes: number, into: Uint8Array) => Promise<number>

/** A usual tabular file as a whole. */
const FIRST_BYTES = 320 << 10
/** After the first: so much where reading goes on, and less where it jumped over a payload. */
const NEXT_BYTES = 64 << 10
const JUMP_BYTES = 4 << 10

export interface Window {
  /** As `at`, without waiting; undefined where that needs a read. */
  held(offsetBytes: number, sizeBytes: number): Uint8Array | undefined
  /**
   * Bytes of the file, fewer at its end; good until the next call. What does not fit the buffer is
   * read into memory of its own.
   */
  at(offsetBytes: number, sizeBytes: number): Promise<Uint8Array>
}

const NOTHING = new Uint8Array(0)

export function createWindow(read: ReadAt, fileBytes: number): Window {
  let start = 0
  let held = new Uint8Array(0)
  const fill = async (offsetBytes: number, leastBytes: number) => {
    const isFirst = held.length === 0
    const goesOn = offsetBytes <= start + held.length
    const wanted = Math.max(isFirst ? FIRST_BYTES : goesOn ? NEXT_BYTES : JUMP_BYTES, leastBytes)
    const buffer = new Uint8Array(Math.min(wanted, fileBytes - offsetBytes))
    const count = await read(offsetBytes, buffer)
    start = offsetBytes
    held = buffer.subarray(0, count)
  }
  const view = (offsetBytes: number, sizeBytes: number) => {
    const end = Math.min(offsetBytes + sizeBytes, fileBytes)
    if (end <= offsetBytes) return NOTHING
    if (offsetBytes < start || end > start + held.length) return undefined
    return held.subarray(offsetBytes - start, end - start)
  }
  return {
    held: view,
    async at(offsetBytes, sizeBytes) {
      const found = view(offsetBytes, sizeBytes)
      if (found !== undefined) return found
      await fill(offsetBytes, Math.min(sizeBytes, fileBytes - offsetBytes))
      return view(offsetBytes, sizeBytes) ?? NOTHING
    },
  }
}
