/** Captured data from the board to the store, by both protocols: live writers, damage, and what is put back. */
import { afterEach, describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { storedCaptures, writeCaptures } from '../fakes/agent.ts'
import {
  BINARY,
  cameraMetadata,
  captureFile,
  readings,
  sensorMetadata,
} from '../fakes/capture-file.ts'
import {
  configure,
  eventually,
  ferry,
  makeSite,
  once,
  readTree,
  runAgent,
  type Site,
  startReceiver,
  status,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const writers: Bun.Subprocess[] = []
afterEach(async () => {
  for (const writer of writers.splice(0)) {
    writer.kill('SIGKILL')
    await writer.exited
  }
})

interface Setup {
  readonly site: Site
  readonly port: number
}

async function setUp(settings: Record<string, unknown> = {}): Promise<Setup> {
  const site = await makeSite(temporaryFolder('captured'))
  const { port } = await startReceiver(site.store)
  configure(site, port, { capture_dir: site.board, additional_sync_paths: [], ...settings })
  return { site, port }
}

/** A program that opens the file, and adds a record to it now and then, until it is killed. */
function slowWriter(path: string, start: Buffer, record: Buffer, everyMs: number): Bun.Subprocess {
  fs.writeFileSync(`${path}.start`, start)
  fs.writeFileSync(`${path}.record`, record)
  const script = `
    const fs = require('fs')
    const fd = fs.openSync(process.argv[1], 'w')
    fs.writeSync(fd, fs.readFileSync(process.argv[1] + '.start'))
    const record = fs.readFileSync(process.argv[1] + '.record')
    fs.unlinkSync(process.argv[1] + '.start')
    fs.unlinkSync(process.argv[1] + '.record')
    setInterval(() => fs.writeSync(fd, record), ${everyMs})`
  const writer = Bun.spawn([process.execPath, '-e', script, path], { stdin: 'ignore' })
  writers.push(writer)
  return writer
}

const start = captureFile(sensorMetadata(), [])
const record = captureFile(sensorMetadata(), readings(1)).subarray(start.length)

describe('a live writer', () => {
  test('slower than the quiet time keeps its file while Ferry is restarted, and loses no reading', async () => {
    const { site } = await setUp({ sync_interval_mins: 0.002 })
    const path = `${site.board}/slow.prog`
    const writer = slowWriter(path, start, record, 700)
    await eventually(
      () => fs.existsSync(path) && fs.statSync(path).size > start.length,
      (grew) => grew,
    )
    for (let round = 0; round < 3; round++) {
      const agent = runAgent(site)
      await eventually(
        () => status(site),
        (one) =>
          one?.waiting.some(({ reason }: { reason: string }) => reason.includes('has open')) ||
          one?.last_look?.count > 15,
      )
      expect(fs.readdirSync(site.board)).toEqual(['slow.prog'])
      agent.kill('SIGKILL')
      await agent.exited
    }
    await eventually(
      () => fs.statSync(path).size,
      (bytes) => bytes >= start.length + 3 * record.length,
    )
    writer.kill('SIGKILL')
    await writer.exited
    const records = (fs.statSync(path).size - start.length) / record.length
    runAgent(site)
    await eventually(
      () => fs.readdirSync(site.board),
      (names) => names.length === 0,
    )
    expect(storedCaptures(site)).toHaveLength(records)
    expect(records).toBeGreaterThan(2)
  })
})

const PROTOCOLS = ['ferry', 'viam'] as const

describe.each(PROTOCOLS)('by the protocol %s', (protocol) => {
  test('readings and payloads come to stand the same way', async () => {
    const { site } = await setUp({ destination: { protocol } })
    writeCaptures(site.board, 'tabular', 4)
    const folder = `${site.board}/rdk_component_camera/cam/ReadImage`
    fs.mkdirSync(folder, { recursive: true })
    const image = captureFile(cameraMetadata({ mimeType: 'image/png' }), [
      { binary: Buffer.alloc(1_500_000, 'pixel') },
    ])
    fs.writeFileSync(`${folder}/a.capture`, image)
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(
      fs.readdirSync(site.board, { recursive: true }).filter((n) => `${n}`.endsWith('.capture')),
    ).toEqual([])
    const tree = readTree(`${site.store}/${site.device}`)
    const names = [...tree.keys()].filter((name) => !name.startsWith('meta/'))
    const [payload = '', ...more] = names.filter((name) => name.endsWith('.png'))
    expect(more).toEqual([])
    expect(payload).toStartWith(
      `binary/part_id=${site.device}/component_name=cam/method_name=ReadImage/`,
    )
    expect(tree.get(payload)?.equals(Buffer.alloc(1_500_000, 'pixel'))).toBe(true)
    const sidecar = JSON.parse(tree.get(`${payload}.json`)?.toString() ?? '{}')
    expect(sidecar).toMatchObject({ file_ext: '.png', file_size_bytes: 1_500_000 })
    const rows = names.filter((name) => name.endsWith('.ndjson'))
    expect(rows).toHaveLength(4)
    for (const name of rows) {
      expect(name).toStartWith(
        `tabular/part_id=${site.device}/component_name=s1/method_name=Readings/date=`,
      )
    }
    expect(names).toHaveLength(6)
  })

  test('what cannot be decoded goes to failed/ with its reason, blocks nothing, and is put back by retry', async () => {
    const { site } = await setUp({ destination: { protocol } })
    const whole = captureFile(cameraMetadata(), [{ binary: Buffer.alloc(5000, 'p') }])
    const bad: Record<string, Buffer> = {
      'a/b/cut.capture': whole.subarray(0, whole.length - 100),
      'a/b/empty.capture': Buffer.alloc(0),
      'a/b/mixed.capture': captureFile(sensorMetadata(), [
        ...readings(1),
        { binary: Buffer.from('x') },
      ]),
      'a/b/other.capture': captureFile({ ...sensorMetadata(), type: BINARY }, readings(2)),
    }
    for (const [name, bytes] of Object.entries(bad)) {
      fs.mkdirSync(`${site.board}/a/b`, { recursive: true })
      fs.writeFileSync(`${site.board}/${name}`, bytes)
    }
    fs.writeFileSync(`${site.board}/a/b/nothing.capture`, start)
    fs.writeFileSync(
      `${site.board}/a/b/torn.capture`,
      Buffer.concat([start, record, record.subarray(0, 9)]),
    )
    writeCaptures(site.board, 'tabular', 3)
    const ran = await once(site)
    expect(ran.code).toBe(1)
    const left = readTree(site.board)
    for (const [name, bytes] of Object.entries(bad)) {
      expect(left.get(`failed/${name}`)?.equals(bytes)).toBe(true)
      const reason = JSON.parse(left.get(`failed/${name}.ferry-reason.json`)?.toString() ?? '{}')
      expect(reason.path).toBe(`${site.board}/${name}`)
      expect(reason.reason.length).toBeGreaterThan(10)
    }
    expect(left.size).toBe(2 * Object.keys(bad).length)
    expect(storedCaptures(site)).toHaveLength(4)
    expect((await status(site)).totals.quarantined).toBe(4)
    fs.writeFileSync(`${site.board}/failed/a/b/cut.capture`, whole)
    const retried = await ferry(['retry', '--config', site.config])
    expect(retried.out).toContain('4 files put back')
    expect(await once(site)).toMatchObject({ code: 1 })
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(storedCaptures(site)).toHaveLength(5)
    expect([...readTree(site.board).keys()].filter((name) => name.includes('cut'))).toEqual([])
  })
})
