/** What cannot be decoded: moved to failed/ with its reason, never over another, and put back by retry. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import type { FileVersion, Upload } from '../../src/model.ts'
import { quarantine } from '../../src/reclaim/quarantine.ts'
import { retryFailed } from '../../src/reclaim/retry.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createRootGuard } from '../../src/system/root-guard.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { scanner } from '../fakes/scanner.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { uploadOf, versionAt } from '../fakes/uploads.ts'

const files = createPosixFiles()

function folderWith(...names: string[]): string {
  const root = temporaryFolder('quarantine')
  for (const name of names) {
    fs.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ''), { recursive: true })
    fs.writeFileSync(`${root}/${name}`, `content of ${name}`)
  }
  return root
}

const undecodable = (file: FileVersion): Upload =>
  uploadOf(file, { state: 'undecodable', reason: 'it ends within a record' })

function run(upload: Upload, isCapture = true) {
  const guard = createRootGuard(files, { fact: () => '', setFact: () => {} })
  const parts = { files, guard, random: seededRandom(1), clock: createSystemClock() }
  return quarantine({ ...parts, isCaptureRoot: () => isCapture }, upload)
}

const read = (path: string) => fs.readFileSync(path, 'utf8')

describe('a file that cannot be decoded', () => {
  test('goes to failed/ with the path it had, and its reason beside it', () => {
    const name = 'rdk_component_sensor/s1/Readings/a.capture'
    const root = folderWith(name)
    expect(run(undecodable(versionAt(root, name))).type).toBe('quarantined')
    expect(fs.existsSync(`${root}/${name}`)).toBe(false)
    expect(read(`${root}/failed/${name}`)).toBe(`content of ${name}`)
    const reason = JSON.parse(read(`${root}/failed/${name}.ferry-reason.json`))
    expect(reason).toMatchObject({ path: `${root}/${name}`, reason: 'it ends within a record' })
  })

  test('O6 of another root goes to that root, where a folder "failed" is the user\'s own', () => {
    const root = folderWith('deep/a.capture')
    run(undecodable(versionAt(root, 'deep/a.capture')), false)
    expect(read(`${root}/.ferry-failed/deep/a.capture`)).toBe('content of deep/a.capture')
  })

  test('never replaces what lies there', () => {
    const root = folderWith('a.capture', 'failed/a.capture')
    run(undecodable(versionAt(root, 'a.capture')))
    expect(read(`${root}/failed/a.capture`)).toBe('content of failed/a.capture')
    expect(read(`${root}/failed/a.2.capture`)).toBe('content of a.capture')
    expect(fs.existsSync(`${root}/failed/a.capture.ferry-reason.json`)).toBe(false)
    expect(fs.existsSync(`${root}/failed/a.2.capture.ferry-reason.json`)).toBe(true)
  })

  test('keeps its extension under a name that has to be cut, and comes back as a capture file', () => {
    const name = `${'n'.repeat(240)}.capture`
    const root = folderWith(name)
    expect(run(undecodable(versionAt(root, name))).type).toBe('quarantined')
    const [moved = ''] = fs.readdirSync(`${root}/failed`).filter((one) => one.endsWith('.capture'))
    expect(Buffer.byteLength(`${moved}.ferry-reason.json`)).toBeLessThanOrEqual(255)
    expect(retryFailed(files, [{ path: fromText(root), isCapture: true }]).put).toBe(1)
    expect(fs.readdirSync(root).filter((one) => one.endsWith('.capture'))).toHaveLength(1)
  })

  test('that was rewritten meanwhile is another version and stays', () => {
    const root = folderWith('a.capture')
    const upload = undecodable(versionAt(root, 'a.capture'))
    fs.writeFileSync(`${root}/a.capture`, 'longer than it was before it was looked at')
    expect(run(upload).type).toBe('superseded')
    expect(fs.existsSync(`${root}/a.capture`)).toBe(true)
  })

  test('that is gone ends as vanished', () => {
    const root = folderWith('a.capture')
    const upload = undecodable(versionAt(root, 'a.capture'))
    fs.rmSync(`${root}/a.capture`)
    expect(run(upload).type).toBe('vanished')
  })

  test('stays where failed/ leads out of the root', () => {
    const root = folderWith('a.capture')
    fs.symlinkSync(temporaryFolder('elsewhere'), `${root}/failed`)
    const event = run(undecodable(versionAt(root, 'a.capture')))
    expect(event).toMatchObject({ type: 'held', row: 1 })
    expect(fs.existsSync(`${root}/a.capture`)).toBe(true)
  })
})

describe('a look', () => {
  test('passes over failed/ of a capture directory and says so', async () => {
    const root = folderWith('failed/x/a.capture', 'failed/x/a.capture.ferry-reason.json')
    const figures = await scanner(root, { isCapture: true }).look()
    expect(figures.discovered).toBe(0)
    expect(figures.skipped.map(({ files }) => files)).toEqual([1, 1])
  })

  test('O14 sends from user directories named failed, datasetUpload and sequences', async () => {
    const names = ['datasetUpload/b', 'failed/a', 'sequences/c', 'x/failed/d', 'x/sequences/e']
    const plain = scanner(folderWith(...names))
    await plain.look()
    expect(plain.names()).toEqual(names)
    const captured = scanner(folderWith('x/failed/d', 'x/sequences/e', 'x/datasetUpload/f'), {
      isCapture: true,
    })
    await captured.look()
    expect(captured.names()).toEqual(['x/datasetUpload/f', 'x/failed/d', 'x/sequences/e'])
  })

  test('O15 what a crash left in datasetUpload/ is sent once it was quiet for ten minutes', async () => {
    const root = folderWith('datasetUpload/1b4e28ba.png', 'datasetUpload/dataset=d1/tag=t/x.png')
    const scan = scanner(root, { isCapture: true }, 0)
    const figures = await scan.look()
    expect(scan.names()).toEqual(['datasetUpload/dataset=d1/tag=t/x.png'])
    expect(figures.changing).toBe(1)
  })
})

describe('retry', () => {
  const retry = (root: string, isCapture = true) =>
    retryFailed(files, [{ path: fromText(root), isCapture }])

  test('puts everything back where it was and leaves no reason behind', () => {
    const root = folderWith('x/y/a.capture', 'b.capture')
    for (const name of ['x/y/a.capture', 'b.capture']) run(undecodable(versionAt(root, name)))
    expect(retry(root)).toEqual({ put: 2, kept: [] })
    expect(read(`${root}/x/y/a.capture`)).toBe('content of x/y/a.capture')
    expect(fs.readdirSync(root).sort()).toEqual(['b.capture', 'x'])
  })

  test('puts back what viam-server itself moved there, without a reason file', () => {
    const root = folderWith('failed/rdk_component_sensor/s1/Readings/a.capture')
    expect(retry(root).put).toBe(1)
    expect(fs.existsSync(`${root}/rdk_component_sensor/s1/Readings/a.capture`)).toBe(true)
  })

  test('never replaces: what stands there now stays, and so does the failed one', () => {
    const root = folderWith('a.capture', 'failed/a.capture')
    const { put, kept } = retry(root)
    expect(put).toBe(0)
    expect(kept[0]).toMatchObject({ reason: 'its old place is taken' })
    expect(read(`${root}/a.capture`)).toBe('content of a.capture')
    expect(read(`${root}/failed/a.capture`)).toBe('content of failed/a.capture')
  })

  test('one folder in the way keeps its own files back and no others, and leaks nothing', () => {
    const root = folderWith('a', 'failed/a/in.capture', 'failed/b/out.capture')
    const before = fs.readdirSync('/proc/self/fd').length
    const { put, kept } = retry(root)
    expect(put).toBe(1)
    expect(kept).toHaveLength(1)
    expect(kept[0]?.path).toContain('failed/a')
    expect(fs.existsSync(`${root}/b/out.capture`)).toBe(true)
    expect(read(`${root}/failed/a/in.capture`)).toBe('content of failed/a/in.capture')
    expect(fs.readdirSync('/proc/self/fd').length).toBe(before)
  })

  test('does nothing where nothing failed, and leaves a user\'s own "failed" alone', () => {
    expect(retry(folderWith('a'))).toEqual({ put: 0, kept: [] })
    const root = folderWith('failed/mine')
    expect(retry(root, false)).toEqual({ put: 0, kept: [] })
    expect(fs.existsSync(`${root}/failed/mine`)).toBe(true)
  })
})
