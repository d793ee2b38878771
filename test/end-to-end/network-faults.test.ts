/** Networks that are cut, slow, silent and half open, by the kernel where there is root for it. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  makeSite,
  type Receiver,
  runAgent,
  type Site,
  spawnFerry,
  startReceiver,
  status,
  storedFiles,
} from '../fakes/ferry.ts'
import { makeNamespace, missingForNamespaces, type Namespace } from '../fakes/namespace.ts'
import { startProxy } from '../fakes/proxy.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const missing = missingForNamespaces()
if (missing !== '') console.log(`SKIPPED networks that fail: ${missing}`)

const FILE_BYTES = 12 << 20
const SETTINGS = { bandwidth: '12MiB/s', silence_timeout: '1s' }
/** Where nothing is to be noticed, also on a busy machine. */
const PATIENT = { ...SETTINGS, silence_timeout: '5s' }

const put = ({ board }: Site) => {
  const bytes = Buffer.alloc(FILE_BYTES, `${Math.random()} `)
  fs.writeFileSync(`${board}/a`, bytes)
  return bytes
}
const midway = (site: Site) =>
  eventually(
    () => status(site),
    (one) => one?.uploading[0]?.committed > 0,
  )
const failing = (site: Site) =>
  eventually(
    () => status(site),
    (one) => one?.connection?.state === 'failing',
  )

/** The file has left the board, and stands in the store as it was. */
async function arrives(site: Site, bytes: Buffer): Promise<void> {
  await eventually(
    () => fs.readdirSync(site.board),
    (names) => names.length === 0,
  )
  expect([...storedFiles(site).values()].map((found) => found.equals(bytes))).toEqual([true])
}

const resumed = ({ log }: Receiver) => log.lines.some((line) => line.includes('"resumed"'))

const SLOW = 'slow: 8 Mbit/s'

describe('by the kernel', () => {
  /** What is done in the middle of a file, and what ends it; `fails` where the agent has to notice. */
  const faults: [
    string,
    { begin: (n: Namespace) => void; end: (n: Namespace) => void; fails: boolean },
  ][] = [
    [
      'cut: the link goes down',
      { begin: (n) => n.link('down'), end: (n) => n.link('up'), fails: true },
    ],
    [
      'black hole: packets vanish',
      { begin: (n) => n.dropAll(), end: (n) => n.passAll(), fails: true },
    ],
    [SLOW, { begin: (n) => n.limit('8mbit'), end: (n) => n.unlimit(), fails: false }],
    ['RST: the kernel resets it', { begin: (n) => n.kill(), end: () => {}, fails: false }],
  ]
  test.skipIf(missing !== '').each(faults)(
    '%s, and the file arrives',
    async (name, { begin, end, fails }) => {
      const namespace = makeNamespace()
      const { host, prefix } = namespace
      const site = await makeSite(temporaryFolder('netns'), 'robot-7', { host })
      const receiver = await startReceiver(site.store, ['--listen', `${host}:0`])
      configure(site, receiver.port, {
        ...(name === SLOW ? PATIENT : SETTINGS),
        destination: { url: `grpcs://${host}:${receiver.port}` },
      })
      const bytes = put(site)
      spawnFerry(['run', '--config', site.config], { prefix })
      await midway(site)
      begin(namespace)
      if (fails) await failing(site)
      else await Bun.sleep(1500)
      end(namespace)
      await arrives(site, bytes)
      if (fails) expect(resumed(receiver)).toBe(true)
      const connected = receiver.log.lines.filter((line) => line.includes('agent connected')).length
      expect(connected > 1).toBe(name !== SLOW)
    },
  )
})

describe('by a proxy', () => {
  const start = async (name: string) => {
    const site = await makeSite(temporaryFolder(name))
    const receiver = await startReceiver(site.store)
    const proxy = await startProxy(receiver.port)
    configure(site, proxy.port, SETTINGS)
    const bytes = put(site)
    return { site, receiver, proxy, bytes }
  }

  test('FIN: the connection ends in order in mid file, and the file arrives', async () => {
    const { site, receiver, proxy, bytes } = await start('fin')
    runAgent(site)
    await midway(site)
    proxy.finish()
    await arrives(site, bytes)
    expect(resumed(receiver)).toBe(true)
    await proxy.close()
  })

  test('half open: what the old connection brings after the end changes nothing', async () => {
    const { site, receiver, proxy, bytes } = await start('half-open')
    runAgent(site)
    await midway(site)
    const deliverLate = proxy.halfOpen()
    await arrives(site, bytes)
    expect(resumed(receiver)).toBe(true)
    const before = receiver.log.lines.length
    deliverLate()
    await eventually(
      () => receiver.log.lines.length,
      (count) => count > before,
    )
    expect([...storedFiles(site).values()].map((found) => found.equals(bytes))).toEqual([true])
    await proxy.close()
  })

  test('sliced: TLS records come in pieces of 100 bytes, slowly', async () => {
    const { site, proxy, bytes } = await start('sliced')
    configure(site, proxy.port, PATIENT)
    proxy.faults.sliceBytes = 100
    proxy.faults.latencyMs = 5
    runAgent(site)
    await arrives(site, bytes)
    await proxy.close()
  })

  test('SIGSTOP of the agent in mid file: it goes on where it was', async () => {
    const { site, proxy, bytes } = await start('stopped')
    const agent = runAgent(site)
    await midway(site)
    agent.kill('SIGSTOP')
    await Bun.sleep(2500)
    expect(fs.readdirSync(site.board)).toEqual(['a'])
    agent.kill('SIGCONT')
    await arrives(site, bytes)
    await proxy.close()
  })
})
