/** What an earlier program left in a capture directory, and files for Viam's datasets. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { contentsOf, filesIn, gone, storedCaptures, writeCaptures } from '../fakes/agent.ts'
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
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const PROTOCOLS = ['ferry', 'viam'] as const
type Settings = Record<string, unknown>

async function setUp(settings: Settings): Promise<{ site: Site; set: (more: Settings) => void }> {
  const site = await makeSite(temporaryFolder('left'))
  const { port } = await startReceiver(site.store)
  const set = (more: Settings) =>
    configure(site, port, { capture_dir: site.board, additional_sync_paths: [], ...more })
  set(settings)
  return { site, set }
}

describe.each(PROTOCOLS)('by the protocol %s', (protocol) => {
  test.each([
    ['A13', 'tabular'],
    ['A14', 'binary'],
  ] as const)(
    '%s %s files that were left are sent once each, and the directory is empty',
    async (_, kind) => {
      const { site } = await setUp({ destination: { protocol } })
      const sent = contentsOf(kind, writeCaptures(site.board, kind, 9))
      expect(await once(site)).toMatchObject({ code: 0 })
      expect(storedCaptures(site)).toEqual(sent.sort())
      expect(filesIn(site.board)).toEqual([])
      expect(await once(site)).toMatchObject({ code: 0 })
      expect(storedCaptures(site)).toEqual(sent.sort())
    },
  )

  test.each([
    ['A34', 'by schedule', false],
    ['A35', 'by hand', true],
  ] as const)(
    '%s a picture for a dataset and a plain file, %s: two uploads with their words',
    async (_, __, isByHand) => {
      const { site } = await setUp({ destination: { protocol }, sync_disabled: isByHand })
      const folder = `${site.board}/datasetUpload/dataset=dataset1/tag=tag1`
      fs.mkdirSync(folder, { recursive: true })
      fs.writeFileSync(`${folder}/4c8e.png`, 'hi')
      fs.writeFileSync(`${site.board}/some_file_name.txt`, 'plain')
      const agent = runAgent(site)
      await eventually(() => fs.existsSync(`${site.folder}/state/control.sock`), Boolean)
      if (isByHand) {
        const synced = await ferry(['sync', '--config', site.config, '--wait', '--timeout', '20s'])
        expect(synced.err).toBe('')
      } else await gone(site.board)
      agent.kill('SIGKILL')
      const tree = readTree(`${site.store}/${site.device}/files${site.board}`)
      expect([...tree.keys()].sort()).toEqual([
        'datasetUpload/dataset=dataset1/tag=tag1/4c8e.png',
        'some_file_name.txt',
      ])
      const meta = readTree(`${site.store}/${site.device}/meta`)
      const documents = [...meta]
        .filter(([name]) => /^(receipts|requests)\//.test(name))
        .map(([, bytes]) => JSON.parse(bytes.toString()))
      const picture = documents.find(({ path }) => path?.endsWith('.png'))
      expect(picture).toMatchObject({ tags: ['tag1'], dataset_ids: ['dataset1'] })
      expect(documents).toHaveLength(2)
    },
  )
})

test('O7 a capture directory that is a link is followed; links within it are not, and say so', async () => {
  const real = temporaryFolder('real')
  const { site, set } = await setUp({})
  fs.symlinkSync(real, `${site.folder}/link`)
  set({ capture_dir: `${site.folder}/link` })
  writeCaptures(real, 'tabular', 2)
  const elsewhere = temporaryFolder('elsewhere')
  fs.writeFileSync(`${elsewhere}/private`, 'private')
  fs.symlinkSync(elsewhere, `${real}/directory`)
  fs.symlinkSync(`${elsewhere}/private`, `${real}/file`)
  expect(await once(site)).toMatchObject({ code: 0 })
  expect(storedCaptures(site)).toHaveLength(2)
  expect(fs.readdirSync(real).sort()).toEqual(['directory', 'file', 'rdk_component_sensor'])
  expect(fs.readFileSync(`${elsewhere}/private`, 'utf8')).toBe('private')
  const dry = await ferry(['run', '--dry-run', '--config', site.config])
  expect(dry.out.match(/a symbolic link/g)).toHaveLength(2)
})

test('A40 sync that becomes disabled at a reload stops: what comes then stays', async () => {
  const { site, set } = await setUp({})
  const agent = runAgent(site)
  writeCaptures(site.board, 'tabular', 1)
  await gone(site.board)
  set({ sync_disabled: true })
  agent.kill('SIGHUP')
  await eventually(
    () => ferry(['status', '--json', '--config', site.config]),
    ({ out }) => JSON.parse(out || '{}').paused === true,
  )
  writeCaptures(site.board, 'tabular', 3)
  await Bun.sleep(1500)
  expect(filesIn(site.board)).toHaveLength(3)
  expect(storedCaptures(site)).toHaveLength(1)
})
