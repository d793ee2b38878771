/** A client of Viam's services that is not ours: Python, with stubs from proto/. */
import { expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { countRows } from '../fakes/duck.ts'
import { addKey, ferry, makeSite, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { stored, viamClient } from '../fakes/viam.ts'
import { PATHS, tabularRequest } from '../fakes/viam-messages.ts'

const PYTHON = '/usr/bin/python3'
const PLUGIN = '/usr/bin/grpc_python_plugin'
const CLIENT = join(import.meta.dir, '../fakes/viam_client.py')

function missing(): string {
  if (!fs.existsSync(PLUGIN)) return 'no grpc_python_plugin'
  if (spawnSync('protoc', ['--version']).status !== 0) return 'no protoc'
  const imports = spawnSync(PYTHON, ['-c', 'import grpc, google.protobuf'])
  return imports.status === 0 ? '' : 'no grpcio for Python'
}

function makeStubs(folder: string): string {
  const stubs = `${folder}/stubs`
  fs.mkdirSync(stubs)
  const protos = ['viam-datasync', 'viam-data', 'viam-auth'].map((name) => `proto/${name}.proto`)
  const flags = ['-Iproto', '-I/usr/include', `--python_out=${stubs}`, `--grpc_python_out=${stubs}`]
  const plugin = `--plugin=protoc-gen-grpc_python=${PLUGIN}`
  const { status, stderr } = spawnSync('protoc', [...flags, plugin, ...protos])
  if (status !== 0) throw new Error(stderr.toString())
  return stubs
}

async function runClient(args: readonly string[]): Promise<Record<string, unknown>> {
  const child = Bun.spawn([PYTHON, CLIENT, ...args], { stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) throw new Error(err)
  return JSON.parse(out)
}

test('a Python client logs in and uploads by each method, once and twice', async () => {
  const why = missing()
  if (why !== '') {
    console.log(`SKIPPED a Python client: ${why}`)
    return
  }
  const site = await makeSite(temporaryFolder('python'))
  const key = await addKey(site)
  const [id = '', secret = ''] = key.split('.')
  const receiver = await startReceiver(site.store)
  const stubs = makeStubs(site.folder)
  const caFile = `${site.store}/.ferry/ca.pem`
  const answers = await runClient([stubs, `localhost:${receiver.port}`, caFile, id, secret])
  const { first, second, wrong, outside } = answers as Record<string, string[]>
  expect(wrong as unknown).toBe('UNAUTHENTICATED')
  expect(outside as unknown).toBe('INVALID_ARGUMENT')
  expect(new Set(first).size).toBe(6)
  expect(second).toEqual(first ?? [])
  const names = [...stored(site.store, site.device).keys()].map((name) =>
    name.replace(/[0-9a-f]{32}/, 'ID'),
  )
  const at = 'part_id=part-1/component_name=s1/method_name=Readings/date=2026-08-21'
  expect(names).toEqual(
    [
      `binary/${at}/2026-08-21T10_00_00.000000000Z-ID.jpg`,
      `binary/${at}/2026-08-21T10_00_00.000000000Z-ID.jpg.json`,
      `binary/${at}/2026-08-21T10_00_00.000000000Z-ID.mp4`,
      `binary/${at}/2026-08-21T10_00_00.000000000Z-ID.mp4.json`,
      'files/data/log.bin',
      'files/uploads/report.bin',
      'sequences/ID.json',
      `tabular/${at}/ID.ndjson`,
    ].sort(),
  )
  expect(await countRows(site.store)).toEqual({ rows: 3, distinct: 3 })
  await receiver.stop('SIGTERM')
  const merged = await ferry(['merge', '--store', site.store])
  expect(merged).toMatchObject({ code: 0, out: 'merged 0 files into 0\n' })
}, 60_000)

test("ferry keys add tells what a program with Viam's SDK needs", async () => {
  const site = await makeSite(temporaryFolder('python'))
  const { out } = await ferry(['keys', 'add', 'robot-8', '--keys', `${site.store}/.ferry/keys`])
  const [, id, secret] = /^key: +([^.]+)\.(.+)$/m.exec(out) ?? []
  expect(out).toMatch(new RegExp(`^api key id: +${id}$`, 'm'))
  expect(out).toMatch(new RegExp(`^api key: +${secret}$`, 'm'))
})

test('ferry merge works on a store that no receiver has, and refuses one that it has', async () => {
  const site = await makeSite(temporaryFolder('merging'))
  const receiver = await startReceiver(site.store, ['--plaintext', '--no-keys'])
  const client = viamClient(`127.0.0.1:${receiver.port}`, '')
  for (const value of [0, 1, 2]) {
    expect((await client.unary(PATHS.capture, tabularRequest([value]))).status).toBe('OK')
  }
  client.close()
  const refused = await ferry(['merge', '--store', site.store])
  expect(refused.code).toBe(78)
  expect(refused.err).toContain('in use by another receiver')
  await receiver.stop('SIGTERM')
  const merged = await ferry(['merge', '--store', site.store])
  expect(merged).toMatchObject({ code: 0, out: 'merged 3 files into 1\n' })
  expect(stored(site.store, 'anonymous').size).toBe(1)
  expect(await countRows(site.store)).toEqual({ rows: 3, distinct: 3 })
})
