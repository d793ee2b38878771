/** Every row of the fault table about files and names, on the executable. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  eventually,
  once,
  readTree,
  runAgent,
  startSite,
  status,
  storedFiles,
  storedName,
} from '../fakes/ferry.ts'

describe('names', () => {
  test('of every kind arrive and are told apart', async () => {
    const { site } = await startSite('names')
    const names = [
      'with space',
      'new\nline',
      '100%',
      '%25',
      '.hidden',
      '..',
      'ü',
      '-rf',
      'a\\b',
      'x'.repeat(255),
      `${'x'.repeat(254)}y`,
      'CON',
      'trailing.',
      ' leading',
      '\xff\xfe',
      '\x01\x7f',
    ].filter((name) => name !== '..')
    for (const name of names) {
      const path = Buffer.concat([Buffer.from(`${site.board}/`), Buffer.from(name, 'latin1')])
      fs.writeFileSync(path, name, 'latin1')
    }
    expect(await once(site)).toMatchObject({ code: 0 })
    const stored = storedFiles(site)
    expect(stored.size).toBe(names.length)
    for (const name of names) expect(stored.get(storedName(name))?.toString('latin1')).toBe(name)
  })

  test('two roots with equal relative paths keep apart', async () => {
    const { site } = await startSite('roots')
    const second = `${site.folder}/second`
    fs.mkdirSync(second)
    const document = JSON.parse(fs.readFileSync(site.config, 'utf8'))
    fs.writeFileSync(
      site.config,
      JSON.stringify({ ...document, additional_sync_paths: [site.board, second] }),
    )
    fs.writeFileSync(`${site.board}/same`, 'first')
    fs.writeFileSync(`${second}/same`, 'second')
    expect(await once(site)).toMatchObject({ code: 0 })
    const all = readTree(`${site.store}/${site.device}/files${site.folder}`)
    expect(all.get('board/same')?.toString()).toBe('first')
    expect(all.get('second/same')?.toString()).toBe('second')
  })

  test('a file that becomes a directory, and the other way round', async () => {
    const { site } = await startSite('becomes')
    fs.writeFileSync(`${site.board}/x`, 'file')
    expect(await once(site)).toMatchObject({ code: 0 })
    fs.mkdirSync(`${site.board}/x`)
    fs.writeFileSync(`${site.board}/x/inner`, 'inner')
    expect(await once(site)).toMatchObject({ code: 0 })
    fs.rmdirSync(`${site.board}/x`)
    fs.writeFileSync(`${site.board}/x`, 'file again')
    expect(await once(site)).toMatchObject({ code: 0 })
    const contents = [...storedFiles(site).values()].map(String).sort()
    expect(contents).toEqual(['file', 'file again', 'inner'])
  })
})

describe('kinds', () => {
  test('links, fifos, sockets and devices are left alone, with a reason', async () => {
    const { site } = await startSite('kinds')
    const secret = `${site.folder}/secret`
    fs.writeFileSync(secret, 'secret')
    fs.symlinkSync(secret, `${site.board}/link`)
    fs.symlinkSync(site.folder, `${site.board}/dirlink`)
    Bun.spawnSync(['mkfifo', `${site.board}/fifo`])
    const isRoot = Bun.spawnSync(['mknod', `${site.board}/device`, 'c', '1', '3']).success
    fs.writeFileSync(`${site.board}/plain`, 'x')
    runAgent(site)
    const seen = await eventually(
      () => status(site),
      (one) => one?.totals.deleted === 1,
    )
    const reasons = seen.waiting.map((one: { reason: string }) => one.reason).sort()
    expect(reasons).toEqual(['a device', 'a named pipe', 'a symbolic link'].slice(isRoot ? 0 : 1))
    expect(fs.readFileSync(secret, 'utf8')).toBe('secret')
    expect(fs.readdirSync(site.board)).toContain('link')
    expect(storedFiles(site).size).toBe(1)
  })

  test('hard links arrive under each name; empty and sparse files as they are', async () => {
    const { site } = await startSite('links')
    fs.writeFileSync(`${site.board}/a`, 'linked')
    fs.linkSync(`${site.board}/a`, `${site.board}/b`)
    fs.writeFileSync(`${site.board}/empty`, '')
    fs.writeFileSync(`${site.board}/sparse`, '')
    fs.truncateSync(`${site.board}/sparse`, 5_000_000)
    // Deleting one name changes the times of the other, which so becomes another version.
    expect(await once(site)).toMatchObject({ code: 0 })
    const stored = storedFiles(site)
    expect([...stored.keys()].sort()).toEqual(['a', 'b', 'empty', 'sparse'])
    expect(stored.get('sparse')?.equals(Buffer.alloc(5_000_000))).toBe(true)
    expect(fs.readdirSync(site.board)).toEqual([])
  })
})
