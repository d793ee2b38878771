/** kill -9 of either side: nothing lost, nothing twice, little sent again. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  makeSite,
  once,
  runAgent,
  startReceiver,
  status,
  storedFiles,
} from '../fakes/ferry.ts'
import { runKillLoop } from '../fakes/kill-loop.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const KILLS = Number(process.env['FERRY_KILLS'] ?? 40)
/** At 200 kills each state must have been hit so often. */
const LEAST_HITS = Math.floor((15 * KILLS) / 200)
const MOST_AGAIN_BYTES = 8 << 20

/** What the receiver counted: content bytes taken beyond the size of what it stored. */
function takenTwice(lines: readonly string[]): number {
  return lines
    .filter((line) => line.includes('"stored"'))
    .map((line) => JSON.parse(line) as { taken: number; bytes: number })
    .reduce((sum, { taken, bytes }) => sum + taken - bytes, 0)
}

describe('kill -9', () => {
  test('of the agent in the middle of a 300 MB file: at most 8 MiB is sent again', async () => {
    const site = await makeSite(temporaryFolder('kill'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port)
    const content = Buffer.alloc(300_000_000, 'three hundred megabytes ')
    fs.writeFileSync(`${site.board}/big`, content)
    const agent = runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 100e6,
    )
    agent.kill('SIGKILL')
    await agent.exited
    expect(await once(site)).toMatchObject({ code: 0 })
    const again = takenTwice(receiver.log.lines)
    console.log(`TABLE kill in the middle of 300 MB: ${again} bytes sent again`)
    expect(again).toBeLessThanOrEqual(MOST_AGAIN_BYTES)
    expect(receiver.log.lines.some((line) => line.includes('"resumed"'))).toBe(true)
    expect(storedFiles(site).get('big')?.equals(content)).toBe(true)
  })

  test('of the receiver in the middle of a large file: it goes on from what was durable', async () => {
    const site = await makeSite(temporaryFolder('kill'))
    const first = await startReceiver(site.store)
    configure(site, first.port)
    const content = Buffer.alloc(200_000_000, 'the receiver dies ')
    fs.writeFileSync(`${site.board}/big`, content)
    runAgent(site)
    const seen = await eventually(
      () => status(site),
      (one) => one?.uploading[0]?.committed > 60e6,
    )
    const committed = seen.uploading[0].committed
    await first.stop('SIGKILL')
    const second = await startReceiver(site.store, ['--listen', `127.0.0.1:${first.port}`])
    await eventually(
      () => status(site),
      (one) => one?.totals.deleted === 1,
      60_000,
    )
    const line = second.log.lines.find((one) => one.includes('"resumed"')) ?? '{}'
    expect(JSON.parse(line).at).toBeGreaterThanOrEqual(committed)
    expect(storedFiles(site).get('big')?.equals(content)).toBe(true)
  })

  test('with the journal deleted in the middle: nothing twice, nothing lost', async () => {
    const site = await makeSite(temporaryFolder('journal'))
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { bandwidth: '60MiB/s' })
    const content = new Map<string, Buffer>()
    for (let index = 0; index < 400; index++) {
      content.set(`f${index}`, Buffer.alloc(20_000 + index * 500, `file ${index} `))
    }
    content.set('big', Buffer.alloc(60_000_000, 'big '))
    for (const [name, bytes] of content) fs.writeFileSync(`${site.board}/${name}`, bytes)
    const agent = runAgent(site)
    await eventually(
      () => status(site),
      (one) => one?.totals.acknowledged > 100,
    )
    agent.kill('SIGKILL')
    await agent.exited
    fs.rmSync(`${site.folder}/state`, { recursive: true })
    expect(await once(site)).toMatchObject({ code: 0 })
    const stored = storedFiles(site)
    expect(stored.size).toBe(content.size)
    for (const [name, bytes] of content) expect(stored.get(name)?.equals(bytes)).toBe(true)
    expect(fs.readdirSync(site.board)).toEqual([])
  })

  test(`${KILLS} times at random, of both sides, over files that grow, are replaced and renamed`, async () => {
    const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 1e9)
    const result = await runKillLoop(await makeSite(temporaryFolder('loop')), KILLS, seed)
    console.log(`TABLE seed ${seed}; states hit by ${KILLS} kills:`)
    for (const [state, hits] of Object.entries(result.hits))
      console.log(`TABLE   ${state}: ${hits}`)
    console.log(`TABLE   versions: ${result.versions}, stored: ${result.stored}`)
    expect(result.problems).toEqual([])
    for (const hits of Object.values(result.hits)) expect(hits).toBeGreaterThanOrEqual(LEAST_HITS)
  }, 600_000)
})
