/** A real viam-server syncs to a receiver that is killed, and whose key is revoked. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { BINARY, captureFile, times } from '../fakes/capture-file.ts'
import {
  addKey,
  eventually,
  ferry,
  makeSite,
  type Receiver,
  type Site,
  startReceiver,
} from '../fakes/ferry.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { stored } from '../fakes/viam.ts'
import { makeNetwork, missingForNetwork } from './network.ts'
import { lost, repeated, storedCaptures } from './stored-captures.ts'
import { captureFolder, extraFolder, type RobotOptions, startRobot } from './viam-robot.ts'
import { watchCaptures } from './witness.ts'

const EXECUTABLE = process.env['FERRY_VIAM_SERVER'] ?? ''
const SEED = Number(process.env['FERRY_PEER_SEED'] ?? Date.now() % 1_000_000)
const ROUNDS = 8
/** Some intervals of the robot, so that some kills come while it sends. */
const LONGEST_ROUND_MS = 4000
const DOWN_MS = 500
const FILES_PER_ROUND = 3
/** Payloads so large are streamed. */
const LARGE_BYTES = 5_000_000
/** Calls that were under way when the key was revoked are over, and the receiver has looked. */
const SETTLED_MS = 2000

interface Login {
  readonly isSecure: boolean
  readonly credentials: (id: string, secret: string) => Record<string, unknown>
}

const LOGINS: Readonly<Record<string, Login>> = {
  "a robot's secret, without TLS": {
    isSecure: false,
    credentials: (_, secret) => ({ secret }),
  },
  'an API key, with TLS': {
    isSecure: true,
    credentials: (id, key) => ({ api_key: { id, key } }),
  },
}

const credentialsOf = ({ credentials }: Login, key: string) => {
  const dot = key.indexOf('.')
  return credentials(key.slice(0, dot), key.slice(dot + 1))
}

/** Plain files, each complete when it gets its name; path to content. */
function writeFiles({ folder }: RobotOptions, round: number): Map<string, string> {
  const written = new Map<string, string>()
  for (let index = 0; index < FILES_PER_ROUND; index++) {
    const content = `${round} ${index} `.repeat(1 + index * 100_000)
    const path = `${extraFolder(folder)}/file ${round}-${index}.txt`
    fs.writeFileSync(`${folder}/fresh`, content)
    fs.renameSync(`${folder}/fresh`, path)
    written.set(path, content)
  }
  return written
}

/** A video that was captured earlier. */
function writeLarge({ folder }: RobotOptions, round: number): void {
  const metadata = {
    componentType: 'rdk:component:camera',
    componentName: 'c1',
    methodName: 'GetVideo',
    type: BINARY,
    fileExtension: '.mp4',
  }
  const binary = Buffer.alloc(LARGE_BYTES, `video ${round} `)
  const content = captureFile(metadata, [{ metadata: times(1_787_306_400 + round), binary }])
  fs.writeFileSync(`${folder}/fresh`, content)
  fs.renameSync(`${folder}/fresh`, `${captureFolder(folder)}/video-${round}.capture`)
}

function writeSequence({ folder }: RobotOptions): void {
  const sequence = {
    start_time: '2026-08-21T10:00:00Z',
    end_time: '2026-08-21T10:01:00Z',
    resources: [{ resource_name: 'c1', method_name: 'GetImages' }],
    sequence_tags: ['lap'],
  }
  const path = `${captureFolder(folder)}/sequences/lap`
  fs.writeFileSync(`${path}.tmp`, JSON.stringify(sequence))
  fs.renameSync(`${path}.tmp`, `${path}.seq`)
}

const leftBelow = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

const emptied = ({ folder }: RobotOptions) =>
  eventually(
    () => [...leftBelow(captureFolder(folder)), ...leftBelow(extraFolder(folder))],
    (names) => names.length === 0,
    90_000,
  )

const random = seededRandom(SEED)

/** Kills the receiver again and again while the robot sends; gives what was written beside. */
async function disturb(options: RobotOptions, site: Site, receiver: Receiver, flags: string[]) {
  const written = new Map<string, string>()
  const listen = [...flags, '--listen', `127.0.0.1:${receiver.port}`]
  let last = receiver
  for (let round = 0; round < ROUNDS; round++) {
    for (const [path, content] of writeFiles(options, round)) written.set(path, content)
    writeLarge(options, round)
    await Bun.sleep(random.fraction() * LONGEST_ROUND_MS)
    await last.stop('SIGKILL')
    await Bun.sleep(DOWN_MS)
    last = await startReceiver(site.store, listen, { prefix: options.prefix })
  }
  return { written, receiver: last }
}

/** Nothing more is stored, and the log says so in few lines. */
async function revoke(site: Site, key: string, receiver: Receiver): Promise<void> {
  const keys = `${site.store}/.ferry/keys`
  await ferry(['keys', 'revoke', key.slice(0, key.indexOf('.')), '--keys', keys])
  await Bun.sleep(SETTLED_MS)
  const before = stored(site.store, site.device).size
  const refused = () => receiver.log.lines.filter((line) => line.includes('refused'))
  // A connection that was lost comes back after a pause that grows.
  await eventually(refused, (lines) => lines.length > 0, 60_000)
  await Bun.sleep(SETTLED_MS)
  expect(stored(site.store, site.device).size).toBe(before)
  expect(receiver.log.lines.length).toBeLessThan(10)
}

function checkFiles(site: Site, { folder }: RobotOptions, written: Map<string, string>): void {
  const all = [...stored(site.store, site.device)]
  const files = all.filter(([name]) => name.startsWith('files/'))
  expect(files.map(([name]) => name).sort()).toEqual(
    [...written.keys()].map((path) => `files${path}`).sort(),
  )
  for (const [name, bytes] of files) {
    expect(bytes.toString() === written.get(name.slice('files'.length))).toBe(true)
  }
  expect(all.filter(([name]) => name.startsWith('sequences/'))).toHaveLength(1)
  expect(fs.existsSync(`${captureFolder(folder)}/failed`)).toBe(false)
}

async function everythingArrives(name: string, login: Login): Promise<void> {
  const site = await makeSite(temporaryFolder('viam-server'))
  const prefix = await makeNetwork()
  const flags = login.isSecure ? [] : ['--plaintext']
  const first = await startReceiver(site.store, flags, { prefix })
  const key = await addKey(site)
  const options: RobotOptions = {
    executable: EXECUTABLE,
    prefix,
    folder: `${site.folder}/robot`,
    partId: site.device,
    address: `${login.isSecure ? 'https' : 'http'}://localhost:${first.port}`,
    caFile: `${site.store}/.ferry/ca.pem`,
    credentials: credentialsOf(login, key),
    isCapturing: true,
  }
  const robot = startRobot(options)
  writeSequence(options)
  const witness = watchCaptures(captureFolder(options.folder), `${options.folder}/kept`)
  const { written, receiver } = await disturb(options, site, first, flags)
  await revoke(site, key, receiver)
  await robot.stop()
  const captured = await witness.stop()
  const credentials = credentialsOf(login, await addKey(site))
  startRobot({ ...options, credentials, isCapturing: false })
  await emptied(options)
  const found = await storedCaptures(site)
  const { readings, payloads } = captured
  console.log(
    `TABLE viam-server, ${name}, seed ${SEED}: ${found.readings.length} of ${readings.length} ` +
      `readings, ${found.payloads.length} of ${payloads.length} payloads, ${written.size} files`,
  )
  expect(readings.length).toBeGreaterThan(50)
  expect(payloads.length).toBeGreaterThan(ROUNDS)
  const nothing = { readings: [], payloads: [] }
  expect(lost(captured, found)).toEqual(nothing)
  expect(repeated(found)).toEqual(nothing)
  checkFiles(site, options, written)
}

for (const [name, login] of Object.entries(LOGINS)) {
  test(`everything that viam-server captured is stored once: ${name}`, async () => {
    const why = EXECUTABLE === '' ? 'FERRY_VIAM_SERVER names no executable' : missingForNetwork()
    if (why === '') await everythingArrives(name, login)
    else console.log(`SKIPPED viam-server with ${name}: ${why}`)
  }, 300_000)
}
