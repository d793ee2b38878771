/** Runs scenarios and keeps their results: bench/main.ts [NAME ...]. */
import { mkdirSync } from 'node:fs'
import { keep } from './keep.ts'
import { inTurn, type Scenario } from './measure.ts'
import { GROUND, stopAll } from './places.ts'
import { large, mixed, small } from './scenarios/transfer.ts'

const SCENARIOS: Readonly<Record<string, () => Scenario>> = { large, mixed, small }
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)

mkdirSync(GROUND, { recursive: true })
const wanted = process.argv.slice(2)
const names = wanted.length > 0 ? wanted : Object.keys(SCENARIOS)
const unknown = names.filter((name) => SCENARIOS[name] === undefined)
if (unknown.length > 0) {
  process.stderr.write(`no scenario ${unknown.join()}: ${Object.keys(SCENARIOS).join(', ')}\n`)
  process.exit(2)
}
try {
  for (const name of names) {
    const scenario = (SCENARIOS[name] as () => Scenario)()
    keep(scenario, await inTurn(scenario, ROUNDS))
    await scenario.close()
  }
} finally {
  await stopAll()
}
