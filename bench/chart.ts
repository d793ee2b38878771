/** A bar chart as SVG, readable on light and dark. Pure. */
import type { Spread } from './spread.ts'

export interface ChartBar {
  readonly name: string
  readonly spread: Spread
}

const WIDTH = 720
const NAME_WIDTH = 250
const ROW_HEIGHT = 30
const BAR_HEIGHT = 18
const TOP = 40
const VALUE_WIDTH = 90

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .title { font-weight: 600 }
    .ours { fill: #0969da }
    .other { fill: #8c959f }
    .spread { stroke: #1f2328; stroke-width: 1.5 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .ours { fill: #4493f8 }
      .other { fill: #656c76 }
      .spread { stroke: #f0f6fc }
    }`

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Three digits that count. */
export function shown(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(+value.toPrecision(3))
}

/** The line over each bar goes from the least to the most that was seen. */
export function barChart(title: string, unit: string, bars: readonly ChartBar[]): string {
  const highest = Math.max(...bars.map(({ spread }) => spread.most), Number.MIN_VALUE)
  const scale = (value: number) => ((WIDTH - NAME_WIDTH - VALUE_WIDTH) * value) / highest
  const rows = bars.map(({ name, spread: { median, least, most } }, index) => {
    const top = TOP + index * ROW_HEIGHT
    const middle = top + BAR_HEIGHT / 2
    const [from, to] = [NAME_WIDTH + scale(least), NAME_WIDTH + scale(most)].map((x) =>
      x.toFixed(1),
    )
    const kind = name.startsWith('ferry') ? 'ours' : 'other'
    const valueX = (NAME_WIDTH + scale(most) + 8).toFixed(1)
    return [
      `  <text x="${NAME_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
      `  <rect class="${kind}" x="${NAME_WIDTH}" y="${top}" width="${scale(median).toFixed(1)}" height="${BAR_HEIGHT}"/>`,
      `  <line class="spread" x1="${from}" y1="${middle}" x2="${to}" y2="${middle}"/>`,
      `  <text x="${valueX}" y="${middle + 4}">${shown(median)}</text>`,
    ].join('\n')
  })
  const height = TOP + bars.length * ROW_HEIGHT
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
  <title>${escaped(title)}, ${escaped(unit)}</title>
  <style>${STYLE}
  </style>
  <text class="title" x="8" y="20">${escaped(title)}, ${escaped(unit)}</text>
${rows.join('\n')}
</svg>
`
}
