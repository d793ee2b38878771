/** The known word nearest to a misspelt one. Pure. */

/** Edits between two words: insert, delete, replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The first of the nearest; '' when there is none to choose from. */
export function nearest(word: string, known: readonly string[]): string {
  const last = (text: string) => text.slice(text.lastIndexOf('.') + 1)
  const score = (one: string) =>
    Math.min(distance(word, one), distance(last(word), last(one)) + 0.5)
  return known.reduce((best, one) => (score(one) < score(best) ? one : best), known[0] ?? '')
}
