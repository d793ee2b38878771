/** Viam's own SDKs upload by every method that they have, twice. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { createSystemRandom } from '../../src/system/random.ts'
import { query, rowsGlob } from '../fakes/duck.ts'
import { addKey, makeSite, type Site, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { stored } from '../fakes/viam.ts'
import { type Installed, installPythonSdk, installTypeScriptSdk } from './installing.ts'

/** More than a window and fewer than a message may have. */
const LARGE_BYTES = 9_000_001
const DATE = '2026-08-21'
const PICTURES = 'binary/part_id=part-1/component_name=cam/method_name=GetImages'

interface Sdk {
  readonly name: string
  readonly install: () => Installed
  readonly scheme: (isSecure: boolean) => string
  /** Payloads by the name of the upload, but for those that are the large content. */
  readonly payloads: Readonly<Record<string, string>>
  readonly large: readonly string[]
  /** Plain files of the large content. */
  readonly files: readonly string[]
  readonly sequences: number
}

const SDKS: readonly Sdk[] = [
  {
    name: 'Python',
    install: () => installPythonSdk(join(import.meta.dir, 'python_sdk.py')),
    scheme: (isSecure) => (isSecure ? '' : 'http://'),
    payloads: { picture: 'picture', undated: 'undated' },
    large: ['large', 'streamed'],
    files: ['named.txt', 'content.tar.gz'],
    sequences: 1,
  },
  {
    name: 'TypeScript',
    install: () => installTypeScriptSdk(join(import.meta.dir, 'typescript-sdk.mjs')),
    scheme: (isSecure) => (isSecure ? 'https://' : 'http://'),
    payloads: { picture: 'picture' },
    large: ['large'],
    files: ['named.txt'],
    sequences: 0,
  },
]

type Answers = Record<string, string>

async function run(command: readonly string[], caFile: string): Promise<Answers> {
  const child = Bun.spawn([...command], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, SSL_CERT_FILE: caFile, NODE_EXTRA_CA_CERTS: caFile },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) throw new Error(err)
  return JSON.parse(out)
}

async function checkRows({ store }: Site): Promise<void> {
  const rows = await query(
    `select time_requested, tags, data.readings.value::int as value, data.readings.on as "on"
     from read_ndjson(${rowsGlob(store)}, columns = {time_requested: 'varchar', tags: 'varchar[]',
     data: 'struct(readings struct(value double, "on" boolean))'}) order by value`,
  )
  const row = { time_requested: `${DATE}T10:00:00.000000000Z`, tags: ['peer'], on: true }
  expect(rows).toEqual([0, 1, 2].map((value) => ({ ...row, value })))
}

/** Each payload stands beside a sidecar of the id that was answered. */
function checkPayloads(site: Site, sdk: Sdk, answers: Answers, content: Buffer): void {
  const all = stored(site.store, site.device)
  const sidecars = [...all].filter(([name]) => name.startsWith(PICTURES) && name.endsWith('.json'))
  const found = sidecars.map(([name, bytes]) => {
    const { id, sha256, file_size_bytes } = JSON.parse(bytes.toString())
    const payload = all.get(name.replace(/\.json$/, '')) ?? Buffer.alloc(0)
    expect(new Bun.CryptoHasher('sha256').update(payload).digest('hex')).toBe(sha256)
    expect(payload.length).toBe(file_size_bytes)
    return [id, payload.equals(content) ? 'large' : payload.toString()]
  })
  const wanted = [
    ...Object.entries(sdk.payloads).map(([name, content]) => [answers[name], content]),
    ...sdk.large.map((name) => [answers[name], 'large']),
  ]
  expect(found.sort()).toEqual(wanted.sort() as string[][])
}

function checkFiles(site: Site, sdk: Sdk, answers: Answers, content: Buffer): void {
  const all = [...stored(site.store, site.device)]
  const files = all.filter(([name]) => name.startsWith('files/'))
  const wanted = [...sdk.files, answers['unnamed']].map((name) => `files/uploads/${name}`)
  expect(files.map(([name]) => name).sort()).toEqual(wanted.sort())
  for (const [, bytes] of files) expect(bytes.length === 0 || bytes.equals(content)).toBe(true)
  expect(files.filter(([, bytes]) => bytes.length === 0)).toHaveLength(1)
  const sequences = all.filter(([name]) => name.startsWith('sequences/'))
  expect(sequences).toHaveLength(sdk.sequences)
}

async function uploadTwice(sdk: Sdk, command: readonly string[], isSecure: boolean) {
  const site = await makeSite(temporaryFolder('sdk'))
  const [id = '', secret = ''] = (await addKey(site)).split('.')
  const receiver = await startReceiver(site.store, isSecure ? [] : ['--plaintext'])
  const content = Buffer.alloc(LARGE_BYTES, createSystemRandom().bytes(1009))
  fs.writeFileSync(`${site.folder}/content.tar.gz`, content)
  const address = `${sdk.scheme(isSecure)}localhost:${receiver.port}`
  const whole = [...command, address, id, secret, `${site.folder}/content.tar.gz`]
  const caFile = `${site.store}/.ferry/ca.pem`
  const first = await run(whole, caFile)
  const before = stored(site.store, site.device)
  await checkRows(site)
  checkPayloads(site, sdk, first, content)
  checkFiles(site, sdk, first, content)
  expect(await run(whole, caFile)).toEqual(first)
  const after = stored(site.store, site.device)
  expect([...after.keys()]).toEqual([...before.keys()])
  for (const [name, bytes] of after)
    expect(bytes.equals(before.get(name) ?? Buffer.of())).toBe(true)
  console.log(`TABLE ${sdk.name} SDK, TLS ${isSecure}: ${Object.keys(first).length} uploads, twice`)
}

for (const sdk of SDKS) {
  test(`the ${sdk.name} SDK uploads by every method, and a second time adds nothing`, async () => {
    const installed = sdk.install()
    if ('why' in installed) {
      console.log(`SKIPPED the ${sdk.name} SDK: ${installed.why}`)
      return
    }
    await uploadTwice(sdk, installed.command, true)
    await uploadTwice(sdk, installed.command, false)
  }, 600_000)
}
