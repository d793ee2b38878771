/** The configuration: defaults, every problem at once, suggestions. */
import { describe, expect, test } from 'bun:test'
import { fromText } from '../../src/byte-path.ts'
import { exampleText } from '../../src/cli/documents.ts'
import { formatBytes, parseRate, parseSize, parseTime } from '../../src/units.ts'
import { parse, problems } from '../fakes/machine.ts'

const MINIMAL = { destination: { url: 'grpcs://h:1' }, additional_sync_paths: ['/data'] }

describe('the configuration', () => {
  test('has the defaults of the data manager, and at least one worker', () => {
    const config = parse(MINIMAL)
    expect(config).toMatchObject({
      device: 'board',
      intervalMs: 6000,
      quietMs: 10_000,
      largeFiles: 1,
      stateDir: '/var/lib/ferry',
      syncDisabled: false,
      selectiveSyncerName: '',
      eviction: undefined,
      bytesPerSecond: undefined,
    })
    expect(parse(MINIMAL, { cpus: 8 }).largeFiles).toBe(4)
    expect(parse(MINIMAL, { isRoot: false }).stateDir).toBe('/home/u/.local/state/ferry')
  })

  test('takes comments and trailing commas', () => {
    const text = '{ /* c */ "destination": {"url": "grpcs://h:1",}, // x\n "capture_dir": "/c", }'
    expect(parse(text).roots[0]).toMatchObject({ path: fromText('/c'), isCapture: true })
  })

  test('the generated example is valid', () => {
    expect(parse(exampleText()).device).toBe('robot-7')
  })

  test.each([
    [1e-18, 6000],
    [0, 6000],
    [0.00009, 6000],
    [0.001, 60],
    [1440, 86_400_000],
    [1e6, 6e10],
  ])('an interval of %p minutes is %p ms', (minutes, ms) => {
    expect(parse({ ...MINIMAL, sync_interval_mins: minutes }).intervalMs).toBe(ms)
  })

  test('names every problem at once, with key, value and hint', () => {
    const found = problems({
      destinatoin: 1,
      destination: { url: 'http://x', keyfile: 'a' },
      sync_interval_mins: -1,
      file_last_modified_millis: 'soon',
      bandwidth: '2 parsecs',
      additional_sync_paths: [{ path: '/a', exlude: [] }],
    })
    const byKey = Object.fromEntries(found.map((one) => [one.key, one]))
    expect(Object.keys(byKey).sort()).toEqual([
      'additional_sync_paths',
      'bandwidth',
      'destination.keyfile',
      'destination.url',
      'destinatoin',
      'file_last_modified_millis',
      'sync_interval_mins',
    ])
    expect(byKey['destination.keyfile']?.hint).toContain('destination.key_file')
    expect(byKey['sync_interval_mins']?.problem).toBe("sync_interval_mins can't be negative")
    expect(byKey['additional_sync_paths']?.problem).toContain('"exclude"')
    for (const { hint } of found) expect(hint).not.toBe('')
  })

  test.each([
    ['sync_interval_minutes', 'sync_interval_mins'],
    ['capturedir', 'capture_dir'],
    ['additional_paths', 'additional_sync_paths'],
  ])('%p is an unknown key, and %p is suggested', (key, suggestion) => {
    expect(problems({ ...MINIMAL, [key]: 1 })[0]).toMatchObject({
      key,
      problem: 'is not a setting',
      hint: `did you mean "${suggestion}"?`,
    })
  })

  test.each([
    [['/data', '/data/logs'], 'lies inside the root'],
    [['/data', '/data'], 'lies inside the root'],
    [['/data', '/data//logs/.'], 'lies inside the root'],
    [['/var/lib'], 'holds the state directory'],
    [['/etc/ferry'], 'holds the configuration'],
    [['/'], 'holds'],
    [['data'], 'is not an absolute path'],
  ])('the roots %p are refused', (roots, problem) => {
    const found = problems({ ...MINIMAL, additional_sync_paths: roots })
    expect(found.map((one) => one.problem).join()).toContain(problem)
  })

  test('a root with a name that begins like another is not inside it', () => {
    expect(parse({ ...MINIMAL, additional_sync_paths: ['/data', '/data2'] }).roots).toHaveLength(2)
  })

  test('a directory destination inside a root is refused', () => {
    const found = problems({ ...MINIMAL, destination: { url: 'file:///data/usb' } })
    expect(found[0]?.problem).toContain('holds the destination')
  })

  test('a key goes over plaintext to loopback only', () => {
    const at = (url: string, key_file?: string) => ({ ...MINIMAL, destination: { url, key_file } })
    expect(problems(at('grpc://10.0.0.1:7443', '/k'))[0]?.problem).toContain('plaintext')
    expect(parse(at('grpc://127.0.0.1:7443', '/k')).destination.keyFile).toBe('/k')
    expect(parse(at('grpc://[::1]:7443', '/k')).destination.url).toMatchObject({ host: '::1' })
    expect(parse(at('grpc://10.0.0.1:7443')).destination.keyFile).toBeUndefined()
  })

  test('tags that a receiver would refuse with every file are named at the start', () => {
    const tags = (count: number) => ({ ...MINIMAL, tags: Array(count).fill('é'.repeat(48)) })
    expect(parse(tags(96)).tags).toHaveLength(96)
    expect(problems(tags(97))[0]?.problem).toContain('more than 12 KiB')
  })

  test('settings of capture are accepted and named', () => {
    const config = parse({ ...MINIMAL, capture_disabled: true })
    expect(config.captureSettings).toEqual(['capture_disabled'])
  })

  test('a configuration of the data manager is taken as it is', () => {
    const config = parse({
      ...MINIMAL,
      capture_dir: '',
      tags: [],
      file_last_modified_millis: 0,
      maximum_num_sync_threads: 0,
      delete_every_nth_when_disk_full: 5,
      disk_usage_deletion_threshold: 0.9,
      capture_dir_deletion_threshold: 0.5,
      selective_syncer_name: '',
      mongo_capture_config: { uri: 'x' },
    })
    expect(config.quietMs).toBe(10_000)
    expect(config.eviction).toEqual({ everyNth: 5, diskUsage: 0.9, captureShare: 0.5 })
    expect(config.selectiveSyncerName).toBe('')
    expect(parse({ ...MINIMAL, selective_syncer_name: 's' }).selectiveSyncerName).toBe('s')
    expect(parse({ ...MINIMAL, sync_disabled: true }).syncDisabled).toBe(true)
  })

  test.each([
    [{ file: '/run/s.json' }, { kind: 'file', path: '/run/s.json' }],
    [{ command: ['prog', 'arg'] }, { kind: 'command', command: ['prog', 'arg'] }],
    [{ http: 'http://127.0.0.1:8/x' }, { kind: 'http', url: 'http://127.0.0.1:8/x' }],
    [{ http: 'http://[::1]:8/' }, { kind: 'http', url: 'http://[::1]:8/' }],
    [{ http: 'https://example.com/' }, { kind: 'http', url: 'https://example.com/' }],
  ])('%p can be asked before each look', (selective_sync, expected) => {
    expect(parse({ ...MINIMAL, selective_sync }).selectiveSync).toEqual(expected as never)
  })

  test.each([
    [{ http: 'http://example.com/' }],
    [{ http: 'ftp://127.0.0.1/' }],
    [{ file: 'relative' }],
    [{ command: 'prog arg' }],
    [{ command: [] }],
    [{ file: '/a', http: 'https://b/' }],
    [{}],
    [true],
  ])('%p cannot', (selective_sync) => {
    expect(problems({ ...MINIMAL, selective_sync })[0]?.key).toBe('selective_sync')
  })

  test.each(['../x', 'a/b', '', '.'])('the device %p is refused', (device) => {
    expect(problems({ ...MINIMAL, device })[0]?.key).toBe('device')
  })

  test('a path with ".." in it is refused', () => {
    const found = problems({ ...MINIMAL, additional_sync_paths: ['/x/../var/lib/ferry'] })
    expect(found[0]?.problem).toContain('".."')
  })

  test('what is no JSON names its line', () => {
    const at = (text: string) => problems(text)[0]?.problem
    expect(at('{\n  "device": "a"\n  "tags": []\n}')).toContain('(line 3)')
    expect(at('{\n  "device":\n}')).toContain('(line 3)')
    expect(at('{\n  "device": "a",\n  "tags": [')).not.toContain('line')
  })

  test('a root that cannot be read is one problem', () => {
    const found = problems({ ...MINIMAL, additional_sync_paths: [{ pth: '/data' }] })
    expect(found.map(({ key }) => key)).toEqual(['additional_sync_paths'])
  })

  test.each(['', '[]', '3', '{"a":', 'null'])('the text %p is one clear problem', (text) => {
    expect(problems(text)[0]?.key).toBe('the file')
  })
})

describe('units', () => {
  test.each([
    ['64MiB', 67_108_864],
    ['1.5 KiB', 1536],
    ['10', 10],
    ['2GB', 2e9],
  ])('%p is %p bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  test.each(['', 'MiB', '-1', '1e3', '5 parsecs', '1MiB/s', 'constructor'])(
    '%p is no size',
    (text) => {
      expect(parseSize(text)).toBeUndefined()
    },
  )

  test('rates, times and back', () => {
    expect(parseRate('2MiB/s')).toBe(2_097_152)
    expect(parseRate('2MiB')).toBeUndefined()
    expect(parseTime('10m')).toBe(600_000)
    expect(parseTime('10')).toBeUndefined()
    expect(formatBytes(1536)).toBe('1.5 KiB')
  })
})
