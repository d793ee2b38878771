/** Runs scenarios and keeps their results: bench/main.ts [NAME ...]. */
import { mkdirSync } from 'node:fs'
import { keep, keepMicro } from './keep.ts'
import { inTurn, type Scenario, settleMachine } from './measure.ts'
import { runMicro } from './micro.ts'
import { GROUND, stopAll } from './places.ts'
import { writeReport } from './report.ts'
import { backlog } from './scenarios/backlog.ts'
import { constrained } from './scenarios/constrained.ts'
import { idle } from './scenarios/idle.ts'
import { poll } from './scenarios/poll.ts'
import { cut, rtt } from './scenarios/slow-link.ts'
import { large, mixed, small } from './scenarios/transfer.ts'
import { wear } from './scenarios/wear.ts'
import { stopCounting } from './wire.ts'

const SCENARIOS: Readonly<Record<string, () => Scenario>> = {
  ...{ large, mixed, small, rtt, cut, poll, backlog, constrained, idle, wear },
}
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 5)
/** Of one scenario. All of them together stay below eleven times that, and take one to two hours. */
const WITHIN_SECONDS = Number(process.env['FERRY_BENCH_SCENARIO_SECONDS'] ?? 1500)

async function clear(): Promise<void> {
  stopCounting()
  await stopAll()
}

async function runScenario(name: string): Promise<void> {
  const startMs = performance.now()
  const tell = (what: string) => process.stderr.write(`== ${name}: ${what}\n`)
  tell('begins')
  const scenario = (SCENARIOS[name] as () => Scenario)()
  try {
    const rounds = { wanted: ROUNDS, withinSeconds: WITHIN_SECONDS, settle: settleMachine, clear }
    keep(scenario, await inTurn(scenario, rounds))
  } finally {
    await clear()
    await scenario.close()
  }
  tell(`took ${((performance.now() - startMs) / 1000).toFixed(0)} s`)
}

/** One that fails keeps its older result, and the others still run. */
async function runAll(names: readonly string[]): Promise<string[]> {
  const failed: string[] = []
  for (const name of names) {
    try {
      if (name === 'micro') keepMicro(await runMicro())
      else await runScenario(name)
      writeReport()
    } catch (error) {
      process.stderr.write(`== ${name} FAILED: ${error}\n`)
      failed.push(name)
    }
  }
  return failed
}

const known = [...Object.keys(SCENARIOS), 'micro']
const wanted = process.argv.slice(2)
const names = wanted.length > 0 ? wanted : known
const unknown = names.filter((name) => !known.includes(name) && name !== 'report')
if (unknown.length > 0) {
  process.stderr.write(`no scenario ${unknown.join()}: ${known.join(', ')}, report\n`)
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => void clear().finally(() => process.exit(1)))
}
mkdirSync(GROUND, { recursive: true })
const beginMs = performance.now()
const failed = await runAll(names.filter((name) => name !== 'report'))
writeReport()
const minutes = ((performance.now() - beginMs) / 60_000).toFixed(1)
process.stderr.write(`== all of ${names.join(', ')}: ${minutes} minutes, ${ROUNDS} rounds\n`)
if (failed.length > 0) process.stderr.write(`== FAILED: ${failed.join(', ')}\n`)
process.exit(failed.length > 0 ? 1 : 0)
