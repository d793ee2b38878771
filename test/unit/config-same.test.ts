/** Which changes of the configuration end what is under way. */
import { describe, expect, test } from 'bun:test'
import { sameSyncConfig } from '../../src/config/same.ts'
import { parse } from '../fakes/machine.ts'

const MINIMAL = { destination: { url: 'grpcs://h:1' }, capture_dir: '/c' }
const FULL = {
  ...MINIMAL,
  additional_sync_paths: ['/a'],
  tags: ['t'],
  delete_every_nth_when_disk_full: 5,
  selective_sync: { file: '/run/s.json' },
  selective_syncer_name: 's',
}
const same = (a: object, b: object) => sameSyncConfig(parse(a), parse(b))

describe('a reload', () => {
  test('C17 with equal settings changes nothing', () => {
    expect(same(MINIMAL, MINIMAL)).toBe(true)
    expect(same(FULL, structuredClone(FULL))).toBe(true)
  })

  test.each([
    ['C18 additional_sync_paths', { additional_sync_paths: ['/a', '/b'] }],
    ['C19 capture_dir', { capture_dir: '/other' }],
    ['C20 capture_disabled', { capture_disabled: true }],
    ['C21 delete_every_nth_when_disk_full', { delete_every_nth_when_disk_full: 6 }],
    ['C22 disk_usage_deletion_threshold', { disk_usage_deletion_threshold: 0.8 }],
    ['C23 capture_dir_deletion_threshold', { capture_dir_deletion_threshold: 0.4 }],
    ['C24 file_last_modified_millis', { file_last_modified_millis: 20_000 }],
    ['C25 maximum_num_sync_threads', { maximum_num_sync_threads: 10 }],
    ['C26 sync_disabled', { sync_disabled: true }],
    ['C27 selective_syncer_name', { selective_syncer_name: 'other' }],
    ['C28 sync_interval_mins', { sync_interval_mins: 5 }],
    ['C29 tags', { tags: ['t', 'u'] }],
    ['C30 whether one is asked', { selective_sync: undefined }],
    ['C31 who is asked', { selective_sync: { file: '/run/other.json' } }],
    ['the destination', { destination: { url: 'grpcs://h:2' } }],
    ['the protocol', { destination: { url: 'grpcs://h:1', protocol: 'viam' } }],
    ['the bandwidth', { bandwidth: '1MiB/s' }],
  ])('%s makes a difference, both ways', (_, change) => {
    expect(same(FULL, { ...FULL, ...change })).toBe(false)
    expect(same({ ...FULL, ...change }, FULL)).toBe(false)
  })

  test.each([
    ['maximum_capture_file_size_bytes', 1],
    ['mongo_capture_config', { uri: 'x' }],
    ['capture_control_sensor', { name: 'a', key: 'b' }],
    ['log_level', 'debug'],
  ])('%s makes none', (key, value) => {
    expect(same(FULL, { ...FULL, [key]: value })).toBe(true)
  })
})
