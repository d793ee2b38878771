/** The pure parts, each call by itself, by mitata. */
import { run } from 'mitata'
import type { KeptMicro } from './keep.ts'
import { benchJournal } from './micro/journal.ts'
import { benchRules } from './micro/rules.ts'
import { benchWire } from './micro/wire.ts'

export async function runMicro(): Promise<KeptMicro['rows']> {
  benchWire()
  benchRules()
  const close = benchJournal()
  try {
    const { benchmarks } = await run({ format: 'quiet', throw: true })
    const rows = benchmarks.map(({ alias, runs }) => {
      const stats = runs[0]?.stats
      if (stats === undefined) throw new Error(`${alias} gave no figures`)
      process.stderr.write(`micro ${alias}: ${(stats.p50 / 1000).toFixed(2)} us\n`)
      return [alias, { medianNs: Math.round(stats.p50), p99Ns: Math.round(stats.p99) }] as const
    })
    return Object.fromEntries(rows)
  } finally {
    close()
  }
}
