/** The executable against a server of Viam's services in Python: everything arrives, kills or not. */
import { afterEach, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'
import {
  cameraMetadata,
  captureFile,
  type Reading,
  sensorMetadata,
  times,
  toStruct,
} from '../fakes/capture-file.ts'
import { configure, eventually, once, readTree, runAgent, type Site } from '../fakes/ferry.ts'
import { missingForPython, PYTHON } from '../fakes/python.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const SERVER = resolve(import.meta.dir, '../fakes/viam_server.py')
const PROTO = resolve(import.meta.dir, '../../proto')
const KEY = 'key-id.key-secret'

const servers: Bun.Subprocess[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.kill('SIGKILL')
    await server.exited
  }
})

// biome-ignore lint/suspicious/noExplicitAny: lines of another program, looked into by the tests
type Stored = any

async function startServer(folder: string, delayMs: number) {
  const out = `${folder}/out`
  fs.mkdirSync(out)
  const child = Bun.spawn([PYTHON, SERVER, PROTO, out, `${delayMs}`, KEY], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  servers.push(child)
  const { value } = await child.stdout.getReader().read()
  const port = Number(Buffer.from(value ?? []).toString())
  expect(port).toBeGreaterThan(0)
  const stored = (): Stored[] =>
    fs
      .readFileSync(`${out}/calls.jsonl`, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Stored)
  return { port, stored, content: (number: number) => fs.readFileSync(`${out}/${number}`) }
}

function makeBoard(name: string): Site & { capture: string; extra: string } {
  const folder = temporaryFolder(name)
  const [capture, extra] = [`${folder}/capture`, `${folder}/extra`]
  for (const one of [capture, extra]) fs.mkdirSync(one)
  fs.writeFileSync(`${folder}/key`, KEY, { mode: 0o600 })
  return {
    folder,
    store: folder,
    board: extra,
    config: `${folder}/ferry.json`,
    device: 'robot-7',
    capture,
    extra,
  }
}

function configureBoard(
  site: ReturnType<typeof makeBoard>,
  port: number,
  more = {},
  destination = {},
) {
  const url = `grpc://127.0.0.1:${port}`
  configure(site, port, {
    capture_dir: site.capture,
    destination: { url, ca_file: undefined, ...destination },
    ...more,
  })
}

function put(root: string, name: string, bytes: Uint8Array): void {
  const path = `${root}/${name}`
  fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true })
  fs.writeFileSync(path, bytes)
}

const reading = (index: number, part: number): Reading => ({
  metadata: times(index * 100 + part),
  struct: toStruct({ readings: { index, part, text: `reading ${index}/${part}` } }),
})

const picture = (index: number, size: number) => Buffer.alloc(size, `picture ${index} `)

const TABULAR = 200
const SMALL = 150
const LARGE = 6
const PLAIN = 142
const SEQUENCES = 2

test('500 capture files, plain files and sequences arrive, field for field, and leave', async () => {
  const lacks = missingForPython()
  if (lacks !== '') return console.log(`SKIPPED a server in Python: ${lacks} is missing`)
  const site = makeBoard('viam-e2e')
  const server = await startServer(site.folder, 2)
  configureBoard(site, server.port, { tags: ['own'] })
  for (let n = 0; n < TABULAR; n++) {
    const readings = Array.from({ length: 1 + (n % 50) }, (_, part) => reading(n, part))
    put(site.capture, `sensor/s1/Readings/${n}.capture`, captureFile(sensorMetadata(), readings))
  }
  const camera = cameraMetadata({ mimeType: 'image/png', tags: ['x'] })
  const sizeOf = (n: number) => (n < SMALL ? 100 + n * 700 : 1_000_000 + n * 1000)
  for (let n = 0; n < SMALL + LARGE; n++) {
    const sensor = { metadata: times(n), binary: picture(n, sizeOf(n)) }
    put(site.capture, `camera/cam/ReadImage/${n}.capture`, captureFile(camera, [sensor]))
  }
  const plain = new Map<string, Buffer>()
  for (let n = 0; n < PLAIN; n++) {
    const bytes = Buffer.alloc(1 + n * 997 + (n === 0 ? 12 << 20 : 0), `plain ${n} `)
    plain.set(`tag=t${n % 3}/dataset=${n % 2}/f${n}.log`, bytes)
  }
  for (const [name, bytes] of plain) put(site.extra, name, bytes)
  const sequence = {
    start_time: '2026-01-01T00:00:00Z',
    end_time: '2026-01-01T00:00:01Z',
    resources: [],
  }
  for (let n = 0; n < SEQUENCES; n++) {
    const text = JSON.stringify({ ...sequence, sequence_tags: [`s${n}`] })
    put(site.capture, `sequences/${n}.seq`, Buffer.from(text))
  }
  const ran = await once(site)
  expect(ran.err).not.toContain('"level":"error"')
  expect(ran.code).toBe(0)
  expect(ran.err.match(/speaks Viam's protocol only/g)).toHaveLength(1)

  const stored = server.stored()
  expect(stored).toHaveLength(TABULAR + SMALL + LARGE + PLAIN + SEQUENCES)
  const by = (rpc: string) => stored.filter((one) => one.rpc === rpc)
  const tabular = by('DataCaptureUpload').filter(({ metadata }) =>
    metadata.type.includes('TABULAR'),
  )
  const seen = new Set<number>()
  for (const { metadata, readings } of tabular) {
    const index = readings[0].struct.readings.index as number
    seen.add(index)
    expect(readings).toHaveLength(1 + (index % 50))
    for (const [part, one] of readings.entries()) {
      expect(one.struct).toEqual({ readings: { index, part, text: `reading ${index}/${part}` } })
      expect(Date.parse(one.metadata.time_requested)).toBe((index * 100 + part) * 1000)
    }
    const base = {
      part_id: 'robot-7',
      component_type: 'rdk:component:sensor',
      component_name: 's1',
    }
    expect(metadata).toMatchObject({ ...base, method_name: 'Readings', file_extension: '.dat' })
  }
  expect(seen.size).toBe(TABULAR)

  const pictures = stored.filter(({ metadata }) => metadata?.type?.includes('BINARY'))
  const expected = Array.from({ length: SMALL + LARGE }, (_, n) => n)
  const found = pictures.map(({ rpc, number, metadata, readings, sensor }) => {
    const times = sensor ?? readings[0].metadata
    const n = Date.parse(times.time_requested) / 1000
    expect(server.content(number).equals(picture(n, sizeOf(n)))).toBe(true)
    expect(rpc).toBe(sizeOf(n) > 1_000_000 ? 'StreamingDataCaptureUpload' : 'DataCaptureUpload')
    expect(metadata).toMatchObject({ file_extension: '.png', mime_type: 'image/png', tags: ['x'] })
    return Math.floor(n)
  })
  expect(found.sort((a, b) => a - b)).toEqual(expected)

  expect(by('FileUpload')).toHaveLength(PLAIN)
  for (const { number, metadata } of by('FileUpload')) {
    const name = (metadata.file_name as string).slice(site.extra.length + 1)
    expect(server.content(number).equals(plain.get(name) ?? Buffer.alloc(0))).toBe(true)
    const [tag, dataset] = name.split('/').map((part) => part.split('=')[1])
    expect(metadata).toMatchObject({
      type: 'DATA_TYPE_FILE',
      tags: ['own', tag],
      dataset_ids: [dataset],
      file_extension: '.log',
    })
    plain.delete(name)
  }
  expect(plain.size).toBe(0)
  expect(
    by('CreateSequence')
      .map(({ sequence }) => sequence.sequence_tags[0])
      .sort(),
  ).toEqual(['s0', 's1'])
  for (const root of [site.capture, site.extra]) expect([...readTree(root).keys()]).toEqual([])
})

const FILES = 1000
const KILLS = 6
const IN_FLIGHT = 8

test('kill -9 during a sync of 1,000 capture files: nothing lost, only what was in flight twice', async () => {
  const lacks = missingForPython()
  if (lacks !== '') return console.log(`SKIPPED kills with a server in Python: ${lacks} is missing`)
  const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 1e9)
  const random = seededRandom(seed)
  const site = makeBoard('viam-kill')
  const server = await startServer(site.folder, 20)
  configureBoard(site, server.port, { max_files_in_flight: IN_FLIGHT }, { protocol: 'viam' })
  for (let n = 0; n < FILES; n++) {
    const file = captureFile(sensorMetadata(), [reading(n, 0), reading(n, 1)])
    put(site.capture, `sensor/s1/Readings/${n}.capture`, file)
  }
  const countOf = () => server.stored().length
  for (let kill = 0; kill < KILLS; kill++) {
    const before = fs.existsSync(`${site.folder}/out/calls.jsonl`) ? countOf() : 0
    const agent = runAgent(site)
    const aim = before + 20 + Math.floor(random.fraction() * 100)
    await eventually(countOf, (count) => count >= aim)
    await Bun.sleep(random.fraction() * 30)
    agent.kill('SIGKILL')
    await agent.exited
  }
  expect(await once(site)).toMatchObject({ code: 0 })
  const times_ = new Map<string, number>()
  for (const { sha256 } of server.stored()) times_.set(sha256, (times_.get(sha256) ?? 0) + 1)
  const twice = [...times_.values()].reduce((sum, count) => sum + count - 1, 0)
  console.log(
    `TABLE Viam's protocol, ${KILLS} kills, seed ${seed}: ${twice} of ${FILES} came twice`,
  )
  expect(times_.size).toBe(FILES)
  expect(twice).toBeLessThanOrEqual(KILLS * IN_FLIGHT)
  expect([...readTree(site.capture).keys()]).toEqual([])
})
