/** Rows of tables in RESULTS.md. Pure. */
import { shown } from './chart.ts'
import type { Spread } from './spread.ts'

export const row = (...cells: string[]) => `| ${cells.join(' | ')} |`

export const head = (...cells: string[]) => [row(...cells), row(...cells.map(() => '---'))]

export const range = ({ median, least, most }: Spread) =>
  `${shown(median)} (${shown(least)} to ${shown(most)})`
