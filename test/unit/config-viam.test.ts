/** Viam's own configuration, taken as it is: every documented form, and what `cloud` says. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { display } from '../../src/byte-path.ts'
import { closedBecause } from '../../src/schedule/gate.ts'
import { machineWith, parse, problems } from '../fakes/machine.ts'

const CLOUD = { app_address: 'https://app.viam.com:443', id: 'part-1', secret: 's3cret' }
const VIAM_JSON = { '/etc/viam.json': { cloud: CLOUD } }
const fixture = (name: string) =>
  fs.readFileSync(`${import.meta.dir}/../fixtures/viam-configs/${name}.json`, 'utf8')
const load = (name: string, files: Record<string, unknown> = VIAM_JSON) =>
  parse(fixture(name), machineWith(files))
const viam = (attributes: unknown, rest: object = { cloud: CLOUD }) => ({
  ...rest,
  services: [{ name: 'dm', api: 'rdk:service:data_manager', attributes }],
})
const paths = (config: ReturnType<typeof parse>) => config.roots.map(({ path }) => display(path))
const DEFAULT_ROOT = '/home/u/.viam/capture'

describe("a machine's configuration", () => {
  test.each([
    ['data-manager', { intervalMs: 60_000, syncDisabled: true, largeFiles: 250, tags: [] }],
    ['old-form', { intervalMs: 180_000, syncDisabled: false, eviction: undefined }],
    ['type-alone', { intervalMs: 300_000, syncDisabled: false }],
    ['vision', { intervalMs: 6000, syncDisabled: false }],
    ['remote-part', { intervalMs: 300_000, syncDisabled: true, tags: ['tag1', 'tag2'] }],
    ['conditional', { intervalMs: 6000, selectiveSyncerName: 'timesensor' }],
    ['mongo', { intervalMs: 6000, captureSettings: ['mongo_capture_config'] }],
  ])('%s.json loads unchanged', (name, expected) => {
    const config = load(name)
    expect(config).toMatchObject(expected)
    expect(paths(config)).toEqual([DEFAULT_ROOT])
    expect(config.roots[0]?.isCapture).toBe(true)
    expect(config).toMatchObject({ device: 'part-1', partId: 'part-1', quietMs: 10_000 })
  })

  test('C13 C16 every attribute is honoured, or named as what configures capture', () => {
    const config = load('every-attribute', {})
    expect(config).toMatchObject({
      device: '3f0a7c52-0000-4000-8000-000000000001',
      partId: '3f0a7c52-0000-4000-8000-000000000001',
      tags: ['field', 'north'],
      syncDisabled: false,
      intervalMs: 300_000,
      quietMs: 20_000,
      largeFiles: 3,
      eviction: { everyNth: 2, diskUsage: 0.8, captureShare: 0.25 },
      ignoredSettings: [],
    })
    expect(config.destination).toMatchObject({
      url: { scheme: 'grpcs', host: 'app.viam.com', port: 443 },
      protocol: 'auto',
      login: { type: 'robot-secret', payload: 'part-secret-of-the-fixture' },
    })
    expect(config.captureSettings).toEqual([
      'capture_disabled',
      'maximum_capture_file_size_bytes',
      'mongo_capture_config',
      'capture_control_sensor',
    ])
    // The second path lies in capture_dir, which the data manager allows.
    expect(paths(config)).toEqual(['/data/capture', '/logs'])
  })

  test('C1 an empty data manager is fine, and one that is not there at all', () => {
    for (const document of [viam({}), viam(undefined), { components: [], cloud: CLOUD }]) {
      expect(paths(parse(document))).toEqual([DEFAULT_ROOT])
    }
  })

  test('what is null is absent, and what only the cloud understands is named', () => {
    const config = parse(viam({ tags: null, capture_dir: null, cache_size_kb: 10, device: 'x' }))
    expect(config.ignoredSettings).toEqual(['cache_size_kb', 'device'])
    expect(config).toMatchObject({ device: 'part-1', tags: [] })
  })

  test.each([
    ['C2', 'sync_interval_mins'],
    ['C3', 'maximum_num_sync_threads'],
    ['C4', 'file_last_modified_millis'],
    ['C5', 'maximum_capture_file_size_bytes'],
    ['C6', 'delete_every_nth_when_disk_full'],
    ['C7', 'disk_usage_deletion_threshold'],
    ['C8', 'capture_dir_deletion_threshold'],
  ])("%s %s can't be negative", (_, key) => {
    const [problem, ...more] = problems(viam({ [key]: -1 }))
    expect(problem).toMatchObject({ key, problem: `${key} can't be negative` })
    expect(more).toEqual([])
  })

  test('B1 B5 values of the wrong type are errors', () => {
    for (const wrong of [{ tags: 'a' }, { capture_dir: 5 }, { sync_disabled: 'yes' }]) {
      expect(problems(viam(wrong))[0]?.key).toBe(Object.keys(wrong)[0] ?? '')
    }
  })
})

describe('capture_dir', () => {
  test.each([
    ['C9 unset', undefined, DEFAULT_ROOT],
    ['C9 empty', '', DEFAULT_ROOT],
    ['C10 below home', '~/some/path', '/home/u/some/path'],
    ['C11 absolute', '/abs', '/abs'],
  ])('%s', (_, capture_dir, root) => {
    expect(paths(parse(viam({ capture_dir })))).toEqual([root])
  })

  test('C12 moves with $VIAM_HOME, and what lies in the old place is sent too', () => {
    const moved = { viamHome: '/data/viam' }
    expect(paths(parse(viam({}), moved))).toEqual(['/data/viam/capture'])
    const both = { ...moved, exists: (path: string) => path === DEFAULT_ROOT }
    expect(paths(parse(viam({}), both))).toEqual(['/data/viam/capture', DEFAULT_ROOT])
    expect(paths(parse(viam({ capture_dir: '/c' }), both))).toEqual(['/c'])
  })

  test('C36 comes first, then the additional paths in their order', () => {
    expect(paths(parse(viam({ capture_dir: '/c' })))).toEqual(['/c'])
    const extra = { capture_dir: '/c', additional_sync_paths: ['/z', '/a'] }
    expect(paths(parse(viam(extra)))).toEqual(['/c', '/z', '/a'])
  })
})

describe('what was not sent', () => {
  test('C14 is deleted by the defaults of Viam once one of the three is given', () => {
    const evictionOf = (attributes: object) => parse(viam(attributes)).eviction
    const defaults = { everyNth: 5, diskUsage: 0.9, captureShare: 0.5 }
    expect(evictionOf({ delete_every_nth_when_disk_full: 5 })).toEqual(defaults)
    expect(evictionOf({ disk_usage_deletion_threshold: 0.9 })).toEqual(defaults)
    expect(evictionOf({ capture_dir_deletion_threshold: 0.1 })).toEqual({
      ...defaults,
      captureShare: 0.1,
    })
    expect(evictionOf({ delete_every_nth_when_disk_full: 3 })?.everyNth).toBe(3)
  })

  test('is never deleted by default, nor for zeros, nor while capture is disabled', () => {
    expect(parse(viam({})).eviction).toBeUndefined()
    const zeros = {
      delete_every_nth_when_disk_full: 0,
      disk_usage_deletion_threshold: 0,
      capture_dir_deletion_threshold: 0,
    }
    expect(parse(viam(zeros)).eviction).toBeUndefined()
    const off = { capture_disabled: true, delete_every_nth_when_disk_full: 5 }
    expect(parse(viam(off)).eviction).toBeUndefined()
  })
})

describe('the schedule', () => {
  const reason = (attributes: object, own: object = {}) => {
    const config = parse(
      { viam_config: '/v.json', ...own },
      machineWith({ '/v.json': viam(attributes) }),
    )
    const { syncDisabled, selectiveSyncerName, selectiveSync } = config
    const selective = selectiveSync && ''
    return closedBecause({
      otherSyncer: '',
      isPaused: false,
      syncDisabled,
      selectiveSyncerName,
      selective,
    })
  }

  test('C32 C35 is on by default, with an interval, and with one who is asked', () => {
    expect(reason({})).toBe('')
    expect(reason({ sync_interval_mins: 1 })).toBe('')
    const asked = { selective_sync: { file: '/run/s.json' } }
    expect(reason({ selective_syncer_name: 's' }, asked)).toBe('')
    expect(reason({ selective_syncer_name: '' })).toBe('')
  })

  test('C33 is off where sync is disabled, with or without an interval', () => {
    expect(reason({ sync_disabled: true })).toContain('sync_disabled')
    expect(reason({ sync_disabled: true, sync_interval_mins: 1 })).toContain('sync_disabled')
    expect(reason({ sync_disabled: true }, { sync_disabled: false })).toBe('')
  })

  test('C34 B16 B17 is off where a sensor is named that does not exist', () => {
    expect(reason({ selective_syncer_name: 'gone' })).toContain('"gone", which does not exist')
  })
})
