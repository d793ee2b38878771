/** Hostile bytes for what reads files: capture files, at both ends, and configurations. */
import { test } from 'bun:test'
import * as fs from 'node:fs'
import * as fc from 'fast-check'
import { isWellFormed, readField, STRUCT_SHAPE } from '../../src/capture/framing.ts'
import { readCapture } from '../../src/capture/read-capture.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { ConfigError, Undecodable } from '../../src/errors.ts'
import type { Spill } from '../../src/receive/captured/output.ts'
import { unpackCapture } from '../../src/receive/captured/unpack.ts'
import { Refusal } from '../../src/receive/incoming.ts'
import {
  BINARY,
  captureFile,
  reading,
  readOf,
  TABULAR,
  times,
  toStruct,
} from '../fakes/capture-file.ts'
import { damaged, fuzz } from '../fakes/fuzz.ts'
import { machineWith, parse } from '../fakes/machine.ts'

const values = { a: 1, b: [null, true, 'x', { deep: [[[]]] }] }
const struct = toStruct({ readings: values })
const metadata = { componentName: 'c', methodName: 'Readings', fileExtension: '.dat' }
const picture = { image: 'AAAA', mime_type: 'image/jpeg' }
const CAPTURES = [
  captureFile(
    { ...metadata, type: TABULAR },
    [1, 2, 3].map((n) => ({ metadata: times(n), struct })),
  ),
  captureFile({ ...metadata, type: BINARY }, [
    { metadata: times(1), binary: Buffer.alloc(300, 'x') },
    { metadata: times(2), binary: Buffer.alloc(0) },
  ]),
  captureFile({ ...metadata, type: BINARY, methodName: 'GetImages' }, [
    { metadata: times(1), struct: toStruct({ images: [picture, picture] }) },
  ]),
  captureFile({ ...metadata, type: TABULAR }, []),
]
const raw = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes))
const captures = fc.oneof({ weight: 4, arbitrary: damaged(CAPTURES) }, raw)

test('the frames of any bytes are read or refused', async () => {
  const readings = [reading({ metadata: times(1), struct }), reading({ struct })]
  await fuzz('frames', {
    share: 0.25,
    one: fc.oneof(damaged(readings), raw),
    meant: [Undecodable],
    attempt(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const field = readField(bytes, at)
        if (field === undefined) break
        at = field.start + field.sizeBytes
      }
      const whole = { offsetBytes: 0, sizeBytes: bytes.length }
      if (!isWellFormed(bytes, whole, STRUCT_SHAPE)) throw new Undecodable('no struct')
    },
  })
})

test('any capture file is read or refused by the agent', async () => {
  await fuzz('capture files at the agent', {
    share: 0.25,
    one: captures,
    meant: [Undecodable],
    async attempt(bytes) {
      const file = await readCapture(readOf(bytes), bytes.length)
      for await (const record of file.read())
        if (record.framed.sizeBytes > bytes.length) throw record
    },
  })
})

const noSpill: Spill = {
  append() {
    throw new Error('so little is held in memory')
  },
  turn: async () => {},
}

test('any capture file is taken apart or refused by the receiver', async () => {
  const beside = { partId: 'p', tags: [], datasetIds: [] }
  const arrival = { id: '0'.repeat(64), name: '0'.repeat(49), storedAt: '' }
  await fuzz('capture files at the receiver', {
    share: 0.1,
    one: captures,
    meant: [Undecodable, Refusal],
    async attempt(bytes) {
      const read = (at: number, length: number) => bytes.subarray(at, at + length)
      const source = { sizeBytes: bytes.length, read }
      const outputs = await unpackCapture(source, beside, arrival, noSpill)
      for (const { content } of outputs) if (!('staged' in content)) Buffer.concat([...content])
    },
  })
})

const odd = fc.constantFrom<unknown>(
  ...[null, true, -1, 0, 1e308, 0.1, '', '/data', '../x', 'a\0b', '64MiB', '30s', '~/x', '\ud800'],
  ...['grpcs://h:1', 'http://h', 'file:///data', [], {}, [[]], ['/data', 7], { url: 'grpcs://h' }],
  ...[{ __proto__: 1 }, { name: 's', key: 7 }, 'constructor', '__proto__', '9'.repeat(400)],
)
const keys = fc.oneof(
  fc.constantFrom<string>(...SETTINGS.map(({ key }) => key)),
  fc.constantFrom('services', 'components', 'cloud', '__proto__', 'toString', 'capture_dirr'),
)
const settings = fc.uniqueArray(fc.tuple(keys, odd), { maxLength: 3, selector: ([key]) => key })
const documents = settings.map((entries) => ({
  ...{ device: 'd', destination: { url: 'grpcs://h:1' }, additional_sync_paths: ['/r'] },
  ...Object.fromEntries(entries),
}))
const viamDocuments = fc.tuple(settings, odd, odd).map(([entries, cloud, components]) => ({
  services: [
    { name: 'd', api: 'rdk:service:data_manager', attributes: Object.fromEntries(entries) },
  ],
  cloud: cloud === null ? { id: 'i', secret: 's', app_address: 'https://a' } : cloud,
  components,
}))
const EXAMPLES = ['packaging/ferry.example.json', 'test/fixtures/viam-configs'].flatMap((path) =>
  fs.statSync(path).isFile()
    ? [fs.readFileSync(path)]
    : fs.readdirSync(path).map((name) => fs.readFileSync(`${path}/${name}`)),
)

test.each([
  ['settings of Ferry', documents.map((one) => JSON.stringify(one)), 0.06],
  ["settings of Viam's", viamDocuments.map((one) => JSON.stringify(one)), 0.06],
  ['damaged texts', damaged(EXAMPLES).map(String), 0.03],
] as const)('any configuration is taken or refused: %s', async (name, texts, share) => {
  await fuzz(name, { share, one: texts, meant: [ConfigError], attempt: (text) => parse(text) })
})

test("any configuration of viam-server's is taken or refused", async () => {
  await fuzz("viam-server's configurations", {
    share: 0.05,
    one: viamDocuments,
    meant: [ConfigError],
    attempt(document) {
      const destination = { url: 'grpcs://h:1' }
      const { read, exists } = machineWith({ '/etc/viam.json': document })
      parse({ destination, device: 'd', viam_config: '/etc/viam.json' }, { read, exists })
    },
  })
})
