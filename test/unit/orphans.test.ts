/** Capture files that a crash left unfinished: taken up once for each start, and never from a live writer. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { createOrphans } from '../../src/scan/orphans.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { scanner } from '../fakes/scanner.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const QUIET_MS = 40
const posix = createPosixFiles()

function captureFolder(files: Record<string, string>): string {
  const root = temporaryFolder('capture')
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ''), { recursive: true })
    fs.writeFileSync(`${root}/${name}`, content)
  }
  return root
}

async function twoLooks(scan: ReturnType<typeof scanner>) {
  await scan.look()
  await Bun.sleep(QUIET_MS + 20)
  return await scan.look()
}

const capture = { isCapture: true }
const standing = (root: string, name: string) => fs.existsSync(`${root}/${name}`)

describe('an orphan', () => {
  test('B23 at the top of the capture directory becomes a .capture file', async () => {
    const root = captureFolder({ 'a.prog': 'left' })
    const scan = scanner(root, capture, QUIET_MS)
    await twoLooks(scan)
    expect(scan.names()).toEqual(['a.capture'])
    expect(fs.readFileSync(`${root}/a.capture`, 'utf8')).toBe('left')
    expect(standing(root, 'a.prog')).toBe(false)
  })

  test('B24 nested in api, name and method becomes a .capture file', async () => {
    const name = 'rdk_component_sensor/s1/Readings/2026-08-22T10_00_00.123456+02_00'
    const root = captureFolder({ [`${name}.prog`]: 'left' })
    const scan = scanner(root, capture, QUIET_MS)
    await twoLooks(scan)
    expect(scan.names()).toEqual([`${name}.capture`])
  })

  test('B25 that changed since the start has a live writer and is left alone', async () => {
    const root = captureFolder({ 'a.prog': 'live' })
    const scan = scanner(root, capture, QUIET_MS)
    await scan.look()
    fs.appendFileSync(`${root}/a.prog`, ' more')
    await twoLooks(scan)
    await twoLooks(scan)
    expect(scan.names()).toEqual([])
    expect(standing(root, 'a.prog')).toBe(true)
  })

  test('B26 .capture, .progseq and plain files stay as they are', async () => {
    const root = captureFolder({
      'b.capture': 'b',
      'sequences/s.progseq': '{}',
      'plain.txt': 'plain',
    })
    const scan = scanner(root, capture, QUIET_MS)
    await twoLooks(scan)
    expect(fs.readdirSync(root).sort()).toEqual(['b.capture', 'plain.txt', 'sequences'])
    expect(fs.readdirSync(`${root}/sequences`)).toEqual(['s.progseq'])
    expect(scan.names().sort()).toEqual(['b.capture', 'plain.txt'])
  })

  test('B27 in failed/ is left alone; in datasetUpload/ too', async () => {
    const root = captureFolder({ 'failed/a/b.prog': 'x', 'datasetUpload/c.prog': 'x' })
    const scan = scanner(root, capture, QUIET_MS)
    await twoLooks(scan)
    expect(standing(root, 'failed/a/b.prog')).toBe(true)
    expect(standing(root, 'datasetUpload/c.prog')).toBe(true)
    expect(scan.names()).toEqual([])
  })

  test('B28 a capture directory that is missing is reported, nothing more', async () => {
    const root = `${temporaryFolder('gone')}/none`
    const figures = await scanner(root, capture, QUIET_MS).look()
    expect(figures.troubles).toHaveLength(1)
  })

  test('B29 that appears after the first look is not touched, nor by a later agent', async () => {
    const root = captureFolder({ 'first.prog': '1' })
    const orphans = createOrphans()
    await twoLooks(scanner(root, capture, QUIET_MS, { orphans }))
    fs.writeFileSync(`${root}/second.prog`, '2')
    const reloaded = scanner(root, capture, QUIET_MS, { orphans })
    await twoLooks(reloaded)
    await twoLooks(reloaded)
    expect(fs.readdirSync(root).sort()).toEqual(['first.capture', 'second.prog'])
  })

  test('B29 that a slow writer holds open keeps growing under its name', async () => {
    const root = captureFolder({ 'slow.prog': '' })
    const fd = fs.openSync(`${root}/slow.prog`, 'a')
    const scan = scanner(root, capture, QUIET_MS)
    const figures = await twoLooks(scan)
    expect(figures.skipped.map(({ reason }) => reason)).toEqual([
      'a capture file that a process has open',
    ])
    fs.writeSync(fd, 'reading')
    fs.closeSync(fd)
    expect(fs.readFileSync(`${root}/slow.prog`, 'utf8')).toBe('reading')
  })

  test('that nobody can say of whether it is open stays, with that reason', async () => {
    const root = captureFolder({ 'a.prog': 'left' })
    const files = { ...posix, writers: () => 'unknown' as const }
    const figures = await twoLooks(scanner(root, capture, QUIET_MS, { files }))
    expect(figures.skipped[0]?.reason).toContain('cannot tell whether a process has it open')
    expect(standing(root, 'a.prog')).toBe(true)
  })

  test('that is opened while it is renamed gets its name back', async () => {
    const root = captureFolder({ 'a.prog': 'left' })
    let asked = 0
    const files = { ...posix, writers: () => (asked++ === 0 ? ('none' as const) : 'open') }
    await twoLooks(scanner(root, capture, QUIET_MS, { files: files as typeof posix }))
    expect(asked).toBe(2)
    expect(fs.readdirSync(root)).toEqual(['a.prog'])
  })

  test('whose finished name is taken stays', async () => {
    const root = captureFolder({ 'a.prog': 'left', 'a.capture': 'other' })
    await twoLooks(scanner(root, capture, QUIET_MS))
    expect(fs.readFileSync(`${root}/a.prog`, 'utf8')).toBe('left')
    expect(fs.readFileSync(`${root}/a.capture`, 'utf8')).toBe('other')
  })

  test('in a root that is no capture directory stays', async () => {
    const root = captureFolder({ 'a.prog': 'left' })
    await twoLooks(scanner(root, {}, QUIET_MS))
    expect(standing(root, 'a.prog')).toBe(true)
  })
})
