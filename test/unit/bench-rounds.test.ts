/** The rounds of the benchmarks: who fails, and when the time is over. */
import { expect, test } from 'bun:test'
import { samplesByArea, samplesByOwn } from '../../bench/areas.ts'
import { type Contestant, inTurn, type Scenario } from '../../bench/measure.ts'
import { profileProblems } from '../../bench/profiles.ts'

const sample = { seconds: 1, cpuSeconds: 1, peakBytes: 1, extra: {} }

function contestant(name: string, run: () => Promise<typeof sample>): Contestant {
  const nothing = async () => {}
  return { ...{ name, synced: '', settings: '' }, prepare: nothing, run, finish: nothing }
}

function rounds(contestants: readonly Contestant[], withinSeconds = 1000) {
  let cleared = 0
  const scenario: Scenario = {
    ...{ name: 'made up', about: '', bytes: 1, files: 1, unit: 'MB/s', contestants },
    close: async () => {},
  }
  const clear = async () => {
    cleared += 1
  }
  const outcome = inTurn(scenario, { wanted: 3, withinSeconds, settle: () => {}, clear })
  return { outcome, cleared: () => cleared }
}

const works = async () => sample
const fails = () => Promise.reject(new Error('it broke'))

test('another program that fails is left out, what it left is cleared, and the rest goes on', async () => {
  let runs = 0
  const breaks = () => (++runs === 2 ? fails() : works())
  const { outcome, cleared } = rounds([contestant('ferry', works), contestant('peer', breaks)])
  const { samples, leftOut } = await outcome
  expect(samples).toEqual({ ferry: [sample, sample, sample] })
  expect(leftOut).toEqual({ peer: 'failed in round 2 of 3' })
  expect([runs, cleared()]).toEqual([2, 1])
})

test('where the agent itself fails there is no result', async () => {
  const { outcome, cleared } = rounds([contestant('peer', works), contestant('ferry, TLS', fails)])
  await expect(outcome).rejects.toThrow('it broke')
  expect(cleared()).toBe(1)
})

test('no round begins that would end after the time is over', async () => {
  const slow = async () => {
    await Bun.sleep(40)
    return sample
  }
  const roundsWithin = async (seconds: number) =>
    (await rounds([contestant('ferry', slow)], seconds).outcome).samples['ferry']?.length
  expect(await roundsWithin(0.06)).toBe(1)
  expect(await roundsWithin(1000)).toBe(3)
})

const frame = (functionName: string, url = '') => ({ functionName, url })

test('a profile is summed by the innermost frame that says what is done, and by our functions', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 5] },
      { id: 2, callFrame: frame('handle', 'file:///x/src/receive/inbox.ts'), children: [3, 4] },
      { id: 3, callFrame: frame('fdatasync') },
      { id: 4, callFrame: frame('push') },
      { id: 5, callFrame: frame('onData', 'node:http2'), children: [6] },
      { id: 6, callFrame: frame('write', '/x/node_modules/@grpc/grpc-js/build/src/call.js') },
    ],
    samples: [3, 3, 4, 5, 1, 6],
  }
  expect(Object.fromEntries(samplesByArea(profile))).toEqual({
    'syncing files': 2,
    'rules of the receiver': 1,
    'HTTP/2 of the runtime': 1,
    'gRPC in JavaScript (grpc-js)': 1,
    'the runtime, beyond that': 1,
  })
  expect(Object.fromEntries(samplesByOwn(profile))).toEqual({
    'handle (receive/inbox.ts)': 3,
    'the runtime, beyond that': 3,
  })
})

test('a missed bar without a profile is a problem, and so is a profile that was not made', () => {
  const ref = { scenario: 'large', table: 'agent' }
  const tables = { agent: { columns: ['%'], rows: [['reading', 3] as const] } }
  const profiles = { large: { about: '', commit: '', tables } }
  expect(profileProblems(['large-cpu'], { 'large-cpu': [ref] }, profiles)).toEqual([])
  expect(profileProblems(['large-cpu'], {}, profiles)).toEqual([
    'large-cpu: missed without a profile',
  ])
  expect(profileProblems(['large-cpu'], { 'large-cpu': [ref] }, {})).toEqual([
    'large-cpu: no profile of large, agent',
  ])
  expect(profileProblems(['cut-small'], {}, {})).toEqual([])
})
