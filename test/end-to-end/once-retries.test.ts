/** What `ferry run --once` tries again, what it leaves alone, and how it says what is left. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { writeCaptures } from '../fakes/agent.ts'
import { memoryDisk, missingForDisks } from '../fakes/disk.ts'
import {
  configure,
  ferry,
  makeSite,
  once,
  type Site,
  startReceiver,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

async function makeBoard(settings: Record<string, unknown> = {}, board?: string) {
  const folder = temporaryFolder('retries')
  const site = await makeSite(folder, 'robot-7', board === undefined ? {} : { board })
  const receiver = await startReceiver(site.store)
  const set = (more: Record<string, unknown>) => configure(site, receiver.port, more)
  set(settings)
  return { site, receiver, set }
}

const write = ({ board }: Site, name: string) => fs.writeFileSync(`${board}/${name}`, name)

/** Lines of the log that are errors, as they come. */
const errors = (err: string) =>
  err
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level === 'error')

describe('--once tries again', () => {
  test.skipIf(missingForDisks() !== '')(
    'a deletion that failed in an earlier run, once the disk can be written',
    async () => {
      const disk = memoryDisk(`${temporaryFolder('read-only')}/disk`, '1m')
      const { site } = await makeBoard({}, `${disk.path}/board`)
      write(site, 'a')
      disk.remount('ro')
      const first = await once(site)
      expect(first.code).toBe(1)
      expect(errors(first.err)).toMatchObject([
        { message: 'files wait', files: 1, cause: 'cannot be deleted (EROFS)' },
      ])
      expect(errors(first.err)[0].example).toBe(`${site.board}/a`)
      disk.remount('rw')
      expect(await once(site)).toMatchObject({ code: 0 })
      expect(fs.readdirSync(site.board)).not.toContain('a')
    },
    30_000,
  )

  test('a deletion that something passing holds', async () => {
    const { site } = await makeBoard()
    write(site, 'a')
    fs.utimesSync(`${site.board}/a`, 1, 1)
    const writer = fs.openSync(`${site.board}/a`, 'a')
    const running = once(site)
    const sent = () => storedFiles(site).size > 0
    while (!sent()) await Bun.sleep(20)
    await Bun.sleep(300)
    expect(fs.readdirSync(site.board)).toEqual(['a'])
    fs.closeSync(writer)
    expect(await running).toMatchObject({ code: 0 })
    expect(fs.readdirSync(site.board)).toEqual([])
  })

  test('a file that cannot be decoded, once failed/ can be used; its reason does not grow', async () => {
    const { site, set } = await makeBoard()
    const captured = `${site.folder}/captured`
    const [whole = ''] = writeCaptures(captured, 'tabular', 1)
    fs.writeFileSync(`${captured}/bad.capture`, fs.readFileSync(whole).subarray(0, 7))
    fs.symlinkSync('/tmp', `${captured}/failed`)
    set({ capture_dir: captured })
    const held = await once(site)
    expect(held.code).toBe(1)
    const [{ cause }] = errors(held.err)
    expect(cause.match(/failed\/ cannot be used/g)).toHaveLength(1)
    set({ capture_dir: site.board, additional_sync_paths: [] })
    const unwanted = await once(site)
    expect(unwanted.code).toBe(0)
    expect(unwanted.err).toContain('files stay: not in the configuration any more')
    set({ capture_dir: captured })
    fs.unlinkSync(`${captured}/failed`)
    const moved = await once(site)
    expect(moved.code).toBe(1)
    expect(errors(moved.err)).toMatchObject([{ message: 'a file was moved to failed/' }])
    const reason = fs.readFileSync(`${captured}/failed/bad.capture.ferry-reason.json`, 'utf8')
    expect(reason).not.toContain('cannot be used')
    expect(await once(site)).toMatchObject({ code: 0 })
  }, 30_000)

  test('hard links, of which each deletion changes the others', async () => {
    const { site } = await makeBoard()
    write(site, 'a')
    for (const name of ['b', 'c', 'd', 'e', 'f']) {
      fs.linkSync(`${site.board}/a`, `${site.board}/${name}`)
    }
    expect(await once(site)).toMatchObject({ code: 0 })
    expect(fs.readdirSync(site.board)).toEqual([])
  })

  test('a root that is there a moment later', async () => {
    const { site } = await makeBoard()
    fs.renameSync(site.board, `${site.board}-later`)
    write({ ...site, board: `${site.board}-later` }, 'a')
    const running = once(site)
    await Bun.sleep(1000)
    fs.renameSync(`${site.board}-later`, site.board)
    expect(await running).toMatchObject({ code: 0 })
    expect(storedFiles(site).size).toBe(1)
  })
})

test('files of a root that is configured no more are named, and are no failure', async () => {
  const { site, set, receiver } = await makeBoard()
  write(site, 'a')
  await receiver.stop()
  expect((await once(site, '--timeout', '1s')).code).toBe(1)
  const again = await startReceiver(site.store)
  const other = `${site.folder}/other`
  fs.mkdirSync(other)
  set({ additional_sync_paths: [other] })
  configure(site, again.port, { additional_sync_paths: [other] })
  fs.writeFileSync(`${other}/b`, 'b')
  const ran = await once(site)
  expect(ran.code).toBe(0)
  expect(ran.err).toContain('files stay: not in the configuration any more')
  expect(ran.err).toContain(`${site.board}/a`)
  expect(fs.readdirSync(site.board)).toEqual(['a'])
  expect(fs.readdirSync(other)).toEqual([])
}, 20_000)

describe('--once says why it ends with 1', () => {
  test('a root that cannot be looked at; a file that is open for writing', async () => {
    const { site, set } = await makeBoard()
    set({ additional_sync_paths: [site.board, `${site.folder}/none`] })
    write(site, 'a')
    const writer = fs.openSync(`${site.board}/a`, 'a')
    const ran = await once(site)
    fs.closeSync(writer)
    expect(ran.code).toBe(1)
    expect(errors(ran.err)).toMatchObject([
      { message: 'a root could not be looked at', cause: expect.stringContaining('/none') },
      { message: 'files wait', cause: 'a process has it open for writing' },
    ])
  }, 30_000)

  test('the time is over, and what did not answer', async () => {
    const { site, receiver } = await makeBoard()
    await receiver.stop()
    for (const name of ['a', 'b', 'c']) write(site, name)
    const ran = await once(site, '--timeout', '2s')
    expect(ran.code).toBe(1)
    expect(errors(ran.err)).toMatchObject([
      { cause: expect.stringContaining('the time is over: 2') },
      { message: 'files wait', files: 3, cause: expect.stringContaining('ECONNREFUSED') },
    ])
    expect(errors(ran.err)[1].example).toContain(site.board)
    const wrong = await ferry(['run', '--config', site.config, '--once', '--timeout', 'soon'])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('--timeout is a time')
    expect(wrong.err).not.toContain('ferry runs')
  })

  test('files that were moved to failed/', async () => {
    const { site, set } = await makeBoard()
    const captured = `${site.folder}/captured`
    const [whole = ''] = writeCaptures(captured, 'tabular', 1)
    fs.writeFileSync(`${captured}/bad.capture`, fs.readFileSync(whole).subarray(0, 7))
    set({ capture_dir: captured })
    const ran = await once(site)
    expect(ran.code).toBe(1)
    expect(errors(ran.err)).toMatchObject([
      { message: 'a file was moved to failed/', path: `${captured}/bad.capture` },
    ])
    expect(errors(ran.err)[0].cause).not.toBe('')
    expect(await once(site)).toMatchObject({ code: 0 })
  })
})

describe('--once sends and deletes nothing, and says so', () => {
  test.each([
    [{ sync_disabled: true }, 'sync_disabled is true'],
    [{ selective_sync: { file: '/none' } }, 'selective_sync'],
  ])('with %p', async (settings, cause) => {
    const { site, set } = await makeBoard(settings)
    write(site, 'a')
    const ran = await once(site)
    expect(ran.code).toBe(1)
    expect(errors(ran.err)).toMatchObject([
      { message: 'nothing is sent or deleted now', cause: expect.stringContaining(cause) },
    ])
    expect(fs.readdirSync(site.board)).toEqual(['a'])
    expect(storedFiles(site).size).toBe(0)
    set({})
    expect(await once(site)).toMatchObject({ code: 0 })
  })

  test('while it is paused', async () => {
    const { site } = await makeBoard()
    write(site, 'a')
    expect((await ferry(['pause', '--config', site.config])).code).toBe(0)
    const ran = await once(site)
    expect(ran.code).toBe(1)
    expect(errors(ran.err)).toMatchObject([{ cause: 'paused by ferry pause' }])
    expect(fs.readdirSync(site.board)).toEqual(['a'])
    expect((await ferry(['resume', '--config', site.config])).code).toBe(0)
    expect(await once(site)).toMatchObject({ code: 0 })
  })
})
