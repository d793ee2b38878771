/** A local user swaps what is watched for links, under the compiled agent's hands, which runs as root. */
import { afterEach, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import { configure, makeSite, readTree, runAgent, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const SECONDS = Number(process.env['FERRY_SWAP_SECONDS'] ?? 6)
const CANARY = 'CANARY'
const LEAST_STORED = 10
const LEAST_SWAPS = 300

const children: Bun.Subprocess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await child.exited
  }
})

function startSwapping(board: string, outside: string) {
  const script = resolve(import.meta.dir, '../fakes/swapper.ts')
  const child = Bun.spawn([process.execPath, script, board, outside], { stderr: 'inherit' })
  children.push(child)
  return async () => {
    child.kill('SIGKILL')
    await child.exited
  }
}

test(
  'nothing outside the root is read or deleted while names are swapped for links',
  async () => {
    const folder = temporaryFolder('links')
    const site = await makeSite(folder)
    const outside = `${folder}/outside`
    for (const name of ['dir', 'aside']) fs.mkdirSync(`${outside}/${name}`, { recursive: true })
    const canaries = ['secret', 'dir/canary', 'dir/file', 'aside/canary', 'aside/file']
    for (const name of canaries) fs.writeFileSync(`${outside}/${name}`, CANARY)
    fs.writeFileSync(`${outside}/hard`, 'readable by whoever made the link')
    const receiver = await startReceiver(site.store)
    configure(site, receiver.port, { file_last_modified_millis: 50, sync_interval_mins: 0.001 })
    const stop = startSwapping(site.board, outside)
    await Bun.sleep(200)
    const agent = runAgent(site)
    await Bun.sleep(SECONDS * 1000)
    await stop()
    agent.kill('SIGKILL')
    await agent.exited
    const left = readTree(outside)
    for (const name of canaries) expect(`${name} ${left.get(name)}`).toBe(`${name} ${CANARY}`)
    expect(left.get('hard')?.toString()).toStartWith('readable')
    const made = [...left.keys()].filter((name) => /^dir\/f\d+$/.test(name))
    const last = Math.max(...made.map((name) => Number(name.slice(5))))
    expect(made).toHaveLength(last)
    const others = [...left.keys()].filter((name) => !made.includes(name) && name !== 'new')
    expect(others.sort()).toEqual([...canaries, 'hard'].sort())
    const stored = readTree(`${site.store}/robot-7`)
    const leaked = [...stored].filter(([, bytes]) => bytes.includes(CANARY))
    expect(leaked.map(([name]) => name)).toEqual([])
    const swaps = Number(fs.readFileSync(`${folder}/swaps`, 'utf8'))
    const sent = [...stored.keys()].filter((name) => name.startsWith('files/')).length
    console.log(
      `TABLE swapped for links: ${swaps} swaps, ${made.length} files made, ${sent} stored`,
    )
    expect(swaps).toBeGreaterThan(LEAST_SWAPS)
    expect(sent).toBeGreaterThan(LEAST_STORED)
  },
  { timeout: 60_000 + SECONDS * 1000 },
)
