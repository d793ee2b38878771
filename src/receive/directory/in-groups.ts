/** Work that holds a file open for each item, a bounded number at once. */

/** An upload may have a file and a folder for each date. */
const OPEN_AT_ONCE = 64

export async function inGroups<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < items.length; at += OPEN_AT_ONCE) {
    await Promise.all(items.slice(at, at + OPEN_AT_ONCE).map(work))
  }
}
